//! What waits for a client that is behind, or for the next moment of a rate: bounded, merged where the channel allows it,
//! and never dropped unsaid.

use market::Decimal;
use protocol::{Book, Candle, Channel, Limits, Payload, Policy, Skipped, WireLevel};
use rustc_hash::FxHashMap;
use std::collections::VecDeque;

use crate::batch::Draft;
use crate::{Item, StreamId};

/// What came of adding an event to what waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Absorbed {
    /// It waits, merged or not.
    Kept,
    /// The books grew over their limit: this one is forgotten, send a snapshot later.
    NeedsSnapshot,
    /// The client asked to be closed rather than conflated.
    TooSlow,
}

/// What waits, stream by stream, in the order in which the streams first had something to wait.
#[derive(Debug, Default)]
pub(crate) struct Pending {
    order: Vec<StreamId>,
    waiting: FxHashMap<StreamId, Entry>,
    size: PendingSize,
    /// Events merged into others since it was last asked for.
    pub(crate) conflated: u64,
    /// Trades skipped since it was last asked for.
    pub(crate) skipped: u64,
}

/// How much waits: what the limits are compared with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PendingSize {
    /// Trades.
    pub trades: usize,
    /// Price levels of books.
    pub levels: usize,
    /// Closed candles, and events of streams with `policy: disconnect`.
    pub events: usize,
}

#[derive(Clone, Debug)]
struct Entry {
    waiting: Waiting,
    /// How many events went into it.
    steps: u64,
}

#[derive(Clone, Debug)]
enum Waiting {
    /// The latest event; before it closed candles, which no later event repeats.
    Latest { closed: VecDeque<Whole>, latest: Box<Whole> },
    /// The levels changed since the client was last up to date.
    Book { levels: FxHashMap<(bool, i128), WireLevel>, event: Item, checksum: u32 },
    /// Trades in order; before them those that were skipped.
    Trades { skipped: Option<Gap>, queue: VecDeque<(Item, Payload)> },
    /// Every event.
    All(Vec<(Item, Payload)>),
}

/// An event that stands for itself, and for those merged into it.
#[derive(Clone, Debug)]
struct Whole {
    event: Item,
    payload: Payload,
}

/// Trades left out.
#[derive(Clone, Debug)]
struct Gap {
    range: Skipped,
    /// The notice in their place.
    notice: Item,
}

impl Whole {
    const fn is_closed_candle(&self) -> bool {
        matches!(self.payload, Payload::Candle(Candle { closed: true, .. }))
    }

    /// Takes the place of the event before it.
    const fn absorb(&mut self, before: &Item) {
        merge(&mut self.event, before);
    }
}

/// Lets `event` stand for the one before it as well.
const fn merge(event: &mut Item, before: &Item) {
    event.prev_seq = before.prev_seq;
    event.conflated += before.conflated + 1;
}

impl Pending {
    pub(crate) fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// How much waits.
    pub(crate) const fn size(&self) -> PendingSize {
        self.size
    }

    /// How many events of a stream wait, those merged into others counted.
    pub(crate) fn steps(&self, stream: StreamId) -> u64 {
        self.waiting.get(&stream).map_or(0, |entry| entry.steps)
    }

    /// Forgets what waits of a stream: unsubscribed, or a snapshot comes.
    pub(crate) fn forget(&mut self, stream: StreamId) {
        if let Some(Entry { waiting, .. }) = self.waiting.remove(&stream) {
            self.order.retain(|other| *other != stream);
            match waiting {
                Waiting::Trades { queue, .. } => self.size.trades -= queue.len(),
                Waiting::All(events) => self.size.events -= events.len(),
                Waiting::Latest { closed, .. } => self.size.events -= closed.len(),
                Waiting::Book { levels, .. } => self.size.levels -= levels.len(),
            }
        }
    }

    /// Adds an event.
    pub(crate) fn absorb(
        &mut self,
        item: &Item,
        payload: &Payload,
        policy: Policy,
        limits: &Limits,
    ) -> Absorbed {
        let Some(entry) = self.waiting.get_mut(&item.stream) else {
            self.order.push(item.stream);
            let waiting = Waiting::first(policy, item, payload);
            self.size.add(&waiting);
            self.waiting.insert(item.stream, Entry { waiting, steps: item.conflated + 1 });
            return self.over_limit(item.stream, limits);
        };
        entry.steps += item.conflated + 1;
        match &mut entry.waiting {
            Waiting::All(events) => {
                events.push((*item, payload.clone()));
                self.size.events += 1;
            }
            Waiting::Latest { closed, latest } => {
                let next = Whole { event: *item, payload: payload.clone() };
                let before = std::mem::replace(&mut **latest, next);
                if before.is_closed_candle() {
                    closed.push_back(before);
                    self.size.events += 1;
                } else {
                    latest.absorb(&before.event);
                    self.conflated += 1;
                }
            }
            Waiting::Book { levels, event, checksum } => {
                let Payload::Book(book) = payload else { return Absorbed::Kept };
                let before = std::mem::replace(event, *item);
                merge(event, &before);
                self.conflated += 1;
                self.size.levels -= levels.len();
                merge_levels(levels, book);
                self.size.levels += levels.len();
                *checksum = book.checksum;
            }
            Waiting::Trades { queue, .. } => {
                queue.push_back((*item, payload.clone()));
                self.size.trades += 1;
            }
        }
        self.over_limit(item.stream, limits)
    }

