//! Events: what streams are made of. One JSON object each; a data frame is an array of them.

use std::borrow::Cow;

use market::{Decimal, Interval, Regime, Side};
use serde::{Deserialize, Serialize};

use crate::Channel;

/// One event of a stream.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Event<'a> {
    /// The channel.
    pub ch: Channel,
    /// The symbol.
    pub sym: Cow<'a, str>,
    /// Its number, given by the source of the events: the same on every replica.
    pub seq: u64,
    /// The number of the event before it in this stream; 0 in a snapshot.
    pub prev_seq: u64,
    /// When it happened, in microseconds since 1970 of market time.
    pub ts: u64,
    /// The state of the stream as of `seq` rather than a step: the first event after `subscribed` and `resync`.
    #[cfg_attr(feature = "schema", schemars(with = "Option<bool>"))]
    pub snapshot: bool,
    /// How many events were merged into this one because the client fell behind or asked for fewer; 0 for none.
    #[cfg_attr(feature = "schema", schemars(with = "Option<u64>"))]
    pub conflated: u64,
    /// What happened.
    #[cfg_attr(feature = "schema", schemars(skip))]
    pub payload: Payload,
}

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Payload {
    /// Of `ticker`.
    Ticker(Ticker),
    /// Of `bbo`.
    Bbo(Quote),
    /// Of `trades`: a trade. In a snapshot the last one, with those before it in `recent`.
    Trade {
        /// The trade.
        trade: Trade,
        /// In a snapshot the trades before it, oldest first.
        recent: Vec<Trade>,
    },
    /// Of `trades`: trades that the client was too slow for.
    Skipped(Skipped),
    /// Of `book`, `book:10` and `book:50`.
    Book(Book),
    /// Of `candles:<interval>`.
    Candle(Candle),
    /// Of `stats`.
    Stats(Stats),
    /// Of `status`.
    Status(Status),
    /// In the snapshot of a stream in which nothing happened yet: `trades`, `candles` and `stats` before the first
    /// trade.
    Nothing,
}

/// The best prices.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Quote {
    /// The highest bid.
    pub bid: Option<Decimal>,
    /// How much is bid there.
    pub bid_qty: Option<Decimal>,
    /// The lowest ask.
    pub ask: Option<Decimal>,
    /// How much is asked there.
    pub ask_qty: Option<Decimal>,
}

/// The last trade and the best prices.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Ticker {
    /// The price of the last trade.
    pub last: Option<Decimal>,
    /// Its quantity.
    pub last_qty: Option<Decimal>,
    /// The best prices.
    #[cfg_attr(feature = "schema", schemars(flatten))]
    pub quote: Quote,
}

/// A trade.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Trade {
    /// Names it among the trades of the symbol; equals the `seq` of its event.
    pub id: u64,
    /// When, in microseconds since 1970.
    pub ts: u64,
    /// The price.
    pub price: Decimal,
    /// The quantity.
    pub qty: Decimal,
    /// What the taker did.
    pub side: Side,
}

/// Trades that were left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Skipped {
    /// The `seq` of the first one left out.
    pub from: u64,
    /// The `seq` of the last one left out.
    pub to: u64,
    /// How many.
    pub count: u64,
}

/// A price level on the wire: price and total quantity, `"0"`-valued to remove it.
pub type WireLevel = (Decimal, Decimal);

/// Price levels: all of the stream's depth in a snapshot, otherwise those that changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Book {
    /// Bids; best first in a snapshot.
    pub bids: Vec<WireLevel>,
    /// Asks; best first in a snapshot.
    pub asks: Vec<WireLevel>,
    /// CRC-32 of the top ten levels after this event.
    pub checksum: u32,
}

/// A candle. Each event replaces the one before with the same `open_ts`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Candle {
    /// The start of the interval in microseconds since 1970.
    pub open_ts: u64,
    /// The first price.
    pub open: Decimal,
    /// The highest price.
    pub high: Decimal,
    /// The lowest price.
    pub low: Decimal,
    /// The last price.
    pub close: Decimal,
    /// The quantity traded.
    pub volume: Decimal,
    /// The sum of price x quantity.
    pub quote_volume: Decimal,
    /// How many trades.
    pub trades: u32,
    /// The interval is over: this candle is final.
    pub closed: bool,
    /// Wholly or partly of the model of the market's past rather than of trades.
    #[serde(default, skip_serializing_if = "is_false")]
    pub modelled: bool,
}

/// The rolling 24 hours, at a granularity of a minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Stats {
    /// The price 24 hours ago.
    pub open: Decimal,
    /// The highest price.
    pub high: Decimal,
    /// The lowest price.
    pub low: Decimal,
    /// The last price.
    pub last: Decimal,
    /// `last` - `open`.
    pub change: Decimal,
    /// The same in percent of `open`, two digits, rounded towards zero.
    pub change_percent: Decimal,
    /// The quantity traded.
    pub volume: Decimal,
    /// The sum of price x quantity.
    pub quote_volume: Decimal,
    /// How many trades.
    pub trades: u64,
    /// Partly of the model of the market's past.
    #[serde(default, skip_serializing_if = "is_false")]
    pub modelled: bool,
}

/// Whether a symbol trades, and in what mood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Status {
    /// No orders are matched.
    pub halted: bool,
    /// How its traders behave.
    pub regime: Regime,
}

impl Candle {
    /// A candle of `interval` in decimals of its instrument.
    #[must_use]
    pub fn new(instrument: &market::Instrument, candle: &market::Candle, closed: bool) -> Self {
        Self {
            open_ts: candle.open_ts.0,
            open: instrument.price_decimal(candle.open),
            high: instrument.price_decimal(candle.high),
            low: instrument.price_decimal(candle.low),
            close: instrument.price_decimal(candle.close),
            volume: instrument.qty_decimal(candle.volume),
            quote_volume: instrument.notional_decimal(candle.quote_volume),
            trades: candle.trades,
            closed,
            modelled: candle.modelled,
        }
    }

    /// The moment at which it ends, in microseconds since 1970.
    #[must_use]
    pub const fn close_ts(&self, interval: Interval) -> u64 {
        self.open_ts + interval.micros()
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
pub(crate) const fn is_false(flag: &bool) -> bool {
    !*flag
}
