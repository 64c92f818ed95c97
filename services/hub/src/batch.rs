//! Batches: the events of one flush, each encoded once per encoding and shared by all clients.
//!
//! Only what somebody wants is encoded: most streams of a large market have no client, and few clients take MessagePack.
//! What was not wanted when it happened is encoded when a client comes back for it.

use std::borrow::Cow;
use std::sync::Arc;

use protocol::{Book, Encoding, Event, Payload};

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

/// The events of one flush: what is remembered for those who come back.
#[derive(Debug)]
pub struct Record {
    directory: Arc<Directory>,
    items: Box<[Item]>,
    /// What happened, event by event.
    payloads: Box<[Payload]>,
    /// By place of [`Encoding::ALL`].
    texts: [Text; Encoding::ALL.len()],
}

/// Encoded events, one after the other. Those that nobody wanted have no bytes.
#[derive(Debug)]
struct Text {
    bytes: Box<[u8]>,
    /// Where each event ends.
    ends: Box<[u32]>,
}

/// The encodings that somebody wants, by place of [`Encoding::ALL`].
pub(crate) type Wanted = [bool; Encoding::ALL.len()];

/// The events of one flush.
#[derive(Debug)]
pub struct Batch {
    record: Arc<Record>,
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
    pub fn text(&self, encoding: Encoding, at: usize) -> Cow<'_, [u8]> {
        let Text { bytes, ends } = &self.texts[encoding as usize];
        let start = at.checked_sub(1).map_or(0, |before| ends[before]);
        let text = &bytes[start as usize..ends[at] as usize];
        if text.is_empty() { Cow::Owned(self.encode(encoding, at)) } else { Cow::Borrowed(text) }
    }

    fn encode(&self, encoding: Encoding, at: usize) -> Vec<u8> {
        let draft = Draft { item: self.items[at], snapshot: false, payload: self.payloads[at].clone() };
        let mut text = Vec::new();
        encoding.encode_event(&draft.event(&self.directory), &mut text);
        text
    }

    /// What it holds in memory, in bytes.
    #[must_use]
    pub(crate) fn bytes(&self) -> usize {
        let text = |text: &Text| text.bytes.len() + size_of_val(&*text.ends);
        let texts: usize = self.texts.iter().map(text).sum();
        let beside: usize = self.payloads.iter().map(beside).sum();
        size_of_val(&*self.items) + size_of_val(&*self.payloads) + beside + texts
    }
}

/// What a payload holds elsewhere, in bytes.
fn beside(payload: &Payload) -> usize {
    match payload {
        Payload::Book(Book { bids, asks, .. }) => size_of_val(&**bids) + size_of_val(&**asks),
        Payload::Trade { recent, .. } => size_of_val(&**recent),
        _ => 0,
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
        &self.record.payloads[at]
    }

    /// The bytes of the event at a place of [`Batch::items`].
    #[must_use]
    pub fn text(&self, encoding: Encoding, at: usize) -> Cow<'_, [u8]> {
        self.record.text(encoding, at)
    }

    /// The events, to be remembered.
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
    pub(crate) fn push(&mut self, directory: &Directory, draft: Draft, wanted: Wanted) {
        self.items.push(draft.item);
        let event = draft.event(directory);
        for (encoding, (bytes, ends)) in Encoding::ALL.into_iter().zip(&mut self.texts) {
            if wanted[encoding as usize] {
                encoding.encode_event(&event, bytes);
            }
            ends.push(u32::try_from(bytes.len()).expect("a flush is shorter than 4 GiB"));
        }
        self.payloads.push(event.payload);
    }

    pub(crate) fn finish(&mut self, directory: &Arc<Directory>, engine_ts: u64) -> Batch {
        let texts = self.texts.each_mut().map(|(bytes, ends)| {
            let text = Text { bytes: bytes.as_slice().into(), ends: ends.as_slice().into() };
            bytes.clear();
            ends.clear();
            text
        });
        let record = Record {
            directory: Arc::clone(directory),
            items: std::mem::take(&mut self.items).into(),
            payloads: std::mem::take(&mut self.payloads).into(),
            texts,
        };
        Batch { record: Arc::new(record), engine_ts }
    }
}
