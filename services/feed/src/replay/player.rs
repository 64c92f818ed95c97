//! Plays a recording, once or in a loop.

use std::fs::File;
use std::io::Read;
use std::path::PathBuf;

use market::{Body, Event, Instrument, Seq, TICK_MICROS, Ts};
use serde::Deserialize;

use super::names::utc_minute;
use super::recording::{Recording, RecordingSummary};
use super::{ReplayError, ingest};
use crate::epoch::epoch;
use crate::{FIXED_ANCHOR, MarketClock, Progress, Source, SourceError, SourceKind, SourceLabel};

/// Part of the epoch: to be raised when the same file gives other events, or the same ones other numbers.
const REPLAY_VERSION: u8 = 1;

/// What to play, and how.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReplayConfig {
    /// The recording.
    pub file: PathBuf,
    /// Again and again, the same on all replicas. Otherwise once, from the moment at which the process starts.
    #[serde(default = "always")]
    pub looped: bool,
    /// How many times as fast as it was recorded.
    #[serde(default = "as_recorded")]
    pub speed: f64,
}

const fn always() -> bool {
    true
}

const fn as_recorded() -> f64 {
    1.0
}

/// A recording being played.
///
/// Looped: the loop's period is the time from the first line to the last, plus what makes it the next larger whole
/// second; loop `n` begins at `n` periods after 1970 in market time. Each begins with a step that empties the books,
/// and numbers its events from `n` x (events of a loop) + 1 on: below 2^53 until the year 2100. `start_ts` is the
/// beginning of the loop before the current one, so that there always is something to resume from, and a stream knows
/// the event before its first one of the current loop.
///
/// Once: the first line is played at the moment of the start, and the events are numbered from 1. A damaged recording
/// is always played once: up to the damage. The last event is the [`Body::Tick`] after the last line.
pub struct Replay {
    instruments: Vec<Instrument>,
    epoch: String,
    label: SourceLabel,
    clock: MarketClock,
    start_ts: Ts,
    summary: RecordingSummary,
    records: Vec<Event>,
    end: End,
    cursor: Cursor,
    error: Option<SourceError>,
}

enum End {
    /// The recording begins again.
    Loop { period_micros: u64 },
    /// It is over after this tick.
    Once { last_tick: Ts },
}

struct Cursor {
    /// The market time of the recording's first line.
    origin: Ts,
    /// The next record.
    record: usize,
    /// The next tick.
    tick: Ts,
    /// The number of the next event.
    seq: u64,
}

enum Due {
    Tick(Ts),
    Record(Ts),
}

impl Replay {
    /// Reads the whole recording; `wall` is what the server's clock shows. Blocks: 11 MB of text take about 0.1 s.
    ///
    /// # Errors
    /// When there is nothing to play, or too much.
    pub fn open(config: &ReplayConfig, wall: Ts) -> Result<Self, ReplayError> {
        let opened = File::open(&config.file);
        let file = || config.file.display().to_string();
        let text = opened.map_err(|cause| ReplayError::Open { file: file(), cause })?;
        Self::read(config, text, wall)
    }

    /// The same, of a recording that is not in a file: `config.file` is just its name.
    ///
    /// # Errors
    /// When there is nothing to play, or too much.
    pub fn read(config: &ReplayConfig, text: impl Read, wall: Ts) -> Result<Self, ReplayError> {
        let recording = Recording::read(&config.file, text)?;
        // A loop would hide damage: the part before it would be played for ever, the error never told.
        if config.looped && recording.summary.damage.is_none() {
            Self::looped(config, recording, wall)
        } else {
            Self::once(config, recording, wall)
        }
    }

    /// What was found in the file.
    #[must_use]
    pub const fn summary(&self) -> &RecordingSummary {
        &self.summary
    }

    fn looped(config: &ReplayConfig, mut recording: Recording, wall: Ts) -> Result<Self, ReplayError> {
        let clock = MarketClock::new(config.speed, FIXED_ANCHOR)?;
        let period_micros = (recording.summary.span_micros / Ts::SECOND + 1) * Ts::SECOND;
        let number = (clock.market(wall).0 / period_micros).saturating_sub(1);
        recording.records.splice(..0, recording.seam.drain(..));
        let ticks = period_micros / TICK_MICROS * recording.instruments.len() as u64;
        let events = recording.records.len() as u64 + ticks;
        let origin = Ts(number * period_micros);
        let cursor = Cursor { origin, record: 0, tick: origin, seq: number.saturating_mul(events) + 1 };
        let epoch = epoch(recording.crc, &[REPLAY_VERSION, 1]);
        Ok(Self::new(config, recording, clock, epoch, End::Loop { period_micros }, cursor))
    }

