//! What every source of events can do.

use market::{CandleSeries, Event, Instrument, Ts};

use crate::{Damage, MarketClock};

/// A stream of events in market time, the same on every replica that has the same [`Source::epoch`].
pub trait Source: Send {
    /// What is traded; [`market::InstrumentId`] is the place in this list. Never changes.
    fn instruments(&self) -> &[Instrument];

    /// Names the events, in 16 hex digits: within one epoch a `seq` means the same event, on every replica.
    fn epoch(&self) -> &str;

    /// What to tell people about where the events come from.
    fn label(&self) -> SourceLabel;

    /// How market time follows the server's clock.
    fn clock(&self) -> MarketClock;

    /// No event lies before this moment of market time. A consumer that starts with empty books and catches up from
    /// here has what a replica has that runs for long.
    fn start_ts(&self) -> Ts;

    /// Appends the events that are not handed out yet and lie before `until`, in order, whole steps only. How they
    /// are sliced changes nothing. The number appended is bounded by the length of the slice alone: the caller chooses
    /// how far to go at once.
    ///
    /// # Errors
    /// The source is broken and says nothing more. The error is the answer to the first call that has no event left to
    /// append, never together with events, and to each call after it.
    fn advance(&mut self, until: Ts, out: &mut Vec<Event>) -> Result<Progress, SourceError>;

    /// The moment from which [`Source::advance`] has something to say: its next event, or its error. `None` if that is
    /// unknown, or nothing more comes.
    fn next_ts(&self) -> Option<Ts>;

    /// The candles of the time before [`Source::start_ts`], one series an instrument: modelled ones of the simulated
    /// market, none of other sources. Takes milliseconds an instrument.
    fn past(&self) -> Vec<CandleSeries> {
        self.instruments().iter().map(|_| CandleSeries::new()).collect()
    }
}

/// Whether more will come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// There are or may be more events.
    Running,
    /// That was all, for good.
    Ended,
}

/// What people are told about a source. Simulated and replayed data is labelled as such, always.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceLabel {
    /// The kind.
    pub kind: SourceKind,
    /// In words: `simulated exchange, seed 42`.
    pub text: String,
}

/// A kind of source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceKind {
    /// The simulated exchange.
    Simulated,
    /// A recording of a real market.
    Replay,
    /// Evenly spaced synthetic updates, for benchmarks.
    Metronome,
}

/// Why a source broke.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    /// The recording can't be played beyond a line; all lines before it were.
    #[error("the recording {file} is damaged at line {line}: {damage}")]
    Recording {
        /// The path as configured.
        file: String,
        /// The line, from 1.
        line: u64,
        /// What is wrong with it.
        damage: Damage,
    },
}
