//! Batches: the events of one flush, each encoded once per encoding and shared by all clients.
//!
//! Only what somebody wants is encoded: most streams of a large market have no client, and few clients take MessagePack.
//! What was not wanted when it happened is encoded when the first client comes back for it.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

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
    /// What was wanted, by place of [`Encoding::ALL`].
    texts: [Text; Encoding::ALL.len()],
    /// The rest, once somebody asks for it.
    rests: [OnceLock<Text>; Encoding::ALL.len()],
    /// What all of this holds in memory, or may come to hold.
    bytes: usize,
}

/// Encoded events, one after the other. Those that are not here have no bytes.
#[derive(Clone, Debug, Default)]
struct Text {
    bytes: Vec<u8>,
    /// Where each event ends.
    ends: Vec<u32>,
}

impl Text {
    fn get(&self, at: usize) -> &[u8] {
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.bytes[start as usize..self.ends[at] as usize]
    }

    fn push(&mut self, event: Option<(&Event<'_>, Encoding)>) {
        if let Some((event, encoding)) = event {
            encoding.encode_event(event, &mut self.bytes);
        }
        self.ends.push(u32::try_from(self.bytes.len()).expect("a flush is shorter than 4 GiB"));
    }

    /// A copy without spare room; this one is empty then, and keeps its room.
    fn take(&mut self) -> Self {
        let text = self.clone();
        self.bytes.clear();
        self.ends.clear();
        text
    }
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
    pub fn text(&self, encoding: Encoding, at: usize) -> &[u8] {
        match self.texts[encoding as usize].get(at) {
            [] => self.rests[encoding as usize].get_or_init(|| self.rest(encoding)).get(at),
            text => text,
        }
    }

    /// What was not wanted in this encoding.
    fn rest(&self, encoding: Encoding) -> Text {
        let (texts, mut rest) = (&self.texts[encoding as usize], Text::default());
        for (at, (item, payload)) in self.items.iter().zip(&self.payloads).enumerate() {
            let draft = || Draft { item: *item, snapshot: false, payload: payload.clone() };
            let event = texts.get(at).is_empty().then(|| draft().event(&self.directory));
            rest.push(event.as_ref().map(|event| (event, encoding)));
        }
        rest
    }

    /// What it holds in memory, in bytes; what is not encoded yet counts as much as its payload, which is about what it
    /// will be.
    #[must_use]
    pub(crate) const fn bytes(&self) -> usize {
        self.bytes
    }
}

/// What a payload holds in memory, in bytes.
fn size(payload: &Payload) -> usize {
    let beside = match payload {
        Payload::Book(Book { bids, asks, .. }) => size_of_val(&**bids) + size_of_val(&**asks),
        Payload::Trade { recent, .. } => size_of_val(&**recent),
        _ => 0,
    };
    size_of::<Payload>() + beside
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
    pub fn text(&self, encoding: Encoding, at: usize) -> &[u8] {
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
    texts: [Text; Encoding::ALL.len()],
    /// What the payloads hold, and what their encodings that nobody wanted may come to hold.
    bytes: usize,
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
        let unwanted = wanted.iter().filter(|is_wanted| !**is_wanted).count();
        self.bytes += size(&event.payload) * (1 + unwanted);
        for (encoding, text) in Encoding::ALL.into_iter().zip(&mut self.texts) {
            text.push(wanted[encoding as usize].then_some((&event, encoding)));
        }
        self.payloads.push(event.payload);
    }

    pub(crate) fn finish(&mut self, directory: &Arc<Directory>, engine_ts: u64) -> Batch {
        let items: Box<[Item]> = std::mem::take(&mut self.items).into();
        let texts = self.texts.each_mut().map(Text::take);
        let text_bytes: usize = texts.iter().map(|text| text.bytes.len() + size_of_val(&*text.ends)).sum();
        let record = Record {
            directory: Arc::clone(directory),
            bytes: size_of_val(&*items) + text_bytes + std::mem::take(&mut self.bytes),
            items,
            payloads: std::mem::take(&mut self.payloads).into(),
            texts,
            rests: Default::default(),
        };
        Batch { record: Arc::new(record), engine_ts }
    }
}
