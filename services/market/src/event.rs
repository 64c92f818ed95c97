//! What a market says: the only thing that leaves a source of events, simulated or recorded.

use smallvec::SmallVec;

use crate::{InstrumentId, Price, Qty, Side, Ts};

/// Bits of a [`Seq`] that count inside a block.
pub const SEQ_COUNT_BITS: u32 = 28;

/// The number of an event of one instrument: rises with every event, on every replica alike.
///
/// The block's number (5 minutes since 1970) stands in the high bits, a count in the low [`SEQ_COUNT_BITS`]:
/// below 2^53, what a JavaScript number holds exactly, until the year 2289.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seq(pub u64);

impl Seq {
    /// The number `count` of block `block`.
    #[must_use]
    pub const fn new(block: u64, count: u64) -> Self {
        debug_assert!(count < 1 << SEQ_COUNT_BITS, "a block has at most 2^28 events of an instrument");
        Self(block << SEQ_COUNT_BITS | count)
    }

    /// The block that it belongs to.
    #[must_use]
    pub const fn block(self) -> u64 {
        self.0 >> SEQ_COUNT_BITS
    }
}

/// One thing that happened to one instrument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Whose.
    pub instrument: InstrumentId,
    /// Its number among all events of the instrument.
    pub seq: Seq,
    /// When, in market time.
    pub ts: Ts,
    /// Whether it ends a step. One order's trades, book delta and best prices are one step, and between two steps
    /// they agree with each other; in the middle of one they need not.
    pub step_end: bool,
    /// What.
    pub body: Body,
}

/// What happened. Within a step: trades, then the book, then the best prices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// Two orders met.
    Trade(Trade),
    /// Levels of the book changed.
    Book(BookDelta),
    /// The best bid or ask changed.
    Bbo(Bbo),
    /// The market opened, halted, or changed its regime.
    Status(Status),
    /// Market time reached a multiple of [`TICK_MICROS`]: summaries (candles, statistics) are due.
    Tick,
}

/// The grid of [`Body::Tick`] events: every 250 ms of market time, for each instrument.
pub const TICK_MICROS: u64 = 250_000;

/// Two orders that met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trade {
    /// The maker's price.
    pub price: Price,
    /// How much.
    pub qty: Qty,
    /// What the taker did.
    pub taker: Side,
}

/// New totals of price levels.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BookDelta {
    /// Each level at most once; in no particular order.
    pub levels: SmallVec<[LevelChange; 2]>,
}

/// The new total of a price level; zero removes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LevelChange {
    /// Bids or asks.
    pub side: Side,
    /// Which level.
    pub price: Price,
    /// All that rests there now.
    pub qty: Qty,
}

/// A price level: a price and all that rests there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Level {
    /// The price.
    pub price: Price,
    /// The total of its orders, never zero.
    pub qty: Qty,
}

/// Best bid and offer; `None` where that side is empty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bbo {
    /// The highest bid.
    pub bid: Option<Level>,
    /// The lowest ask.
    pub ask: Option<Level>,
}

/// Whether an instrument trades, and in what mood.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// No orders are matched.
    pub halted: bool,
    /// How its traders behave.
    pub regime: Regime,
}

/// The mood of a market.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Regime {
    /// As on most days.
    #[default]
    Calm,
    /// Wide spreads, many orders.
    Volatile,
    /// A fast fall.
    Crash,
}