    /// Does what the limits call for after an event of `stream` was added.
    fn over_limit(&mut self, stream: StreamId, limits: &Limits) -> Absorbed {
        let Some(entry) = self.waiting.get_mut(&stream) else { return Absorbed::Kept };
        match &mut entry.waiting {
            Waiting::All(_) if self.size.events > limits.pending_events_max => Absorbed::TooSlow,
            Waiting::Book { .. } if self.size.levels > limits.pending_levels_max => {
                self.forget(stream);
                Absorbed::NeedsSnapshot
            }
            Waiting::Latest { closed, latest } if self.size.events > limits.pending_events_max => {
                // A stream that has none of its own waits with one event, as all do.
                if let Some(oldest) = closed.pop_front() {
                    closed.front_mut().unwrap_or(latest).absorb(&oldest.event);
                    self.size.events -= 1;
                    self.conflated += 1;
                }
                Absorbed::Kept
            }
            Waiting::Trades { skipped, queue } if self.size.trades > limits.pending_trades_max => {
                if let Some((oldest, _)) = queue.pop_front() {
                    self.size.trades -= 1;
                    self.skipped += 1;
                    skip(skipped, &oldest);
                }
                Absorbed::Kept
            }
            _ => Absorbed::Kept,
        }
    }

    /// Everything that waits; nothing waits any more.
    pub(crate) fn drain(&mut self) -> Vec<Draft> {
        let mut drafts = Vec::new();
        for stream in std::mem::take(&mut self.order) {
            if let Some(Entry { waiting, .. }) = self.waiting.remove(&stream) {
                waiting.drafts(&mut drafts);
            }
        }
        self.size = PendingSize::default();
        drafts
    }

    /// What waits of one stream; it goes on waiting.
    pub(crate) fn peek(&self, stream: StreamId) -> Vec<Draft> {
        let mut drafts = Vec::new();
        if let Some(Entry { waiting, .. }) = self.waiting.get(&stream) {
            waiting.clone().drafts(&mut drafts);
        }
        drafts
    }
}

impl PendingSize {
    /// Adds that of what starts to wait.
    fn add(&mut self, waiting: &Waiting) {
        match waiting {
            Waiting::Latest { .. } => {}
            Waiting::Book { levels, .. } => self.levels += levels.len(),
            Waiting::Trades { queue, .. } => self.trades += queue.len(),
            Waiting::All(events) => self.events += events.len(),
        }
    }
}

impl std::ops::AddAssign for PendingSize {
    fn add_assign(&mut self, other: Self) {
        self.trades += other.trades;
        self.levels += other.levels;
        self.events += other.events;
    }
}

impl Waiting {
    fn first(policy: Policy, item: &Item, payload: &Payload) -> Self {
        let event = *item;
        match (policy, payload) {
            (Policy::Disconnect, _) => Self::All(vec![(event, payload.clone())]),
            (_, Payload::Book(book)) => {
                let mut levels = FxHashMap::default();
                merge_levels(&mut levels, book);
                Self::Book { levels, event, checksum: book.checksum }
            }
            _ if event.stream.channel() == Channel::Trades => {
                Self::Trades { skipped: None, queue: VecDeque::from([(event, payload.clone())]) }
            }
            _ => {
                let latest = Box::new(Whole { event, payload: payload.clone() });
                Self::Latest { closed: VecDeque::new(), latest }
            }
        }
    }

    fn drafts(self, out: &mut Vec<Draft>) {
        let mut push = |item, payload| out.push(Draft { item, snapshot: false, payload });
        match self {
            Self::Latest { closed, latest } => {
                closed.into_iter().chain([*latest]).for_each(|whole| push(whole.event, whole.payload));
            }
            Self::Book { levels, event, checksum } => push(event, Payload::Book(to_book(&levels, checksum))),
            Self::Trades { skipped, queue } => {
                if let Some(Gap { range, notice }) = skipped {
                    push(notice, Payload::Skipped(range));
                }
                queue.into_iter().for_each(|(item, payload)| push(item, payload));
            }
            Self::All(events) => events.into_iter().for_each(|(item, payload)| push(item, payload)),
        }
    }
}

/// Notes that a trade is left out.
fn skip(gap: &mut Option<Gap>, trade: &Item) {
    let Item { seq, ts, .. } = *trade;
    let gap = gap.get_or_insert(Gap { range: Skipped { from: seq, to: seq, count: 0 }, notice: *trade });
    (gap.notice.seq, gap.notice.ts) = (seq, ts);
    gap.range.to = seq;
    gap.range.count += 1;
}

fn merge_levels(levels: &mut FxHashMap<(bool, i128), WireLevel>, book: &Book) {
    for (is_bid, changes) in [(true, &book.bids), (false, &book.asks)] {
        for level in changes {
            levels.insert((is_bid, level.0.mantissa), *level);
        }
    }
}

fn to_book(levels: &FxHashMap<(bool, i128), WireLevel>, checksum: u32) -> Book {
    let side = |wanted: bool| {
        let mut side: Vec<(Decimal, Decimal)> =
            levels.iter().filter(|((is_bid, _), _)| *is_bid == wanted).map(|(_, level)| *level).collect();
        side.sort_unstable_by_key(|(price, _)| price.mantissa);
        side
    };
    Book { bids: side(true), asks: side(false), checksum }
}
