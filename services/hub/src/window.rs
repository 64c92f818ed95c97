//! The replay window: the latest events of all streams, encoded, for clients that come back.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::{Record, StreamId};

/// How much is remembered: whichever is reached first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WindowConfig {
    /// How far back, in microseconds of market time.
    pub micros: u64,
    /// How much memory, in bytes.
    pub bytes_max: usize,
}

/// The latest events.
#[derive(Debug)]
pub(crate) struct Window {
    config: WindowConfig,
    records: VecDeque<Arc<Record>>,
    /// The number of the first of `records`.
    first: u64,
    by_stream: Vec<VecDeque<Place>>,
    bytes: usize,
}

/// Where an event of a stream stands.
#[derive(Clone, Copy, Debug)]
struct Place {
    seq: u64,
    /// The number of its record.
    record: u64,
    at: u32,
}

/// An event out of the window.
#[derive(Clone, Debug)]
pub struct Piece {
    /// The flush that it was part of.
    pub record: Arc<Record>,
    /// Its place in [`Record::items`].
    pub at: usize,
}

/// Why the events after a `seq` are not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unknown {
    /// They lie further back than the window.
    TooOld,
    /// No event of the stream has that number.
    NoSuchSeq,
}

impl Window {
    pub(crate) fn new(config: WindowConfig, streams: usize) -> Self {
        let by_stream = vec![VecDeque::new(); streams];
        Self { config, records: VecDeque::new(), first: 0, by_stream, bytes: 0 }
    }

    /// What it holds in memory, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Market time from its first to its last event, in microseconds.
    pub(crate) fn micros(&self) -> u64 {
        let ts = |record: &Arc<Record>| record.items().last().map(|item| item.ts);
        let (first, last) = (self.records.front().and_then(ts), self.records.back().and_then(ts));
        first.zip(last).map_or(0, |(first, last)| last.saturating_sub(first))
    }

    /// Remembers the events of a flush, and forgets those that are too old.
    pub(crate) fn push(&mut self, record: &Arc<Record>) {
        if record.items().is_empty() {
            return;
        }
        let number = self.first + self.records.len() as u64;
        for (at, item) in (0..).zip(record.items()) {
            self.by_stream[item.stream.index()].push_back(Place { seq: item.seq, record: number, at });
        }
        self.bytes += cost(record);
        self.records.push_back(Arc::clone(record));
        while self.bytes > self.config.bytes_max || self.micros() > self.config.micros {
            self.forget_first();
        }
    }

    fn forget_first(&mut self) {
        let Some(record) = self.records.pop_front() else { return };
        for item in record.items() {
            self.by_stream[item.stream.index()].pop_front();
        }
        self.bytes -= cost(&record);
        self.first += 1;
    }

    /// Forgets everything: what comes next does not follow what is here.
    pub(crate) fn clear(&mut self) {
        self.first += self.records.len() as u64;
        self.records.clear();
        self.by_stream.iter_mut().for_each(VecDeque::clear);
        self.bytes = 0;
    }

    /// The events of a stream after `seq`, in order.
    pub(crate) fn after(
        &self,
        stream: StreamId,
        seq: u64,
    ) -> Result<impl Iterator<Item = Piece> + '_, Unknown> {
        let places = &self.by_stream[stream.index()];
        let next = places.partition_point(|place| place.seq <= seq);
        match places.get(next).map(|place| self.piece(*place)) {
            Some(piece) if piece.record.items()[piece.at].prev_seq == seq => {
                Ok(places.range(next..).map(|place| self.piece(*place)))
            }
            Some(_) if next > 0 => Err(Unknown::NoSuchSeq),
            _ => Err(Unknown::TooOld),
        }
    }

    fn piece(&self, place: Place) -> Piece {
        let number = usize::try_from(place.record - self.first).expect("it is among the records");
        Piece { record: Arc::clone(&self.records[number]), at: place.at as usize }
    }
}

/// What remembering a record costs in memory, in bytes.
fn cost(record: &Record) -> usize {
    record.bytes() + record.items().len() * size_of::<Place>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Directory;
    use crate::Item;
    use crate::batch::{BatchBuilder, Draft};
    use market::{Instrument, InstrumentKind};
    use protocol::Payload;

    const STREAM: StreamId = StreamId(0);

    fn record(seq: u64, prev_seq: u64) -> Arc<Record> {
        let (tick_size, lot_size) = (market::Decimal::new(1, 0), market::Decimal::new(1, 0));
        let instrument = Instrument { symbol: "A".into(), kind: InstrumentKind::Crypto, tick_size, lot_size };
        let mut builder = BatchBuilder::default();
        let item = Item { stream: STREAM, seq, prev_seq, ts: seq, conflated: 0 };
        let draft = Draft { item, snapshot: false, payload: Payload::Nothing };
        builder.push(&Directory::new(vec![instrument]), draft, [true; _]);
        Arc::clone(builder.finish(0).record())
    }

    fn window(micros: u64, seqs: &[u64]) -> Window {
        let mut window = Window::new(WindowConfig { micros, bytes_max: 1_000_000 }, 1);
        for pair in seqs.windows(2) {
            window.push(&record(pair[1], pair[0]));
        }
        window
    }

    fn check(window: &Window, seq: u64, expected: Result<&[u64], Unknown>) {
        let found = window
            .after(STREAM, seq)
            .map(|pieces| pieces.map(|piece| piece.record.items()[piece.at].seq).collect::<Vec<_>>());
        assert_eq!(found.as_deref().map_err(|unknown| *unknown), expected, "after {seq}");
    }

    #[test]
    fn it_knows_what_follows() {
        let window = window(100, &[5, 7, 8, 20]);
        check(&window, 5, Ok(&[7, 8, 20]));
        check(&window, 8, Ok(&[20]));
        check(&window, 6, Err(Unknown::TooOld));
        check(&window, 9, Err(Unknown::NoSuchSeq));
        check(&window, 4, Err(Unknown::TooOld));
    }

    #[test]
    fn it_forgets_by_age_and_by_size() {
        let by_age = window(10, &[5, 7, 8, 20, 21]);
        check(&by_age, 7, Err(Unknown::TooOld));
        check(&by_age, 8, Ok(&[20, 21]));
        assert_eq!(by_age.micros(), 1);
        let mut by_size = window(100, &[5, 7, 8]);
        by_size.config.bytes_max = by_size.bytes();
        by_size.push(&record(9, 8));
        check(&by_size, 5, Err(Unknown::TooOld));
        check(&by_size, 7, Ok(&[8, 9]));
        by_size.clear();
        assert_eq!(by_size.bytes(), 0);
        check(&by_size, 8, Err(Unknown::TooOld));
        by_size.push(&record(11, 10));
        check(&by_size, 10, Ok(&[11]));
    }
}
