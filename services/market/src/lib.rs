//! The market itself: prices, instruments, order book, matching, simulated traders, candles.
//!
//! Pure: time and randomness come in as arguments; no clock, no IO, no async, no float in a price.

mod book;
mod candle;
mod decimal;
mod event;
mod instrument;
mod matching;
mod units;

pub use book::{Book, CHECKSUM_DEPTH};
pub use candle::{Candle, Interval, ParseIntervalError};
pub use decimal::{DECIMAL_SCALE_MAX, Decimal, ParseDecimalError};
pub use event::{
    Bbo, Body, BookDelta, Event, Level, LevelChange, Regime, SEQ_COUNT_BITS, Seq, Status, TICK_MICROS, Trade,
};
pub use instrument::{Instrument, InstrumentError, InstrumentId, InstrumentKind, SYMBOL_CHARS_MAX};
pub use matching::{
    CancelError, Executions, Fill, MatchingEngine, NewOrder, ORDER_PRICE_MAX, ORDER_PRICE_MIN, Order, OrderId, OrderKind,
    Outcome, OwnerId, RESTING_ORDERS_MAX, RejectReason, Remainder, TimeInForce,
};
pub use units::{Notional, OverflowError, Price, Qty, Side, Ts};
