//! Where events come from: the simulated market, a recording, a metronome for benchmarks.
//!
//! Each is a [`Source`]: events of market time in order, the same ones on every replica. Knows no wire, no socket and no
//! wall clock: the time comes in as an argument, and [`MarketClock`] says what market time that is.

mod clock;
mod epoch;
mod metronome;
mod replay;
mod simulated;
mod source;

pub use clock::{ClockError, FIXED_ANCHOR, MarketClock, SPEED_MAX, SPEED_MIN};
pub use metronome::{
    METRONOME_SYMBOLS_MAX, METRONOME_UPDATES_PER_SECOND_MAX, Metronome, MetronomeConfig, MetronomeError,
};
pub use replay::{
    Damage, GAP_SECONDS_MAX, LINE_BYTES_MAX, PENDING_DIFFS_MAX, RECORDING_BYTES_MAX, RECORDING_LEVELS_MAX,
    RECORDING_LINES_MAX, RECORDING_SPAN_SECONDS_MAX, RECORDING_SYMBOLS_MAX, RecordingSummary, Replay,
    ReplayConfig, ReplayError,
};
pub use simulated::{BACKFILL_DAYS_MAX, Backfill, Simulated, SimulatedError};
pub use source::{Progress, Source, SourceError, SourceKind, SourceLabel};
