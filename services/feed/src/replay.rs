//! Recordings of real markets, played again.
//!
//! A recording is a text, gzipped or not: one line for each message that came in,
//! `<local time, ns since 1970> <raw stream JSON of Binance Spot>`, with the streams `@trade`, `@bookTicker` and
//! `@depth`, and an answer of `GET /depth` for each symbol. It is read as a whole at the start, turned into events, and
//! played by local receive time: once, or in a loop that is anchored to 1970, so that all replicas agree.
//!
//! Each line is one step. The book follows the documented local-book algorithm; `@bookTicker` is faster than `@depth`,
//! so between two depth updates the best prices may be up to 100 ms ahead of the book, as they are on the real wire.

mod binance;
mod damage;
mod error;
mod ingest;
mod names;
mod player;
mod precision;
mod reader;
mod recording;
mod symbol_state;

pub use damage::Damage;
pub use error::ReplayError;
pub use player::{Replay, ReplayConfig};
pub use recording::RecordingSummary;

/// The longest line, in bytes. A longer one is damage.
pub const LINE_BYTES_MAX: usize = 1 << 20;

/// The longest recording, in bytes of plain text. A longer one is refused.
pub const RECORDING_BYTES_MAX: u64 = 1 << 30;

/// The most lines of a recording, 2 hours of a busy symbol. One with more is refused.
pub const RECORDING_LINES_MAX: u64 = 1_000_000;

/// The most price levels in the depth messages of a recording, at most 48 bytes each in memory. One with more is refused.
pub const RECORDING_LEVELS_MAX: usize = 10_000_000;

/// The most symbols of a recording. One more is damage.
pub const RECORDING_SYMBOLS_MAX: usize = 64;

/// The longest time between two lines, in seconds. A longer one is damage: a wrong time stamp.
pub const GAP_SECONDS_MAX: u64 = 3_600;

/// The longest time from the first to the last line, in seconds. What goes beyond is damage.
pub const RECORDING_SPAN_SECONDS_MAX: u64 = 86_400;

/// How many depth updates of a symbol wait for its first snapshot. The oldest give way; if the snapshot turns out to
/// need them, that is a gap.
pub const PENDING_DIFFS_MAX: usize = 1_000;