    fn once(config: &ReplayConfig, recording: Recording, wall: Ts) -> Result<Self, ReplayError> {
        let clock = MarketClock::new(config.speed, wall)?;
        let last = wall.plus(recording.records.last().map_or(0, |event| event.ts.0));
        let last_tick = Ts((last.0 / TICK_MICROS).saturating_add(1).saturating_mul(TICK_MICROS));
        let tick = Ts(wall.0.div_ceil(TICK_MICROS).saturating_mul(TICK_MICROS));
        let cursor = Cursor { origin: wall, record: 0, tick, seq: 1 };
        let how: Vec<u8> = [REPLAY_VERSION, 0].into_iter().chain(wall.0.to_le_bytes()).collect();
        let epoch = epoch(recording.crc, &how);
        Ok(Self::new(config, recording, clock, epoch, End::Once { last_tick }, cursor))
    }

    fn new(
        config: &ReplayConfig,
        recording: Recording,
        clock: MarketClock,
        epoch: String,
        end: End,
        cursor: Cursor,
    ) -> Self {
        let Recording { instruments, records, first_seconds, summary, .. } = recording;
        let error = summary.damage.clone().map(|(line, damage)| SourceError::Recording {
            file: config.file.display().to_string(),
            line,
            damage,
        });
        let label =
            SourceLabel { kind: SourceKind::Replay, text: label(config, first_seconds, &summary, &end) };
        Self {
            instruments,
            epoch,
            label,
            clock,
            start_ts: cursor.origin,
            summary,
            records,
            end,
            cursor,
            error,
        }
    }

    /// What comes next. Of a tick and a line at the same moment it is the tick: the line belongs to what follows.
    fn due(&self) -> Option<Due> {
        let record = self.records.get(self.cursor.record).map(|event| self.cursor.origin.plus(event.ts.0));
        let tick = match self.end {
            End::Loop { .. } => Some(self.cursor.tick),
            End::Once { last_tick } => Some(self.cursor.tick).filter(|tick| *tick <= last_tick),
        };
        match (tick, record) {
            (Some(tick), record) if record.is_none_or(|record| tick <= record) => Some(Due::Tick(tick)),
            (_, record) => record.map(Due::Record),
        }
    }

    fn tell(&mut self, due: &Due, out: &mut Vec<Event>) {
        match *due {
            Due::Tick(ts) => {
                for at in 0..self.instruments.len() {
                    let seq = self.next_seq();
                    out.push(Event { instrument: ingest::id(at), seq, ts, step_end: true, body: Body::Tick });
                }
                self.cursor.tick = ts.plus(TICK_MICROS);
            }
            Due::Record(ts) => {
                let seq = self.next_seq();
                out.push(Event { seq, ts, ..self.records[self.cursor.record].clone() });
                self.cursor.record += 1;
            }
        }
        self.begin_again_at_the_end();
    }

    fn next_seq(&mut self) -> Seq {
        let seq = self.cursor.seq;
        self.cursor.seq += 1;
        Seq(seq)
    }

    fn begin_again_at_the_end(&mut self) {
        let End::Loop { period_micros } = self.end else { return };
        let next = self.cursor.origin.plus(period_micros);
        if self.cursor.record == self.records.len() && self.cursor.tick >= next {
            (self.cursor.origin, self.cursor.record) = (next, 0);
        }
    }
}

impl Source for Replay {
    fn instruments(&self) -> &[Instrument] {
        &self.instruments
    }

    fn epoch(&self) -> &str {
        &self.epoch
    }

    fn label(&self) -> SourceLabel {
        self.label.clone()
    }

    fn clock(&self) -> MarketClock {
        self.clock
    }

    fn start_ts(&self) -> Ts {
        self.start_ts
    }

    fn advance(&mut self, until: Ts, out: &mut Vec<Event>) -> Result<Progress, SourceError> {
        let before = out.len();
        while let Some(due) = self.due() {
            if due.ts() >= until {
                return Ok(Progress::Running);
            }
            self.tell(&due, out);
        }
        match &self.error {
            None => Ok(Progress::Ended),
            Some(_) if out.len() > before => Ok(Progress::Running),
            Some(error) => Err(error.clone()),
        }
    }

    fn next_ts(&self) -> Option<Ts> {
        match (self.due(), &self.end) {
            (Some(due), _) => Some(due.ts()),
            (None, End::Once { last_tick }) if self.error.is_some() => Some(*last_tick),
            (None, _) => None,
        }
    }
}

impl Due {
    const fn ts(&self) -> Ts {
        match self {
            Self::Tick(ts) | Self::Record(ts) => *ts,
        }
    }
}

fn label(config: &ReplayConfig, first_seconds: u64, summary: &RecordingSummary, end: &End) -> String {
    let file = config.file.file_name().unwrap_or(config.file.as_os_str()).to_string_lossy();
    let how = match (&summary.damage, end) {
        (Some((line, _)), _) => format!("once, damaged at line {line}"),
        (None, End::Once { .. }) => "once".to_owned(),
        (None, End::Loop { .. }) => "looped".to_owned(),
    };
    format!("recording {file} of {}, {how}", utc_minute(first_seconds))
}
