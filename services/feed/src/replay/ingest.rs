//! Lines become steps of events, with times relative to the first line and numbers in units of 10^-8.

use market::{Body, Event, Instrument, InstrumentId, InstrumentKind, Seq, Ts};

use super::binance::{Message, Snapshot, parse_line};
use super::symbol_state::SymbolState;
use super::{
    Damage, GAP_SECONDS_MAX, RECORDING_SPAN_SECONDS_MAX, RECORDING_SYMBOLS_MAX, RecordingSummary, names,
};

const NANOS_PER_SECOND: u64 = 1_000_000_000;

/// What was read so far.
#[derive(Default)]
pub(super) struct Ingest {
    /// In the order of their first lines.
    pub(super) symbols: Vec<SymbolState>,
    /// `ts` counts from the first line; `seq` is not given yet.
    pub(super) records: Vec<Event>,
    pub(super) summary: RecordingSummary,
    /// Price levels read: at least half of those in `records`, and all that wait for a snapshot.
    pub(super) levels: usize,
    /// Local times of the first and the last line, in nanoseconds since 1970.
    times: Option<(u64, u64)>,
    /// A snapshot that came before any symbol: of the first one.
    early_snapshot: Option<Snapshot>,
    /// The step in work.
    step: Vec<Body>,
}

impl Ingest {
    /// Takes in a line, wholly or not at all.
    pub(super) fn line(&mut self, line: &[u8]) -> Result<(), Damage> {
        let (time, message) = parse_line(line)?;
        let first = self.check_time(time)?;
        self.message(Ts((time - first) / 1_000), message)?;
        self.times = Some((first, time));
        self.summary.lines += 1;
        Ok(())
    }

    /// From the first line to the last, in microseconds.
    pub(super) fn span_micros(&self) -> u64 {
        self.times.map_or(0, |(first, last)| (last - first) / 1_000)
    }

    fn check_time(&self, time: u64) -> Result<u64, Damage> {
        let Some((first, before)) = self.times else { return Ok(time) };
        let in_order = (before..=before.saturating_add(GAP_SECONDS_MAX * NANOS_PER_SECOND)).contains(&time);
        if in_order && time - first <= RECORDING_SPAN_SECONDS_MAX * NANOS_PER_SECOND {
            return Ok(first);
        }
        Err(Damage::TimeOrder { found: time, before })
    }

    fn message(&mut self, ts: Ts, message: Message) -> Result<(), Damage> {
        match message {
            Message::Trade(trade) => {
                self.play(ts, &trade.symbol, |state, step| state.trade(&trade, step))?;
                self.summary.trade_lines += 1;
            }
            Message::BookTicker(ticker) => {
                self.play(ts, &ticker.symbol, |state, step| state.book_ticker(&ticker, step))?;
                self.summary.book_ticker_lines += 1;
            }
            Message::Depth(update) => {
                self.levels += update.bids.len() + update.asks.len();
                self.play(ts, &update.symbol, |state, step| state.depth(&update, step))?;
                self.summary.depth_lines += 1;
            }
            Message::Snapshot(snapshot) => {
                self.levels += snapshot.bids.len() + snapshot.asks.len();
                self.snapshot(ts, snapshot)?;
                self.summary.snapshot_lines += 1;
            }
            Message::Other => self.summary.other_lines += 1,
        }
        Ok(())
    }

    /// A snapshot does not say whose it is. Each symbol counts its updates by itself, billions apart: it belongs to
    /// the one whose ids are nearest.
    fn snapshot(&mut self, ts: Ts, snapshot: Snapshot) -> Result<(), Damage> {
        let distance = |state: &SymbolState| state.latest_id.abs_diff(snapshot.last_update_id);
        let nearest = (0..self.symbols.len()).min_by_key(|at| distance(&self.symbols[*at]));
        match nearest {
            None => self.early_snapshot = Some(snapshot),
            Some(at) => self.step(ts, at, |state, step| state.snapshot(&snapshot, step))?,
        }
        Ok(())
    }

    fn play(
        &mut self,
        ts: Ts,
        symbol: &str,
        tell: impl FnOnce(&mut SymbolState, &mut Vec<Body>) -> Result<(), Damage>,
    ) -> Result<(), Damage> {
        let at = match self.symbols.iter().position(|state| state.symbol == symbol) {
            Some(at) => at,
            None => self.add_symbol(ts, symbol)?,
        };
        self.step(ts, at, tell)
    }

    fn add_symbol(&mut self, ts: Ts, symbol: &str) -> Result<usize, Damage> {
        if self.symbols.len() == RECORDING_SYMBOLS_MAX {
            return Err(Damage::TooManySymbols { symbol: symbol.to_owned() });
        }
        let state = SymbolState::new(symbol.to_owned());
        instrument(&state).validate().map_err(|error| Damage::Symbol { cause: error.to_string() })?;
        let at = self.symbols.len();
        self.symbols.push(state);
        if let Some(snapshot) = self.early_snapshot.take() {
            self.step(ts, at, |state, step| state.snapshot(&snapshot, step))?;
        }
        Ok(at)
    }

    fn step(
        &mut self,
        ts: Ts,
        at: usize,
        tell: impl FnOnce(&mut SymbolState, &mut Vec<Body>) -> Result<(), Damage>,
    ) -> Result<(), Damage> {
        self.step.clear();
        tell(&mut self.symbols[at], &mut self.step)?;
        let last = self.step.len();
        for (n, body) in self.step.drain(..).enumerate() {
            self.records.push(Event { instrument: id(at), seq: Seq(0), ts, step_end: n + 1 == last, body });
        }
        Ok(())
    }

    /// When the recording began, in seconds since 1970.
    pub(super) fn first_seconds(&self) -> u64 {
        self.times.map_or(0, |(first, _)| first / NANOS_PER_SECOND)
    }
}

/// The instrument as far as it is known.
pub(super) fn instrument(state: &SymbolState) -> Instrument {
    Instrument {
        symbol: names::with_dash(&state.symbol),
        kind: InstrumentKind::Crypto,
        tick_size: state.ticks.size(),
        lot_size: state.lots.size(),
    }
}

/// There are at most [`RECORDING_SYMBOLS_MAX`] places.
pub(super) fn id(at: usize) -> InstrumentId {
    InstrumentId(u16::try_from(at).unwrap_or(u16::MAX))
}
