//! The hub: turns what the market says into events of streams, each encoded once, and knows the state of every stream.

mod rest;

use std::sync::Arc;

use bytes::Bytes;
use market::{Block, CandleSeries, Event, InstrumentCandles, InstrumentId};
use protocol::{Channel, DiscontinuityReason, Encoding};

use crate::batch::{Batch, BatchBuilder, Draft, Wanted};
use crate::board::{Board, Sink};
use crate::window::{Unknown, Window};
use crate::{Directory, Piece, StreamId, WindowConfig};

/// The state of a stream, encoded.
#[derive(Debug)]
pub struct Snapshot {
    /// The stream.
    pub stream: StreamId,
    /// The `seq` as of which it is.
    pub seq: u64,
    /// By place of [`Encoding::ALL`].
    texts: [Bytes; Encoding::ALL.len()],
}

impl Snapshot {
    /// The bytes of the event.
    #[must_use]
    pub fn text(&self, encoding: Encoding) -> &Bytes {
        &self.texts[encoding as usize]
    }
}

/// Where a stream is to start for a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// With a snapshot; what to say first if the client did not ask for one.
    Snapshot(Option<DiscontinuityReason>),
    /// After the event of this `seq`.
    After(u64),
}

/// How a stream starts for a client.
#[derive(Debug)]
pub enum Start {
    /// With a snapshot; what to say first if the client did not ask for one.
    Snapshot(Arc<Snapshot>, Option<DiscontinuityReason>),
    /// With what the client missed, in order.
    Events {
        /// The stream.
        stream: StreamId,
        /// The events.
        pieces: Vec<Piece>,
        /// The `seq` up to which the client then has the stream.
        reached: u64,
        /// Whether that is where the hub is; otherwise there was no room for the rest: it is to be asked for again.
        is_all: bool,
    },
}

/// The state of all streams.
#[derive(Debug)]
pub struct Hub {
    directory: Arc<Directory>,
    boards: Vec<Board>,
    builder: BatchBuilder,
    window: Window,
    /// Encoded snapshots, until the next event of their stream.
    snapshots: Vec<Option<Arc<Snapshot>>>,
    /// By stream, in which encodings a client has had it.
    wanted: Vec<Wanted>,
}

/// What a hub keeps.
#[derive(Clone, Copy, Debug)]
pub struct HubConfig {
    /// Trades before the last one in the snapshot of a `trades` stream.
    pub trades_recent: usize,
    /// The events that a client may resume after.
    pub window: WindowConfig,
}

/// Encodes the events of streams.
struct Publication<'a> {
    directory: &'a Directory,
    builder: &'a mut BatchBuilder,
    snapshots: &'a mut [Option<Arc<Snapshot>>],
    wanted: &'a [Wanted],
}

impl Sink for Publication<'_> {
    fn is_wanted(&self) -> bool {
        true
    }

    fn emit(&mut self, draft: Draft) {
        let stream = draft.item.stream.index();
        self.snapshots[stream] = None;
        self.builder.push(self.directory, draft, self.wanted[stream]);
    }
}

/// Keeps the state up to date, and nobody listens.
struct CatchUp;

impl Sink for CatchUp {
    fn is_wanted(&self) -> bool {
        false
    }

    fn emit(&mut self, _: Draft) {}
}

impl Hub {
    /// A hub that knows the past candles of each instrument, and nothing else yet.
    #[must_use]
    pub fn new(directory: Arc<Directory>, past: Vec<CandleSeries>, config: HubConfig) -> Self {
        let boards = (0..=u16::MAX)
            .map(InstrumentId)
            .zip(directory.instruments())
            .zip(past)
            .map(|((id, instrument), candles)| {
                Board::new(id, instrument.clone(), candles, config.trades_recent)
            })
            .collect();
        let snapshots = vec![None; directory.streams()];
        let window = Window::new(config.window, directory.streams());
        let wanted = vec![Wanted::default(); directory.streams()];
        Self { directory, boards, builder: BatchBuilder::default(), window, snapshots, wanted }
    }

    /// Takes in events that nobody is to hear of, and that nobody can resume after.
    pub fn catch_up(&mut self, events: &[Event]) {
        if events.is_empty() {
            return;
        }
        for event in events {
            self.boards[event.instrument.index()].apply(event, &mut CatchUp);
        }
        self.snapshots.fill(None);
        self.window.clear();
    }

