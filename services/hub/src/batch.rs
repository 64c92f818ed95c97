//! Batches: the events of one flush, each encoded once and shared by all clients.

use std::borrow::Cow;
use std::ops::Range;

use bytes::Bytes;
use protocol::{Event, Payload, encode_event};

use crate::{Directory, StreamId};

/// An event of a stream, and where its JSON stands in its batch.
#[derive(Clone, Debug)]
pub struct Item {
    /// The stream.
    pub stream: StreamId,
    /// Its number.
    pub seq: u64,
    /// The number of the one before it; 0 in a snapshot.
    pub prev_seq: u64,
    /// When, in microseconds since 1970 of market time.
    pub ts: u64,
    /// What: kept beside its JSON, so that a slow client's events can be merged.
    pub payload: Payload,
    json: Range<usize>,
}

/// The events of one flush.
#[derive(Debug, Default)]
pub struct Batch {
    items: Vec<Item>,
    json: Bytes,
    engine_ts: u64,
}

impl Batch {
    /// The events, in order.
    #[must_use]
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// The JSON object of one of them.
    #[must_use]
    pub fn json(&self, item: &Item) -> &[u8] {
        &self.json[item.json.clone()]
    }

    /// When the engine looked for these events: the server's clock, in microseconds since 1970.
    #[must_use]
    pub const fn engine_ts(&self) -> u64 {
        self.engine_ts
    }

    /// Whether nothing happened.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }
}

/// Gathers the events of a flush.
#[derive(Debug, Default)]
pub(crate) struct BatchBuilder {
    items: Vec<Item>,
    json: Vec<u8>,
}

/// What an event is before it is encoded.
pub(crate) struct Draft {
    pub(crate) stream: StreamId,
    pub(crate) seq: u64,
    pub(crate) prev_seq: u64,
    pub(crate) ts: u64,
    pub(crate) snapshot: bool,
    pub(crate) conflated: u64,
    pub(crate) payload: Payload,
}

impl Draft {
    /// Appends the JSON to `json` and hands back the payload.
    pub(crate) fn encode(self, directory: &Directory, json: &mut Vec<u8>) -> Payload {
        let event = Event {
            ch: self.stream.channel(),
            sym: Cow::Borrowed(&directory.instrument(self.stream.instrument()).symbol),
            seq: self.seq,
            prev_seq: self.prev_seq,
            ts: self.ts,
            snapshot: self.snapshot,
            conflated: self.conflated,
            payload: self.payload,
        };
        encode_event(&event, json);
        event.payload
    }
}

impl BatchBuilder {
    pub(crate) fn push(&mut self, directory: &Directory, draft: Draft) {
        let Draft { stream, seq, prev_seq, ts, .. } = draft;
        let from = self.json.len();
        let payload = draft.encode(directory, &mut self.json);
        self.items.push(Item { stream, seq, prev_seq, ts, payload, json: from..self.json.len() });
    }

    pub(crate) fn finish(&mut self, engine_ts: u64) -> Batch {
        let json = Bytes::copy_from_slice(&self.json);
        self.json.clear();
        Batch { items: std::mem::take(&mut self.items), json, engine_ts }
    }
}
