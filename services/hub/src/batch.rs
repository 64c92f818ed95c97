//! Batches: the events of one flush, each encoded once per encoding and shared by all clients.

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;
use protocol::{Encoding, Event, Payload};

use crate::{Directory, StreamId};

/// An event's place in its stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Item {
    /// The stream.
    pub stream: StreamId,
    /// Its number.
    pub seq: u64,
    /// The number of the one before it; 0 in a snapshot.
    pub prev_seq: u64,
    /// When, in microseconds since 1970 of market time.
    pub ts: u64,
    /// How many events were merged into it.
    pub conflated: u64,
}

/// The events of one flush, encoded: what is remembered for those who come back.
#[derive(Debug, Default)]
pub struct Record {
    items: Box<[Item]>,
    /// By place of [`Encoding::ALL`].
    texts: [Text; Encoding::ALL.len()],
}

/// Encoded events, one after the other.
#[derive(Debug, Default)]
struct Text {
    bytes: Bytes,
    /// Where each event ends.
    ends: Box<[u32]>,
}

/// The events of one flush.
#[derive(Debug, Default)]
pub struct Batch {
    record: Arc<Record>,
    /// What happened, event by event: kept beside its bytes, so that a slow client's events can be merged.
    payloads: Vec<Payload>,
    engine_ts: u64,
}

impl Record {
    /// The events, in order.
    #[must_use]
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// The bytes of the event at a place of [`Record::items`].
    #[must_use]
    pub fn text(&self, encoding: Encoding, at: usize) -> &[u8] {
        let Text { bytes, ends } = &self.texts[encoding as usize];
        let start = at.checked_sub(1).map_or(0, |before| ends[before]);
        &bytes[start as usize..ends[at] as usize]
    }

    /// What it holds in memory, in bytes.
    #[must_use]
    pub(crate) fn bytes(&self) -> usize {
        let text = |text: &Text| text.bytes.len() + size_of_val(&*text.ends);
        size_of_val(&*self.items) + self.texts.iter().map(text).sum::<usize>()
    }
}

impl Batch {
    /// The events, in order.
    #[must_use]
    pub fn items(&self) -> &[Item] {
        self.record.items()
    }

    /// What happened in the event at a place of [`Batch::items`].
    #[must_use]
    pub fn payload(&self, at: usize) -> &Payload {
        &self.payloads[at]
    }

    /// The bytes of the event at a place of [`Batch::items`].
    #[must_use]
    pub fn text(&self, encoding: Encoding, at: usize) -> &[u8] {
        self.record.text(encoding, at)
    }

    /// The events, encoded.
    #[must_use]
    pub(crate) fn record(&self) -> &Arc<Record> {
        &self.record
    }

    /// When the engine looked for these events: the server's clock, in microseconds since 1970.
    #[must_use]
    pub const fn engine_ts(&self) -> u64 {
        self.engine_ts
    }

    /// Whether nothing happened.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items().is_empty()
    }
}

/// Gathers the events of a flush.
#[derive(Debug, Default)]
pub(crate) struct BatchBuilder {
    items: Vec<Item>,
    payloads: Vec<Payload>,
    texts: [(Vec<u8>, Vec<u32>); Encoding::ALL.len()],
}

/// What an event is before it is encoded.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    pub(crate) item: Item,
    pub(crate) snapshot: bool,
    pub(crate) payload: Payload,
}

impl Draft {
    /// The event as it stands on the wire.
    pub(crate) fn event(self, directory: &Directory) -> Event<'_> {
        let Item { stream, seq, prev_seq, ts, conflated } = self.item;
        Event {
            ch: stream.channel(),
            sym: Cow::Borrowed(&directory.instrument(stream.instrument()).symbol),
            seq,
            prev_seq,
            ts,
            snapshot: self.snapshot,
            conflated,
            payload: self.payload,
        }
    }
}

impl BatchBuilder {
    pub(crate) fn push(&mut self, directory: &Directory, draft: Draft) {
        self.items.push(draft.item);
        let event = draft.event(directory);
        for (encoding, (bytes, ends)) in Encoding::ALL.into_iter().zip(&mut self.texts) {
            encoding.encode_event(&event, bytes);
            ends.push(u32::try_from(bytes.len()).expect("a flush is shorter than 4 GiB"));
        }
        self.payloads.push(event.payload);
    }

    pub(crate) fn finish(&mut self, engine_ts: u64) -> Batch {
        let texts = self.texts.each_mut().map(|(bytes, ends)| {
            let text = Text { bytes: Bytes::copy_from_slice(bytes), ends: ends.as_slice().into() };
            bytes.clear();
            ends.clear();
            text
        });
        let record = Record { items: std::mem::take(&mut self.items).into(), texts };
        Batch { record: Arc::new(record), payloads: std::mem::take(&mut self.payloads), engine_ts }
    }
}
