//! What waits for a client that is behind: bounded, merged where the channel allows it, and never dropped unsaid.

use market::Decimal;
use protocol::{Book, Candle, Channel, Limits, Payload, Policy, Skipped, WireLevel};
use rustc_hash::FxHashMap;
use std::collections::VecDeque;

use crate::batch::Draft;
use crate::framing::FrameBuilder;
use crate::{Directory, Item, StreamId};

/// Closed candles of one stream that wait for a client: a minute of 1-second ones, twice as long as a client may stall.
const CLOSED_CANDLES_MAX: usize = 60;

/// What came of adding an event to what waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Absorbed {
    /// It waits, merged or not.
    Kept,
    /// The book grew over its limit: forget it and send a snapshot later.
    NeedsSnapshot,
    /// The client asked to be closed rather than conflated.
    TooSlow,
}

/// What waits, stream by stream, in the order in which the streams first had something to wait.
#[derive(Debug, Default)]
pub(crate) struct Pending {
    order: Vec<StreamId>,
    waiting: FxHashMap<StreamId, Waiting>,
    trades: usize,
    events: usize,
    /// Events merged into others since it was last asked for.
    pub(crate) conflated: u64,
    /// Trades skipped since it was last asked for.
    pub(crate) skipped: u64,
}

#[derive(Debug)]
enum Waiting {
    /// The latest event; before it closed candles, which no later event repeats.
    Latest { closed: VecDeque<Whole>, latest: Box<Whole> },
    /// The levels changed since the client was last up to date.
    Book { levels: FxHashMap<(bool, i128), WireLevel>, event: Step, checksum: u32, merged: u64 },
    /// Trades in order; before them those that were skipped.
    Trades { skipped: Option<Gap>, queue: VecDeque<(Step, Payload)> },
    /// Every event.
    All(Vec<(Step, Payload)>),
}

/// An event that stands for itself, and how many were merged into it.
#[derive(Debug)]
struct Whole {
    event: Step,
    payload: Option<Payload>,
    merged: u64,
}

/// Trades left out.
#[derive(Debug)]
struct Gap {
    range: Skipped,
    /// The `seq` before the first of them.
    prev_seq: u64,
    /// When the last of them happened.
    ts: u64,
}

/// An event's place in its stream, as this client sees it.
#[derive(Clone, Debug)]
struct Step {
    seq: u64,
    prev_seq: u64,
    ts: u64,
}

impl Step {
    const fn of(item: &Item) -> Self {
        Self { seq: item.seq, prev_seq: item.prev_seq, ts: item.ts }
    }
}

impl Whole {
    const fn before(item: &Item) -> Self {
        Self { event: Step::of(item), payload: None, merged: 0 }
    }

    const fn is_closed_candle(&self) -> bool {
        matches!(self.payload, Some(Payload::Candle(Candle { closed: true, .. })))
    }

    /// Takes the place of the event before it.
    const fn absorb(&mut self, before: &Self) {
        self.event.prev_seq = before.event.prev_seq;
        self.merged += before.merged + 1;
    }
}

impl Pending {
    pub(crate) fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// Forgets what waits of a stream: unsubscribed, or a snapshot comes.
    pub(crate) fn forget(&mut self, stream: StreamId) {
        if let Some(waiting) = self.waiting.remove(&stream) {
            self.order.retain(|other| *other != stream);
            match waiting {
                Waiting::Trades { queue, .. } => self.trades -= queue.len(),
                Waiting::All(events) => self.events -= events.len(),
                Waiting::Latest { .. } | Waiting::Book { .. } => {}
            }
        }
    }