    /// Takes in events, and gives those of the streams. `engine_ts` is the server's clock in microseconds since 1970.
    pub fn publish(&mut self, events: &[Event], engine_ts: u64) -> Batch {
        let Self { directory, boards, builder, snapshots, window, wanted } = self;
        let mut sink = Publication { directory, builder, snapshots, wanted };
        for event in events {
            boards[event.instrument.index()].apply(event, &mut sink);
        }
        let batch = builder.finish(engine_ts);
        window.push(batch.record());
        batch
    }

    /// How a stream starts for a client, as of the events published so far; `None` while the client is ahead of them.
    /// From here on its events are encoded as this client takes them. `room` is how many bytes the client has room for: at
    /// least one event is told, and as many as fit; what is told is taken from it.
    pub fn start(
        &mut self,
        stream: StreamId,
        origin: Origin,
        encoding: Encoding,
        room: &mut usize,
    ) -> Option<Start> {
        self.wanted[stream.index()][encoding as usize] = true;
        let after = match origin {
            Origin::Snapshot(reason) => return Some(Start::Snapshot(self.snapshot(stream), reason)),
            Origin::After(seq) => seq,
        };
        let latest = self.boards[stream.instrument().index()].mark(stream.channel()).seq;
        if after > latest {
            return None;
        }
        if after == latest {
            return Some(Start::Events { stream, pieces: Vec::new(), reached: after, is_all: true });
        }
        let unknown = match self.window.after(stream, after) {
            Ok(pieces) => return Some(as_many_as_fit(stream, after, pieces, encoding, room)),
            Err(unknown) => unknown,
        };
        let reason = match unknown {
            Unknown::TooOld => DiscontinuityReason::TooOld,
            Unknown::NoSuchSeq => DiscontinuityReason::UnknownSeq,
        };
        Some(Start::Snapshot(self.snapshot(stream), Some(reason)))
    }

    /// What the memory for `resume` holds now.
    #[must_use]
    pub fn window_size(&self) -> WindowConfig {
        WindowConfig { micros: self.window.micros(), bytes_max: self.window.bytes() }
    }

    /// The state of a stream, as of the events published so far.
    pub fn snapshot(&mut self, stream: StreamId) -> Arc<Snapshot> {
        if let Some(snapshot) = &self.snapshots[stream.index()] {
            return Arc::clone(snapshot);
        }
        let draft = self.boards[stream.instrument().index()].snapshot(stream.channel());
        let event = draft.event(&self.directory);
        let texts = Encoding::ALL.map(|encoding| {
            let mut text = Vec::new();
            encoding.encode_event(&event, &mut text);
            text.into()
        });
        let snapshot = Arc::new(Snapshot { stream, seq: event.seq, texts });
        self.snapshots[stream.index()] = Some(Arc::clone(&snapshot));
        snapshot
    }

    /// Puts the exact candles of an instrument's block in the place of modelled ones.
    pub fn replace_candles(&mut self, instrument: InstrumentId, block: Block, exact: &InstrumentCandles) {
        if self.boards[instrument.index()].candles.replace(block, exact) {
            for channel in Channel::ALL {
                self.snapshots[StreamId::new(instrument, channel).index()] = None;
            }
        }
    }
}

/// The first of `pieces` that fit into `room`: one at least, if there was any room.
fn as_many_as_fit(
    stream: StreamId,
    after: u64,
    pieces: impl Iterator<Item = Piece>,
    encoding: Encoding,
    room: &mut usize,
) -> Start {
    let (mut fitting, mut reached) = (Vec::new(), after);
    for piece in pieces {
        if *room == 0 {
            return Start::Events { stream, pieces: fitting, reached, is_all: false };
        }
        *room = room.saturating_sub(piece.record.text(encoding, piece.at).len());
        reached = piece.record.items()[piece.at].seq;
        fitting.push(piece);
    }
    Start::Events { stream, pieces: fitting, reached, is_all: true }
}

#[cfg(test)]
mod tests {
    use super::*;
    use market::{Body, Instrument, InstrumentKind, Price, Qty, Seq, Side, Status, Trade, Ts};

    const CONFIG: HubConfig =
        HubConfig { trades_recent: 1, window: WindowConfig { micros: 60_000_000, bytes_max: 1 << 20 } };
    const STATUS: StreamId = StreamId::new(InstrumentId(0), Channel::Status);

    fn hub(past: CandleSeries) -> Hub {
        let (tick_size, lot_size) = (market::Decimal::new(1, 0), market::Decimal::new(1, 0));
        let instrument = Instrument { symbol: "A".into(), kind: InstrumentKind::Crypto, tick_size, lot_size };
        Hub::new(Arc::new(Directory::new(vec![instrument])), vec![past], CONFIG)
    }

