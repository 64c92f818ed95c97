//! Reading events: the flat object with the fields of all channels, whatever the encoding.

use std::borrow::Cow;

use market::{Decimal, Regime, Side};
use serde::{Deserialize, Deserializer, de};

use crate::object::Object;
use crate::{Book, Candle, Channel, Event, Payload, Quote, Skipped, Stats, Status, Ticker, Trade, WireLevel};

/// The fields of all channels, each absent where it has no meaning, in the order of `Field`: a key that is a number names
/// the field in that place. Keys that nobody knows are ignored.
#[derive(Deserialize)]
struct Flat<'a> {
    ch: Channel,
    #[serde(borrow)]
    sym: Cow<'a, str>,
    seq: u64,
    prev_seq: u64,
    ts: u64,
    #[serde(default)]
    snapshot: bool,
    #[serde(default)]
    conflated: u64,
    last: Option<Decimal>,
    last_qty: Option<Decimal>,
    bid: Option<Decimal>,
    bid_qty: Option<Decimal>,
    ask: Option<Decimal>,
    ask_qty: Option<Decimal>,
    id: Option<u64>,
    price: Option<Decimal>,
    qty: Option<Decimal>,
    side: Option<Side>,
    #[serde(default)]
    recent: Vec<Trade>,
    skipped: Option<Skipped>,
    bids: Option<Vec<WireLevel>>,
    asks: Option<Vec<WireLevel>>,
    checksum: Option<u32>,
    open_ts: Option<u64>,
    open: Option<Decimal>,
    high: Option<Decimal>,
    low: Option<Decimal>,
    close: Option<Decimal>,
    change: Option<Decimal>,
    change_percent: Option<Decimal>,
    volume: Option<Decimal>,
    quote_volume: Option<Decimal>,
    trades: Option<u64>,
    closed: Option<bool>,
    #[serde(default)]
    modelled: bool,
    halted: Option<bool>,
    regime: Option<Regime>,
}

impl<'de: 'a, 'a> Deserialize<'de> for Event<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Flat::deserialize(Object(deserializer))?.try_into().map_err(de::Error::missing_field)
    }
}

impl Flat<'_> {
    fn payload(&mut self) -> Result<Payload, &'static str> {
        if self.is_nothing() {
            return Ok(Payload::Nothing);
        }
        Ok(match self.ch {
            Channel::Ticker => {
                Payload::Ticker(Ticker { last: self.last, last_qty: self.last_qty, quote: self.to_quote() })
            }
            Channel::Bbo => Payload::Bbo(self.to_quote()),
            Channel::Trades => match self.skipped {
                Some(skipped) => Payload::Skipped(skipped),
                None => {
                    let recent = std::mem::take(&mut self.recent);
                    Payload::Trade { trade: self.to_trade()?, recent }
                }
            },
            Channel::Book(_) => Payload::Book(Book {
                bids: self.bids.take().ok_or("bids")?,
                asks: self.asks.take().ok_or("asks")?,
                checksum: self.checksum.ok_or("checksum")?,
            }),
            Channel::Candles(_) => Payload::Candle(self.to_candle()?),
            Channel::Stats => Payload::Stats(self.to_stats()?),
            Channel::Status => Payload::Status(Status {
                halted: self.halted.ok_or("halted")?,
                regime: self.regime.ok_or("regime")?,
            }),
        })
    }

    const fn is_nothing(&self) -> bool {
        let has_none = match self.ch {
            Channel::Trades => self.id.is_none() && self.skipped.is_none(),
            Channel::Candles(_) | Channel::Stats => self.open.is_none(),
            _ => false,
        };
        self.snapshot && has_none
    }

    const fn to_quote(&self) -> Quote {
        Quote { bid: self.bid, bid_qty: self.bid_qty, ask: self.ask, ask_qty: self.ask_qty }
    }

    fn to_trade(&self) -> Result<Trade, &'static str> {
        Ok(Trade {
            id: self.id.ok_or("id")?,
            ts: self.ts,
            price: self.price.ok_or("price")?,
            qty: self.qty.ok_or("qty")?,
            side: self.side.ok_or("side")?,
        })
    }

    fn to_candle(&self) -> Result<Candle, &'static str> {
        Ok(Candle {
            open_ts: self.open_ts.ok_or("open_ts")?,
            open: self.open.ok_or("open")?,
            high: self.high.ok_or("high")?,
            low: self.low.ok_or("low")?,
            close: self.close.ok_or("close")?,
            volume: self.volume.ok_or("volume")?,
            quote_volume: self.quote_volume.ok_or("quote_volume")?,
            trades: self.trades.and_then(|count| count.try_into().ok()).ok_or("trades")?,
            closed: self.closed.ok_or("closed")?,
            modelled: self.modelled,
        })
    }

    fn to_stats(&self) -> Result<Stats, &'static str> {
        Ok(Stats {
            open: self.open.ok_or("open")?,
            high: self.high.ok_or("high")?,
            low: self.low.ok_or("low")?,
            last: self.last.ok_or("last")?,
            change: self.change.ok_or("change")?,
            change_percent: self.change_percent.ok_or("change_percent")?,
            volume: self.volume.ok_or("volume")?,
            quote_volume: self.quote_volume.ok_or("quote_volume")?,
            trades: self.trades.ok_or("trades")?,
            modelled: self.modelled,
        })
    }
}

impl<'a> TryFrom<Flat<'a>> for Event<'a> {
    /// The field that its channel needs and that is not there.
    type Error = &'static str;

    fn try_from(mut flat: Flat<'a>) -> Result<Self, Self::Error> {
        let payload = flat.payload()?;
        Ok(Self {
            ch: flat.ch,
            sym: flat.sym,
            seq: flat.seq,
            prev_seq: flat.prev_seq,
            ts: flat.ts,
            snapshot: flat.snapshot,
            conflated: flat.conflated,
            payload,
        })
    }
}
