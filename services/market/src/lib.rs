//! The market itself: prices, instruments, order book, matching, simulated traders, candles.
//!
//! Pure: time and randomness come in as arguments; no clock, no IO, no async, no float in a price.

mod block;
mod book;
mod candle;
mod config;
mod decimal;
mod event;
mod exact;
mod fundamental;
mod instrument;
mod matching;
mod past;
mod random;
#[cfg(feature = "schema")]
mod schema;
mod series;
mod simulation;
mod stats;
mod traders;
mod units;

pub use block::Block;
pub use book::{Book, CHECKSUM_DEPTH};
pub use candle::{Candle, Interval, ParseIntervalError};
pub use config::{
    ConfigMistake, DEFAULT_MARKET_TOML, EVENTS_PER_SECOND_MAX, Epoch, INSTRUMENTS_MAX, InstrumentConfig,
    InvalidConfig, MARKET_VERSION, MarketConfig,
};
pub use decimal::{DECIMAL_SCALE_MAX, Decimal, ParseDecimalError};
pub use event::{
    Bbo, Body, BookDelta, Event, Level, LevelChange, Regime, SEQ_COUNT_BITS, Seq, Status, TICK_MICROS, Trade,
};
pub use exact::{BlockCandles, InstrumentCandles, block_candles, instrument_candles};
pub use fundamental::Fundamental;
pub use instrument::{Instrument, InstrumentError, InstrumentId, InstrumentKind, SYMBOL_CHARS_MAX};
pub use matching::{
    CancelError, Executions, Fill, MatchingEngine, NewOrder, ORDER_PRICE_MAX, ORDER_PRICE_MIN, Order,
    OrderId, OrderKind, Outcome, OwnerId, RESTING_ORDERS_MAX, RejectReason, Remainder, TimeInForce,
};
pub use past::past;
pub use series::{CandleSeries, candles_kept_max};
pub use simulation::Market;
pub use stats::{STATS_MICROS, Stats};
pub use units::{Notional, OverflowError, Price, Qty, Side, Ts};
