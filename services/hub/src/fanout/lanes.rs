//! Lanes: one for each rate that clients ask for with `max_hz`, and one for those who take everything as it comes.
//!
//! A lane with a rate merges the events of each stream between two releases, once for all its clients, by the rules of
//! `pending`; what it releases is a batch like any other. A client that joins in between gets the first merged event of
//! its stream as if it had been there for the rest of the interval only.

use std::sync::Arc;

use protocol::{Encoding, Limits, Policy, Rate};
use rustc_hash::FxHashMap;

use super::groups::{Groups, Seat};
use crate::batch::{BatchBuilder, Draft, Wanted};
use crate::pending::Pending;
use crate::{Batch, Directory, Framing, StreamId};

/// A client's seat, and in which lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Membership {
    pub(super) lane: usize,
    pub(super) seat: Seat,
}

/// The clients of one rate.
#[derive(Debug)]
pub(super) struct Lane {
    rate: Rate,
    pub(super) groups: Groups,
    /// What waits for the next release; none in the lane that never waits.
    pub(super) stage: Option<Stage>,
}

/// All lanes; the first never waits.
#[derive(Debug)]
pub(super) struct Lanes(pub(super) Vec<Lane>);

/// What waits for the next release.
#[derive(Debug, Default)]
pub(super) struct Stage {
    interval_micros: u64,
    not_before: u64,
    pending: Pending,
    /// By place, the streams that a client joined while events of theirs waited.
    joined: FxHashMap<usize, Joins>,
}

/// By stream, where a client stood.
pub(super) type Joins = FxHashMap<StreamId, Join>;

/// Where a client stood in a stream when it joined.
#[derive(Clone, Copy, Debug)]
pub(super) struct Join {
    seq: u64,
    /// How many of the waiting events it had already.
    steps: u64,
}

impl Lanes {
    pub(super) fn new(streams: usize) -> Self {
        Self(vec![Lane { rate: Rate::UNLIMITED, groups: Groups::new(streams), stage: None }])
    }

    /// The lane of a rate, made if there is none yet. There are no more than rates.
    pub(super) fn find_or_create(&mut self, rate: Rate, streams: usize) -> usize {
        self.0.iter().position(|lane| lane.rate == rate).unwrap_or_else(|| {
            let stage = Stage { interval_micros: rate.interval_micros(), ..Stage::default() };
            self.0.push(Lane { rate, groups: Groups::new(streams), stage: Some(stage) });
            self.0.len() - 1
        })
    }

    /// The lane of a rate that waits, if there is one.
    pub(super) fn stage_mut(&mut self, rate: Rate) -> Option<&mut Stage> {
        self.0.iter_mut().find(|lane| lane.rate == rate)?.stage.as_mut()
    }

    /// Whether events of a stream wait in the lane of a rate.
    pub(super) fn waits(&self, rate: Rate, stream: StreamId) -> bool {
        let lane = self.0.iter().find(|lane| lane.rate == rate);
        lane.and_then(|lane| lane.stage.as_ref()).is_some_and(|stage| stage.pending.steps(stream) > 0)
    }

    /// When the next release is due.
    pub(super) fn next_release(&self) -> Option<u64> {
        let waiting = self.0.iter().filter_map(|lane| lane.stage.as_ref()).filter(|stage| stage.is_waiting());
        waiting.map(|stage| stage.not_before).min()
    }

    pub(super) fn enter(
        &mut self,
        place: usize,
        framing: Framing,
        rate: Rate,
        streams: &[StreamId],
        streams_in_all: usize,
    ) -> Membership {
        let lane = self.find_or_create(rate, streams_in_all);
        Membership { lane, seat: self.0[lane].groups.enter(place, framing, streams) }
    }
}

impl Lane {
    /// Takes in the events of batches: for now, or for the next release.
    pub(super) fn take(&mut self, batches: &[Arc<Batch>], limits: &Limits) {
        let Some(stage) = &mut self.stage else { return self.groups.push(batches) };
        // A lane has to itself what a flush brings; how much then waits is looked at in `release`.
        let limits = Limits {
            pending_trades_max: usize::MAX,
            pending_levels_max: usize::MAX,
            pending_events_max: usize::MAX,
            ..*limits
        };
        for batch in batches {
            for (at, item) in batch.items().iter().enumerate() {
                if self.groups.has(item.stream) {
                    stage.pending.absorb(item, batch.payload(at), Policy::Conflate, &limits);
                } else {
                    stage.forget_stream(item.stream);
                }
            }
        }
    }

