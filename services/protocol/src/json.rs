//! JSON of `tickwire.v1.json`: events as flat objects, control messages tagged by `type`.

use std::borrow::Cow;

use market::{Decimal, Regime, Side};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::event::is_false;
use crate::{
    Book, Candle, Channel, Event, Payload, Quote, ServerMessage, Skipped, Stats, Status, Ticker, Trade,
    WireLevel,
};

/// What a text frame from the server holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Frame<'a> {
    /// An array: events.
    Events(Vec<Event<'a>>),
    /// An object: a control message.
    Control(Box<ServerMessage>),
}

/// A frame that is not of this protocol.
#[derive(Debug, thiserror::Error)]
#[error("not a tickwire.v1.json frame: {0}")]
pub struct DecodeError(#[from] serde_json::Error);

/// Reads a text frame from the server.
///
/// # Errors
/// When it is not JSON or not a message of this version.
pub fn decode_frame(text: &str) -> Result<Frame<'_>, DecodeError> {
    if text.trim_start().starts_with('[') {
        Ok(Frame::Events(serde_json::from_str(text)?))
    } else {
        Ok(Frame::Control(Box::new(serde_json::from_str(text)?)))
    }
}

/// Appends the JSON of an event to `out`.
pub fn encode_event(event: &Event<'_>, out: &mut Vec<u8>) {
    serde_json::to_writer(out, event).expect("writing to memory does not fail, and keys are strings");
}

/// The JSON of a control message.
#[must_use]
pub fn encode_control(message: &ServerMessage) -> String {
    serde_json::to_string(message).expect("writing to memory does not fail, and keys are strings")
}

/// The flat object of an event: the fields of all channels, each absent where it has no meaning. Lists are borrowed when
/// it is encoded.
#[derive(Serialize, Deserialize)]
struct Flat<'a> {
    ch: Channel,
    #[serde(borrow)]
    sym: Cow<'a, str>,
    seq: u64,
    prev_seq: u64,
    ts: u64,
    #[serde(default, skip_serializing_if = "is_false")]
    snapshot: bool,
    #[serde(default, skip_serializing_if = "is_zero")]
    conflated: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last: Option<Decimal>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_qty: Option<Decimal>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    bid: Option<Decimal>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    bid_qty: Option<Decimal>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ask: Option<Decimal>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ask_qty: Option<Decimal>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    id: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    price: Option<Decimal>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    qty: Option<Decimal>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    side: Option<Side>,
    #[serde(default, skip_serializing_if = "<[Trade]>::is_empty")]
    recent: Cow<'a, [Trade]>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    skipped: Option<Skipped>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    bids: Option<Cow<'a, [WireLevel]>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    asks: Option<Cow<'a, [WireLevel]>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    checksum: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    open_ts: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    open: Option<Decimal>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    high: Option<Decimal>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    low: Option<Decimal>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    close: Option<Decimal>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    change: Option<Decimal>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    change_percent: Option<Decimal>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    volume: Option<Decimal>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    quote_volume: Option<Decimal>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    trades: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    closed: Option<bool>,
    #[serde(default, skip_serializing_if = "is_false")]
    modelled: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    halted: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    regime: Option<Regime>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn is_zero(count: &u64) -> bool {
    *count == 0
}

impl Serialize for Event<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Flat::from(self).serialize(serializer)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Event<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Flat::deserialize(deserializer)?.try_into().map_err(de::Error::missing_field)
    }
}

impl<'a> From<&'a Event<'_>> for Flat<'a> {
    fn from(event: &'a Event<'_>) -> Self {
        let mut flat = Flat::bare(event);
        match &event.payload {
            Payload::Ticker(ticker) => {
                flat.quote(&ticker.quote);
                (flat.last, flat.last_qty) = (ticker.last, ticker.last_qty);
            }
            Payload::Bbo(quote) => flat.quote(quote),
            Payload::Trade { trade, recent } => {
                flat.recent = Cow::Borrowed(recent);
                (flat.id, flat.side) = (Some(trade.id), Some(trade.side));
                (flat.price, flat.qty) = (Some(trade.price), Some(trade.qty));
            }
            Payload::Skipped(skipped) => flat.skipped = Some(*skipped),
            Payload::Book(book) => {
                flat.bids = Some(Cow::Borrowed(&book.bids));
                flat.asks = Some(Cow::Borrowed(&book.asks));
                flat.checksum = Some(book.checksum);
            }
            Payload::Candle(candle) => flat.candle(candle),
            Payload::Stats(stats) => flat.stats(stats),
            Payload::Status(status) => {
                (flat.halted, flat.regime) = (Some(status.halted), Some(status.regime));
            }
            Payload::Nothing => {}
        }
        flat
    }
}

impl<'a> Flat<'a> {
    fn bare(event: &'a Event<'_>) -> Self {
        Self {
            ch: event.ch,
            sym: Cow::Borrowed(&event.sym),
            seq: event.seq,
            prev_seq: event.prev_seq,
            ts: event.ts,
            snapshot: event.snapshot,
            conflated: event.conflated,
            last: None,
            last_qty: None,
            bid: None,
            bid_qty: None,
            ask: None,
            ask_qty: None,
            id: None,
            price: None,
            qty: None,
            side: None,
            recent: Cow::Borrowed(&[]),
            skipped: None,
            bids: None,
            asks: None,
            checksum: None,
            open_ts: None,
            open: None,
            high: None,
            low: None,
            close: None,
            change: None,
            change_percent: None,
            volume: None,
            quote_volume: None,
            trades: None,
            closed: None,
            modelled: false,
            halted: None,
            regime: None,
        }
    }

    const fn quote(&mut self, quote: &Quote) {
        (self.bid, self.bid_qty) = (quote.bid, quote.bid_qty);
        (self.ask, self.ask_qty) = (quote.ask, quote.ask_qty);
    }

    fn candle(&mut self, candle: &Candle) {
        self.open_ts = Some(candle.open_ts);
        (self.open, self.high) = (Some(candle.open), Some(candle.high));
        (self.low, self.close) = (Some(candle.low), Some(candle.close));
        (self.volume, self.quote_volume) = (Some(candle.volume), Some(candle.quote_volume));
        (self.trades, self.closed) = (Some(candle.trades.into()), Some(candle.closed));
        self.modelled = candle.modelled;
    }

    const fn stats(&mut self, stats: &Stats) {
        (self.open, self.high) = (Some(stats.open), Some(stats.high));
        (self.low, self.last) = (Some(stats.low), Some(stats.last));
        (self.change, self.change_percent) = (Some(stats.change), Some(stats.change_percent));
        (self.volume, self.quote_volume) = (Some(stats.volume), Some(stats.quote_volume));
        self.trades = Some(stats.trades);
        self.modelled = stats.modelled;
    }

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
                    let recent = std::mem::take(&mut self.recent).into_owned();
                    Payload::Trade { trade: self.to_trade()?, recent }
                }
            },
            Channel::Book(_) => Payload::Book(Book {
                bids: self.bids.take().ok_or("bids")?.into_owned(),
                asks: self.asks.take().ok_or("asks")?.into_owned(),
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
