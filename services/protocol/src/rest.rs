//! The REST interface: its paths, the parameters and the answers. Errors are [`crate::ErrorBody`].

use market::Interval;
use serde::{Deserialize, Serialize};

use crate::{Candle, FeedInfo, InstrumentInfo, Stats, Ticker, Trade, WireLevel};

/// Where the WebSocket is.
pub const SOCKET_PATH: &str = "/ws";
/// Events as Server-Sent Events: [`StreamQuery`].
pub const STREAM_PATH: &str = "/api/v1/stream";
/// [`Instruments`].
pub const INSTRUMENTS_PATH: &str = "/api/v1/instruments";
/// Rows of [`TickerRow`], of [`TickerQuery`].
pub const TICKER_PATH: &str = "/api/v1/ticker";
/// [`Candles`], of [`CandlesQuery`].
pub const CANDLES_PATH: &str = "/api/v1/candles";
/// [`Trades`], of [`TradesQuery`].
pub const TRADES_PATH: &str = "/api/v1/trades";
/// [`BookView`], of [`BookQuery`].
pub const BOOK_PATH: &str = "/api/v1/book";

/// Rows of an answer when `limit` is absent, if the server allows as many.
pub const ROWS_DEFAULT: usize = 500;
/// Levels of a side of a book when `depth` is absent, if the server allows as many.
pub const DEPTH_DEFAULT: usize = 100;

/// Parameters of `/ws` and `/api/v1/stream`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct StreamQuery {
    /// Streams to start with, comma-separated: `ticker:*,trades:BTC-USDT`.
    #[serde(default)]
    pub subscribe: String,
}

/// No parameters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct NoQuery {}

/// Parameters of `/api/v1/ticker`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TickerQuery {
    /// The symbol; all of them if absent.
    pub symbol: Option<String>,
}

/// Parameters of `/api/v1/candles`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CandlesQuery {
    /// The symbol.
    pub symbol: String,
    /// The length of the candles.
    pub interval: Interval,
    /// How many of the latest at most: 1 to `limits.rest_rows_max`; 500 if absent.
    pub limit: Option<usize>,
    /// Only candles that open before this, in microseconds since 1970.
    pub end_ts: Option<u64>,
}

/// Parameters of `/api/v1/trades`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TradesQuery {
    /// The symbol.
    pub symbol: String,
    /// How many of the latest at most: 1 to `limits.rest_rows_max`; 500 if absent.
    pub limit: Option<usize>,
}

/// Parameters of `/api/v1/book`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct BookQuery {
    /// The symbol.
    pub symbol: String,
    /// How many levels of each side at most: 1 to `limits.rest_rows_max`; 100 if absent.
    pub depth: Option<usize>,
}

/// `GET /api/v1/instruments`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Trades {
    /// The symbol.
    pub symbol: String,
    /// The trades.
    pub trades: Vec<Trade>,
}

/// `GET /api/v1/book?symbol=&depth=`: best first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
