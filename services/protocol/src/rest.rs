//! Answers of the REST interface under `/api/v1`. Errors are [`crate::ErrorBody`].

use market::Interval;
use serde::{Deserialize, Serialize};

use crate::{Candle, FeedInfo, InstrumentInfo, Stats, Ticker, Trade, WireLevel};

/// `GET /api/v1/instruments`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Instruments {
    /// Names the source of the events.
    pub epoch: String,
    /// Where the events come from.
    pub feed: FeedInfo,
    /// All instruments.
    pub instruments: Vec<InstrumentInfo>,
}

/// A row of `GET /api/v1/ticker?symbol=`; without a symbol all of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TickerRow {
    /// The symbol.
    pub symbol: String,
    /// The `seq` of the `ticker` stream that this includes.
    pub seq: u64,
    /// When, in microseconds since 1970 of market time.
    pub ts: u64,
    /// The last trade and the best prices.
    #[serde(flatten)]
    pub ticker: FlatTicker,
    /// The rolling 24 hours, once there is a price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stats: Option<Stats>,
}

/// [`Ticker`] with the same field names as on the WebSocket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "as in Ticker and Quote")]
pub struct FlatTicker {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<market::Decimal>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_qty: Option<market::Decimal>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bid: Option<market::Decimal>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bid_qty: Option<market::Decimal>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ask: Option<market::Decimal>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ask_qty: Option<market::Decimal>,
}

impl From<Ticker> for FlatTicker {
    fn from(ticker: Ticker) -> Self {
        let Ticker { last, last_qty, quote } = ticker;
        Self {
            last,
            last_qty,
            bid: quote.bid,
            bid_qty: quote.bid_qty,
            ask: quote.ask,
            ask_qty: quote.ask_qty,
        }
    }
}

/// `GET /api/v1/candles?symbol=&interval=&limit=&end_ts=`: oldest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Candles {
    /// The symbol.
    pub symbol: String,
    /// The interval.
    pub interval: Interval,
    /// The `seq` of the symbol up to which trades are included in the last candle.
    pub seq: u64,
    /// The candles.
    pub candles: Vec<Candle>,
}

/// `GET /api/v1/trades?symbol=&limit=`: oldest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trades {
    /// The symbol.
    pub symbol: String,
    /// The trades.
    pub trades: Vec<Trade>,
}

/// `GET /api/v1/book?symbol=&depth=`: best first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BookView {
    /// The symbol.
    pub symbol: String,
    /// The `seq` of the `book` stream that this includes.
    pub seq: u64,
    /// When, in microseconds since 1970 of market time.
    pub ts: u64,
    /// Bids, best first.
    pub bids: Vec<WireLevel>,
    /// Asks, best first.
    pub asks: Vec<WireLevel>,
    /// CRC-32 of the top ten levels.
    pub checksum: u32,
}
