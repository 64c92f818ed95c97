//! The fields of an event on the wire: one list for all encodings, so that they cannot drift apart.

use std::convert::Infallible;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::{Book, Candle, Event, Payload, Quote, Stats, Status, Ticker, Trade};

/// A field of an event. Its name is the key in JSON; its place is the key in MessagePack, and that in `Flat`: a new one
/// is added at the end. `i8`: a number above 127 would not be a byte in MessagePack, and does not compile.
#[derive(Clone, Copy, Serialize)]
#[repr(i8)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Field {
    Ch,
    Sym,
    Seq,
    PrevSeq,
    Ts,
    Snapshot,
    Conflated,
    Last,
    LastQty,
    Bid,
    BidQty,
    Ask,
    AskQty,
    Id,
    Price,
    Qty,
    Side,
    Recent,
    Skipped,
    Bids,
    Asks,
    Checksum,
    OpenTs,
    Open,
    High,
    Low,
    Close,
    Change,
    ChangePercent,
    Volume,
    QuoteVolume,
    Trades,
    Closed,
    Modelled,
    Halted,
    Regime,
}

impl Field {
    /// The key in MessagePack.
    pub(crate) const fn number(self) -> u8 {
        self as u8
    }
}

/// Takes in the fields of an event, one after the other.
pub(crate) trait Fields {
    type Error;

    fn put(&mut self, field: Field, value: &impl Serialize) -> Result<(), Self::Error>;

    /// Passes over a value that is not known.
    fn put_known(&mut self, field: Field, value: Option<&impl Serialize>) -> Result<(), Self::Error> {
        value.map_or(Ok(()), |value| self.put(field, value))
    }

    /// Passes over a flag that is false.
    fn put_flag(&mut self, field: Field, flag: bool) -> Result<(), Self::Error> {
        self.put_known(field, flag.then_some(&true))
    }
}

impl Event<'_> {
    /// Hands the fields that the event has to `fields`.
    pub(crate) fn put_to<F: Fields>(&self, fields: &mut F) -> Result<(), F::Error> {
        fields.put(Field::Ch, &self.ch)?;
        fields.put(Field::Sym, &self.sym)?;
        fields.put(Field::Seq, &self.seq)?;
        fields.put(Field::PrevSeq, &self.prev_seq)?;
        fields.put(Field::Ts, &self.ts)?;
        fields.put_flag(Field::Snapshot, self.snapshot)?;
        fields.put_known(Field::Conflated, (self.conflated > 0).then_some(&self.conflated))?;
        match &self.payload {
            Payload::Ticker(ticker) => put_ticker(ticker, fields),
            Payload::Bbo(quote) => put_quote(quote, fields),
            Payload::Trade { trade, recent } => put_trade(trade, recent, fields),
            Payload::Skipped(skipped) => fields.put(Field::Skipped, skipped),
            Payload::Book(book) => put_book(book, fields),
            Payload::Candle(candle) => put_candle(candle, fields),
            Payload::Stats(stats) => put_stats(stats, fields),
            Payload::Status(status) => put_status(*status, fields),
            Payload::Nothing => Ok(()),
        }
    }

    /// How many fields the event has.
    pub(crate) fn field_count(&self) -> u8 {
        struct Count(u8);
        impl Fields for Count {
            type Error = Infallible;
            fn put(&mut self, _: Field, _: &impl Serialize) -> Result<(), Infallible> {
                self.0 += 1;
                Ok(())
            }
        }
        let mut count = Count(0);
        let Ok(()) = self.put_to(&mut count);
        count.0
    }
}

fn put_ticker<F: Fields>(ticker: &Ticker, fields: &mut F) -> Result<(), F::Error> {
    fields.put_known(Field::Last, ticker.last.as_ref())?;
    fields.put_known(Field::LastQty, ticker.last_qty.as_ref())?;
    put_quote(&ticker.quote, fields)
}

fn put_quote<F: Fields>(quote: &Quote, fields: &mut F) -> Result<(), F::Error> {
    fields.put_known(Field::Bid, quote.bid.as_ref())?;
    fields.put_known(Field::BidQty, quote.bid_qty.as_ref())?;
    fields.put_known(Field::Ask, quote.ask.as_ref())?;
    fields.put_known(Field::AskQty, quote.ask_qty.as_ref())
}

/// The time of a trade is that of its event.
fn put_trade<F: Fields>(trade: &Trade, recent: &[Trade], fields: &mut F) -> Result<(), F::Error> {
    fields.put(Field::Id, &trade.id)?;
    fields.put(Field::Price, &trade.price)?;
    fields.put(Field::Qty, &trade.qty)?;
    fields.put(Field::Side, &trade.side)?;
    fields.put_known(Field::Recent, (!recent.is_empty()).then_some(&recent))
}

fn put_book<F: Fields>(book: &Book, fields: &mut F) -> Result<(), F::Error> {
    fields.put(Field::Bids, &book.bids)?;
    fields.put(Field::Asks, &book.asks)?;
    fields.put(Field::Checksum, &book.checksum)
}

fn put_candle<F: Fields>(candle: &Candle, fields: &mut F) -> Result<(), F::Error> {
    fields.put(Field::OpenTs, &candle.open_ts)?;
    fields.put(Field::Open, &candle.open)?;
    fields.put(Field::High, &candle.high)?;
    fields.put(Field::Low, &candle.low)?;
    fields.put(Field::Close, &candle.close)?;
    fields.put(Field::Volume, &candle.volume)?;
    fields.put(Field::QuoteVolume, &candle.quote_volume)?;
    fields.put(Field::Trades, &candle.trades)?;
    fields.put(Field::Closed, &candle.closed)?;
    fields.put_flag(Field::Modelled, candle.modelled)
}

fn put_stats<F: Fields>(stats: &Stats, fields: &mut F) -> Result<(), F::Error> {
    fields.put(Field::Last, &stats.last)?;
    fields.put(Field::Open, &stats.open)?;
    fields.put(Field::High, &stats.high)?;
    fields.put(Field::Low, &stats.low)?;
    fields.put(Field::Change, &stats.change)?;
    fields.put(Field::ChangePercent, &stats.change_percent)?;
    fields.put(Field::Volume, &stats.volume)?;
    fields.put(Field::QuoteVolume, &stats.quote_volume)?;
    fields.put(Field::Trades, &stats.trades)?;
    fields.put_flag(Field::Modelled, stats.modelled)
}

fn put_status<F: Fields>(status: Status, fields: &mut F) -> Result<(), F::Error> {
    fields.put(Field::Halted, &status.halted)?;
    fields.put(Field::Regime, &status.regime)
}

/// A map with the names of the fields: that of JSON.
impl Serialize for Event<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut named = Named(serializer.serialize_map(Some(self.field_count().into()))?);
        self.put_to(&mut named)?;
        named.0.end()
    }
}

struct Named<M>(M);

impl<M: SerializeMap> Fields for Named<M> {
    type Error = M::Error;

    fn put(&mut self, field: Field, value: &impl Serialize) -> Result<(), M::Error> {
        self.0.serialize_entry(&field, value)
    }
}