    /// What waits, if its time has come or there is no room for more.
    pub(super) fn release(&mut self, now: u64, directory: &Directory, limits: &Limits) -> Option<Arc<Batch>> {
        let stage = self.stage.as_mut()?;
        let size = stage.pending.size();
        let is_full = size.trades >= limits.pending_trades_max
            || size.levels >= limits.pending_levels_max
            || size.events >= limits.pending_events_max;
        if stage.pending.is_empty() || (now < stage.not_before && !is_full) {
            return None;
        }
        stage.not_before = now + stage.interval_micros;
        Some(Arc::new(encoded(stage.pending.drain(), directory, Encoding::ALL)))
    }
}

impl Stage {
    fn is_waiting(&self) -> bool {
        !self.pending.is_empty()
    }

    /// A client has all events of a stream up to `seq`, and gets those after it from here.
    pub(super) fn join(&mut self, place: usize, stream: StreamId, seq: u64) {
        let steps = self.pending.steps(stream);
        if steps > 0 {
            self.joined.entry(place).or_default().insert(stream, Join { seq, steps });
        }
    }

    /// Nobody has a stream any more, and it goes on: what waits of it would not be whole for whoever comes next.
    fn forget_stream(&mut self, stream: StreamId) {
        if self.pending.steps(stream) > 0 {
            self.pending.forget(stream);
            self.joined.values_mut().for_each(|joins| joins.retain(|other, _| *other != stream));
        }
    }

    /// Forgets a client.
    pub(super) fn forget(&mut self, place: usize) {
        self.joined.remove(&place);
    }

    /// The client's joins since the last release; they count once.
    pub(super) fn take_joins(&mut self, place: usize) -> Option<Joins> {
        if self.joined.is_empty() { None } else { self.joined.remove(&place) }
    }

    /// What waits of a stream for one client, which will get it elsewhere.
    pub(super) fn take_out(&mut self, place: usize, stream: StreamId) -> Vec<Draft> {
        let drafts = self.pending.peek(stream);
        match self.joined.get_mut(&place).and_then(|joins| joins.remove(&stream)) {
            Some(join) => since(&join, drafts),
            None => drafts,
        }
    }

    /// After a release all are in step.
    pub(super) fn released(&mut self) {
        self.joined.clear();
    }
}

/// What a client that joined some of the streams late gets of a release.
pub(super) fn for_latecomer<'a>(
    joins: &Joins,
    items: impl Iterator<Item = (&'a Arc<Batch>, usize)>,
) -> Vec<Draft> {
    let mut by_stream: Vec<(StreamId, Vec<Draft>)> = Vec::new();
    for (batch, at) in items {
        let item = batch.items()[at];
        let draft = Draft { item, snapshot: false, payload: batch.payload(at).clone() };
        match by_stream.iter_mut().find(|(stream, _)| *stream == item.stream) {
            Some((_, drafts)) => drafts.push(draft),
            None => by_stream.push((item.stream, vec![draft])),
        }
    }
    let caught_up = |(stream, drafts)| match joins.get(&stream) {
        Some(join) => since(join, drafts),
        None => drafts,
    };
    by_stream.into_iter().flat_map(caught_up).collect()
}

/// The events after those that a client had already. Merged ones say the latest of all that they changed: they hold for
/// whoever had a part of it as well.
fn since(join: &Join, drafts: Vec<Draft>) -> Vec<Draft> {
    let mut reached = 0;
    let mut missing = Vec::new();
    for mut draft in drafts {
        reached += draft.item.conflated + 1;
        if reached > join.steps {
            if missing.is_empty() {
                draft.item.prev_seq = join.seq;
                draft.item.conflated = reached - join.steps - 1;
            }
            missing.push(draft);
        }
    }
    missing
}

/// Drafts as a batch, encoded for those who take them.
pub(super) fn encoded(
    drafts: Vec<Draft>,
    directory: &Directory,
    encodings: impl IntoIterator<Item = Encoding>,
) -> Batch {
    let mut wanted = Wanted::default();
    encodings.into_iter().for_each(|encoding| wanted[encoding as usize] = true);
    let mut builder = BatchBuilder::default();
    drafts.into_iter().for_each(|draft| builder.push(directory, draft, wanted));
    builder.finish(0)
}