    /// Adds an event.
    pub(crate) fn absorb(&mut self, item: &Item, policy: Policy, limits: &Limits) -> Absorbed {
        let (order, stream) = (&mut self.order, item.stream);
        let waiting = self.waiting.entry(stream).or_insert_with(|| {
            order.push(stream);
            Waiting::first(stream.channel(), policy, item)
        });
        match waiting {
            Waiting::All(events) => {
                self.events += 1;
                if self.events > limits.pending_events_max {
                    return Absorbed::TooSlow;
                }
                events.push((Step::of(item), item.payload.clone()));
            }
            Waiting::Latest { closed, latest } => {
                let before = std::mem::replace(&mut **latest, Whole::before(item));
                latest.payload = Some(item.payload.clone());
                if before.is_closed_candle() {
                    closed.push_back(before);
                    self.conflated += drop_oldest(closed);
                } else if before.payload.is_some() {
                    latest.absorb(&before);
                    self.conflated += 1;
                }
            }
            Waiting::Book { levels, event, checksum, merged } => {
                let Payload::Book(book) = &item.payload else { return Absorbed::Kept };
                if event.seq != item.seq {
                    *merged += 1;
                    self.conflated += 1;
                }
                merge_levels(levels, book);
                *checksum = book.checksum;
                (event.seq, event.ts) = (item.seq, item.ts);
                if levels.len() > limits.pending_levels_max {
                    self.forget(stream);
                    return Absorbed::NeedsSnapshot;
                }
            }
            Waiting::Trades { skipped, queue } => {
                queue.push_back((Step::of(item), item.payload.clone()));
                self.trades += 1;
                if self.trades > limits.pending_trades_max {
                    let (oldest, _) = queue.pop_front().expect("one was just pushed");
                    self.trades -= 1;
                    self.skipped += 1;
                    skip(skipped, &oldest);
                }
            }
        }
        Absorbed::Kept
    }

    /// Everything that waits, encoded; nothing waits any more. Returns how many events it is.
    pub(crate) fn drain_into(&mut self, directory: &Directory, frame: &mut FrameBuilder) -> u64 {
        let (mut json, mut count) = (Vec::new(), 0);
        let mut push = |draft: Draft| {
            count += 1;
            json.clear();
            draft.encode(directory, &mut json);
            frame.push_element(&json);
        };
        for stream in std::mem::take(&mut self.order) {
            if let Some(waiting) = self.waiting.remove(&stream) {
                waiting.drafts(stream, &mut push);
            }
        }
        (self.trades, self.events) = (0, 0);
        count
    }
}

impl Waiting {
    fn first(channel: Channel, policy: Policy, item: &Item) -> Self {
        match (policy, channel) {
            (Policy::Disconnect, _) => Self::All(Vec::new()),
            (_, Channel::Book(_)) => {
                Self::Book { levels: FxHashMap::default(), event: Step::of(item), checksum: 0, merged: 0 }
            }
            (_, Channel::Trades) => Self::Trades { skipped: None, queue: VecDeque::new() },
            _ => Self::Latest { closed: VecDeque::new(), latest: Box::new(Whole::before(item)) },
        }
    }

    fn drafts(self, stream: StreamId, push: &mut impl FnMut(Draft)) {
        let draft = |step: &Step, payload, conflated| Draft {
            stream,
            seq: step.seq,
            prev_seq: step.prev_seq,
            ts: step.ts,
            snapshot: false,
            conflated,
            payload,
        };
        match self {
            Self::Latest { closed, latest } => {
                for Whole { event, payload, merged } in closed.into_iter().chain([*latest]) {
                    if let Some(payload) = payload {
                        push(draft(&event, payload, merged));
                    }
                }
            }
            Self::Book { levels, event, checksum, merged } => {
                push(draft(&event, Payload::Book(to_book(&levels, checksum)), merged));
            }
            Self::Trades { skipped, queue } => {
                if let Some(Gap { range, prev_seq, ts }) = skipped {
                    let notice = Step { seq: range.to, prev_seq, ts };
                    push(draft(&notice, Payload::Skipped(range), 0));
                }
                queue.into_iter().for_each(|(step, payload)| push(draft(&step, payload, 0)));
            }
            Self::All(events) => {
                events.into_iter().for_each(|(step, payload)| push(draft(&step, payload, 0)));
            }
        }
    }
}

/// Keeps no more closed candles than allowed: the oldest goes into the one after it. Returns how many went.
fn drop_oldest(closed: &mut VecDeque<Whole>) -> u64 {
    if closed.len() <= CLOSED_CANDLES_MAX {
        return 0;
    }
    if let (Some(oldest), Some(next)) = (closed.pop_front(), closed.front_mut()) {
        next.absorb(&oldest);
    }
    1
}

/// Notes that the trade at `step` is left out.
fn skip(gap: &mut Option<Gap>, step: &Step) {
    let Step { seq, prev_seq, ts, .. } = *step;
    let gap = gap.get_or_insert(Gap { range: Skipped { from: seq, to: seq, count: 0 }, prev_seq, ts });
    (gap.range.to, gap.ts) = (seq, ts);
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
