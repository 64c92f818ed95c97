//! A whole recording in memory.

use std::io::Read;
use std::path::Path;

use market::{Bbo, Body, BookDelta, Event, Instrument, LevelChange, Price, Qty, Seq, Side, Ts};

use super::ingest::{Ingest, id, instrument};
use super::precision::Precision;
use super::reader::Lines;
use super::symbol_state::SymbolState;
use super::{Damage, RECORDING_BYTES_MAX, RECORDING_LEVELS_MAX, RECORDING_LINES_MAX, ReplayError};

/// What was found in a recording: for a log line at the start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordingSummary {
    /// Lines that can be played.
    pub lines: u64,
    /// Of those, `@trade` messages.
    pub trade_lines: u64,
    /// `@bookTicker` messages.
    pub book_ticker_lines: u64,
    /// `@depth` messages.
    pub depth_lines: u64,
    /// Answers of `GET /depth`.
    pub snapshot_lines: u64,
    /// Messages of streams that are not played.
    pub other_lines: u64,
    /// From the first line to the last, in microseconds.
    pub span_micros: u64,
    /// Where it is damaged: the line, from 1, and what is wrong with it. Nothing after it is played.
    pub damage: Option<(u64, Damage)>,
}

/// A recording, read and turned into events.
pub(super) struct Recording {
    pub(super) instruments: Vec<Instrument>,
    /// In order; `ts` counts from the first line, `seq` is not given yet.
    pub(super) records: Vec<Event>,
    /// What takes each book from its end to the empty one of the beginning.
    pub(super) seam: Vec<Event>,
    pub(super) first_seconds: u64,
    /// Checksum of the text.
    pub(super) crc: u32,
    pub(super) summary: RecordingSummary,
}

impl Recording {
    /// Reads all of `text`; errors call it `file`.
    pub(super) fn read(file: &Path, text: impl Read) -> Result<Self, ReplayError> {
        let file = file.display().to_string();
        let mut lines = Lines::new(text).map_err(|cause| ReplayError::Open { file: file.clone(), cause })?;
        let mut ingest = Ingest::default();
        let damage = read_lines(&mut lines, &mut ingest, &file)?;
        if ingest.records.is_empty() {
            return Err(match damage {
                Some((line, damage)) => ReplayError::Damaged { file, line, damage },
                None => ReplayError::Empty { file, lines: ingest.summary.lines },
            });
        }
        Ok(Self::new(ingest, damage, lines.crc()))
    }

    fn new(ingest: Ingest, damage: Option<(u64, Damage)>, crc: u32) -> Self {
        let (span_micros, first_seconds) = (ingest.span_micros(), ingest.first_seconds());
        let mut records = ingest.records;
        for event in &mut records {
            let state = &ingest.symbols[event.instrument.index()];
            rescale(&mut event.body, state.ticks, state.lots);
        }
        Self {
            instruments: ingest.symbols.iter().map(instrument).collect(),
            records,
            seam: seam(&ingest.symbols),
            first_seconds,
            crc,
            summary: RecordingSummary { span_micros, damage, ..ingest.summary },
        }
    }
}

/// Takes in all lines up to the first damaged one, and tells which that is.
fn read_lines(
    lines: &mut Lines<impl Read>,
    ingest: &mut Ingest,
    file: &str,
) -> Result<Option<(u64, Damage)>, ReplayError> {
    for number in 1.. {
        let taken = match lines.next() {
            Ok(None) => break,
            Ok(Some(line)) => ingest.line(line),
            Err(damage) => Err(damage),
        };
        if let Err(damage) = taken {
            return Ok(Some((number, damage)));
        }
        let exceeded = [
            ("lines", number, RECORDING_LINES_MAX),
            ("bytes of text", lines.bytes, RECORDING_BYTES_MAX),
            ("price levels", ingest.levels as u64, RECORDING_LEVELS_MAX as u64),
        ]
        .into_iter()
        .find(|(_, count, max)| count > max);
        if let Some((unit, _, max)) = exceeded {
            return Err(ReplayError::TooLarge { file: file.to_owned(), line: number, unit, max });
        }
    }
    Ok(None)
}

/// Units of 10^-8 become ticks and lots.
fn rescale(body: &mut Body, ticks: Precision, lots: Precision) {
    let price = |price: &mut Price| price.0 /= ticks.step().cast_signed();
    let qty = |qty: &mut Qty| qty.0 /= lots.step();
    match body {
        Body::Trade(trade) => {
            price(&mut trade.price);
            qty(&mut trade.qty);
        }
        Body::Book(delta) => {
            for level in &mut delta.levels {
                price(&mut level.price);
                qty(&mut level.qty);
            }
        }
        Body::Bbo(bbo) => {
            for level in bbo.bid.iter_mut().chain(&mut bbo.ask) {
                price(&mut level.price);
                qty(&mut level.qty);
            }
        }
        Body::Status(_) | Body::Tick => {}
    }
}

/// One step a symbol: removes all that its book holds at the end, so that a loop begins as the recording does.
fn seam(symbols: &[SymbolState]) -> Vec<Event> {
    let mut events: Vec<Event> = Vec::new();
    for (at, state) in symbols.iter().enumerate() {
        let mut bodies = Vec::new();
        let delta = removal(state);
        if !delta.levels.is_empty() {
            bodies.push(Body::Book(delta));
        }
        if state.bbo != Bbo::default() {
            bodies.push(Body::Bbo(Bbo::default()));
        }
        let last = bodies.len();
        events.extend(bodies.into_iter().enumerate().map(|(n, mut body)| {
            rescale(&mut body, state.ticks, state.lots);
            Event { instrument: id(at), seq: Seq(0), ts: Ts(0), step_end: n + 1 == last, body }
        }));
    }
    events
}

fn removal(state: &SymbolState) -> BookDelta {
    let gone = |side| {
        state.book.side(side).map(move |level| LevelChange { side, price: level.price, qty: Qty::ZERO })
    };
    BookDelta { levels: gone(Side::Buy).chain(gone(Side::Sell)).collect() }
}