    fn event(seq: u64, body: Body) -> Event {
        Event { instrument: InstrumentId(0), seq: Seq(seq), ts: Ts(seq * Ts::SECOND), step_end: true, body }
    }

    /// After the machine slept every client gets new snapshots: they must not be those from before.
    #[test]
    fn what_was_caught_up_with_is_in_the_snapshots() {
        let mut hub = hub(CandleSeries::default());
        hub.publish(&[event(1, Body::Status(Status::default()))], 0);
        assert_eq!(hub.snapshot(STATUS).seq, 1);
        hub.catch_up(&[event(2, Body::Status(Status::default()))]);
        assert_eq!(hub.snapshot(STATUS).seq, 2);
    }

    fn status_hub(seqs: std::ops::RangeInclusive<u64>) -> Hub {
        let mut hub = hub(CandleSeries::default());
        for seq in seqs {
            hub.publish(&[event(seq, Body::Status(Status::default()))], 0);
        }
        hub
    }

    fn check_start(hub: &mut Hub, after: u64, mut room: usize, seqs: &[u64], all: bool) {
        let start = hub.start(STATUS, Origin::After(after), Encoding::Json, &mut room);
        let Some(Start::Events { pieces, is_all, .. }) = start else { panic!("{start:?}") };
        let found: Vec<u64> = pieces.iter().map(|piece| piece.record.items()[piece.at].seq).collect();
        assert_eq!((found.as_slice(), is_all), (seqs, all), "after {after}");
    }

    #[test]
    fn a_stream_goes_on_where_the_client_stopped() {
        let mut hub = status_hub(1..=5);
        check_start(&mut hub, 3, 1_000, &[4, 5], true);
        check_start(&mut hub, 5, 1_000, &[], true);
        check_start(&mut hub, 0, 1_000, &[1, 2, 3, 4, 5], true);
        check_start(&mut hub, 1, 1, &[2], false);
        check_start(&mut hub, 1, 0, &[], false);
        assert!(hub.start(STATUS, Origin::After(6), Encoding::Json, &mut 1_000).is_none());
    }

    /// What nobody wanted when it happened is the same, byte for byte, as what was encoded at once.
    #[test]
    fn what_was_not_wanted_is_encoded_later() {
        for encoding in Encoding::ALL {
            let mut early = hub(CandleSeries::default());
            early.start(STATUS, Origin::Snapshot(None), encoding, &mut 0);
            let batches = [early, hub(CandleSeries::default())]
                .map(|mut hub| hub.publish(&[event(1, Body::Status(Status::default()))], 0));
            let [wanted, unwanted] = batches.each_ref().map(|batch| batch.text(encoding, 0));
            assert!(!wanted.is_empty());
            assert_eq!(wanted, unwanted, "{encoding:?}");
        }
    }

    fn check_lost(hub: &mut Hub, after: u64, expected: DiscontinuityReason) {
        let start = hub.start(STATUS, Origin::After(after), Encoding::Json, &mut 1_000);
        let Some(Start::Snapshot(_, reason)) = start else { panic!("{start:?}") };
        assert_eq!(reason, Some(expected), "after {after}");
    }

    #[test]
    fn what_is_not_remembered_starts_anew_and_says_why() {
        let mut hub = status_hub(100..=170);
        check_lost(&mut hub, 100, DiscontinuityReason::TooOld);
        hub.publish(&[event(180, Body::Status(Status::default()))], 0);
        check_lost(&mut hub, 175, DiscontinuityReason::UnknownSeq);
        hub.catch_up(&[event(190, Body::Status(Status::default()))]);
        check_lost(&mut hub, 180, DiscontinuityReason::TooOld);
    }

    /// A replica that saw no trade since it started tells of statistics when those that did tell of them.
    #[test]
    fn statistics_need_a_price_and_no_trade_of_our_own() {
        let stats = |hub: &mut Hub| {
            let batch = hub.publish(&[event(2, Body::Tick)], 0);
            batch.items().iter().filter(|item| item.stream.channel() == Channel::Stats).count()
        };
        let mut past = CandleSeries::default();
        past.add(Ts(0), &Trade { price: Price(5), qty: Qty(1), taker: Side::Buy });
        assert_eq!(stats(&mut hub(past)), 1);
        assert_eq!(stats(&mut hub(CandleSeries::default())), 0);
    }
}
