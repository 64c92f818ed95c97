//! Batches: the events of one flush, each encoded once per encoding and shared by all clients.
//!
//! Only what somebody wants is encoded: most streams of a large market have no client, and few clients take MessagePack.
//! What nobody wants is kept as MessagePack, which is short; when the first client comes back for it, it is read again.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use protocol::{Encoding, Event, Frame, Payload};

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
#[derive(Debug)]
pub struct Record {
    items: Box<[Item]>,
    /// By place of [`Encoding::ALL`]: each event is in one at least.
    texts: [Text; Encoding::ALL.len()],
    /// What is not in `texts`, once somebody asks for it.
    rests: [OnceLock<Text>; Encoding::ALL.len()],
}

/// JSON is at most so many times as long as MessagePack: 2.9 times in the golden files of the protocol.
const JSON_TO_MESSAGEPACK_MAX: usize = 3;

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

    /// An event ends here.
    fn end(&mut self) {
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
        match self.texts[encoding as usize].get(at) {
            [] => self.rests[encoding as usize].get_or_init(|| self.rest(encoding)).get(at),
            text => text,
        }
    }

    /// What was not wanted in this encoding, out of the others.
    fn rest(&self, encoding: Encoding) -> Text {
        let (texts, mut rest) = (&self.texts[encoding as usize], Text::default());
        for at in 0..self.items.len() {
            if texts.get(at).is_empty() {
                let of = |other: &Encoding| !self.texts[*other as usize].get(at).is_empty();
                let other = Encoding::ALL.into_iter().find(of).expect("each event is in one encoding");
                encode_again(other, self.texts[other as usize].get(at), encoding, &mut rest.bytes);
            }
            rest.end();
        }
        rest
    }

    /// What it holds in memory, or will when all of it is wanted, in bytes.
    #[must_use]
    pub(crate) fn bytes(&self) -> usize {
        let ends = Encoding::ALL.len() * size_of::<u32>();
        let texts =
            (0..self.items.len()).map(|at| match self.texts.each_ref().map(|text| text.get(at).len()) {
                [json, 0] => json + json,
                [0, messagepack] => JSON_TO_MESSAGEPACK_MAX * messagepack + messagepack,
                [json, messagepack] => json + messagepack,
            });
        self.items.len() * (size_of::<Item>() + ends) + texts.sum::<usize>()
    }
}

/// Appends to `out` in one encoding what an event of ours says in another.
fn encode_again(from: Encoding, text: &[u8], to: Encoding, out: &mut Vec<u8>) {
    let frame = match from {
        Encoding::Json => [b"[", text, b"]"].concat(),
        Encoding::MessagePack => [&[0x91], text].concat(),
    };
    let decoded = from.decode_frame(&frame).expect("it was encoded here");
    let Frame::Events(events) = decoded else { unreachable!("an array is events") };
    events.iter().for_each(|event| to.encode_event(event, out));
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
    texts: [Text; Encoding::ALL.len()],
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
    pub(crate) fn push(&mut self, directory: &Directory, draft: Draft, mut wanted: Wanted) {
        self.items.push(draft.item);
        let event = draft.event(directory);
        wanted[Encoding::MessagePack as usize] |= wanted == Wanted::default();
        for (encoding, text) in Encoding::ALL.into_iter().zip(&mut self.texts) {
            if wanted[encoding as usize] {
                encoding.encode_event(&event, &mut text.bytes);
            }
            text.end();
        }
        self.payloads.push(event.payload);
    }

    pub(crate) fn finish(&mut self, engine_ts: u64) -> Batch {
        let record = Record {
            items: std::mem::take(&mut self.items).into(),
            texts: self.texts.each_mut().map(Text::take),
            rests: Default::default(),
        };
        Batch { record: Arc::new(record), payloads: std::mem::take(&mut self.payloads), engine_ts }
    }
}
