//! One client: what it has subscribed, what waits for it, and how far its other end has read.

use std::collections::VecDeque;

use bytes::Bytes;
use protocol::{CloseReason, Limits, Policy};
use rustc_hash::FxHashMap;

use super::{ClientId, Counters, Outlet};
use crate::framing::FrameBuilder;
use crate::pending::{Absorbed, Pending};
use crate::{Directory, Framing, Item, StreamId};

/// Snapshots asked for at once: what a client that does not read can make wait is bounded by these.
const SNAPSHOTS_AT_ONCE_MAX: usize = 64;

#[derive(Debug)]
pub(super) struct Client<O> {
    pub(super) id: ClientId,
    pub(super) framing: Framing,
    pub(super) subscriptions: FxHashMap<StreamId, Subscription>,
    /// Its group, and its place among the members there.
    pub(super) membership: Option<(usize, usize)>,
    /// Requests since `window_start`, in microseconds.
    pub(super) window_start: u64,
    pub(super) window_requests: u32,
    /// A close was written or waits to be.
    pub(super) closing: bool,
    /// When a drain closes it.
    pub(super) close_at: Option<u64>,
    /// When bytes last went out.
    pub(super) last_write: u64,
    /// Since when the other end takes nothing, while bytes wait.
    pub(super) stalled_since: u64,
    outlet: O,
    outbox: Outbox,
    pending: Pending,
    wanted: VecDeque<StreamId>,
    snapshots_in_flight: bool,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Subscription {
    pub(super) policy: Policy,
    pub(super) phase: Phase,
}

/// Where a subscription stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// Its snapshot is still to be asked for.
    Wanted,
    /// Its snapshot is under way.
    Requested,
    /// Its snapshot was sent: events follow.
    Active,
}

/// What an attempt to hand bytes to a client calls for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Delivery {
    /// Nothing: written, or waiting.
    Done,
    /// A stream is to start anew with a snapshot.
    Resnapshot,
    /// The client is to be closed as slow.
    TooSlow,
    /// The other end is gone.
    Gone,
}

/// Frames that the other end did not take yet: whole ones, but for the first.
#[derive(Debug, Default)]
struct Outbox {
    frames: VecDeque<Bytes>,
    bytes: usize,
    first_is_partial: bool,
}

impl<O: Outlet> Client<O> {
    pub(super) fn new(outlet: O, framing: Framing, id: ClientId, now: u64) -> Self {
        Self {
            id,
            framing,
            subscriptions: FxHashMap::default(),
            membership: None,
            window_start: now,
            window_requests: 0,
            closing: false,
            close_at: None,
            last_write: now,
            stalled_since: now,
            outlet,
            outbox: Outbox::default(),
            pending: Pending::default(),
            wanted: VecDeque::new(),
            snapshots_in_flight: false,
        }
    }

    /// Whether bytes wait that the other end did not take.
    pub(super) fn is_behind(&self) -> bool {
        !self.outbox.frames.is_empty()
    }

    /// Bytes that wait.
    pub(super) fn outbox_bytes(&self) -> usize {
        self.outbox.bytes
    }

    /// Writes a frame, or what the other end takes of it; the rest waits.
    pub(super) fn enqueue(&mut self, frame: &Bytes, now: u64, counters: &mut Counters) -> Delivery {
        if self.is_behind() {
            self.outbox.push(frame.clone(), false);
            return Delivery::Done;
        }
        match self.outlet.try_write(frame) {
            Ok(taken) => {
                self.took(taken, now, counters);
                if taken < frame.len() {
                    self.stalled_since = now;
                    self.outbox.push(frame.slice(taken..), taken > 0);
                    self.outlet.blocked();
                }
                Delivery::Done
            }
            Err(_) => Delivery::Gone,
        }
    }

    /// Takes in events that it is too slow for.
    pub(super) fn absorb<'a>(
        &mut self,
        items: impl Iterator<Item = &'a Item>,
        limits: &Limits,
        counters: &mut Counters,
    ) -> Delivery {
        let mut delivery = Delivery::Done;
        for item in items {
            let Some(subscription) = self.subscriptions.get_mut(&item.stream) else { continue };
            if subscription.phase != Phase::Active {
                continue;
            }
            match self.pending.absorb(item, subscription.policy, limits) {
                Absorbed::Kept => {}
                Absorbed::TooSlow => return Delivery::TooSlow,
                Absorbed::NeedsSnapshot => {
                    subscription.phase = Phase::Wanted;
                    self.wanted.push_back(item.stream);
                    delivery = Delivery::Resnapshot;
                }
            }
        }
        counters.conflated_events += std::mem::take(&mut self.pending.conflated);
        counters.skipped_trades += std::mem::take(&mut self.pending.skipped);
        delivery
    }

    /// Writes what waits: first the frames, then what was merged meanwhile.
    pub(super) fn catch_up(&mut self, directory: &Directory, now: u64, counters: &mut Counters) -> Delivery {
        loop {
            while let Some(first) = self.outbox.frames.front() {
                match self.outlet.try_write(first) {
                    Ok(taken) => {
                        let whole = taken == first.len();
                        self.outbox.took(taken);
                        self.took(taken, now, counters);
                        if !whole {
                            self.outlet.blocked();
                            return Delivery::Done;
                        }
                    }
                    Err(_) => return Delivery::Gone,
                }
            }
            if self.pending.is_empty() {
                return Delivery::Done;
            }
            let mut frame = FrameBuilder::new(self.framing);
            counters.delivered_events += self.pending.drain_into(directory, &mut frame);
            self.outbox.push(frame.finish_array(), false);
        }
    }

    /// Gives up what waits, but for a frame that is half written, and writes the reason.
    pub(super) fn close(&mut self, reason: CloseReason, now: u64, counters: &mut Counters) -> Delivery {
        self.pending = Pending::default();
        self.wanted.clear();
        self.outbox.keep_partial();
        let delivery = match self.framing.close_frame(reason.code(), reason.text()) {
            Some(frame) => self.enqueue(&frame, now, counters),
            None => Delivery::Done,
        };
        self.closing = true;
        self.outlet.closing(reason);
        delivery
    }

    /// Wants a snapshot of a stream that it is subscribed to.
    pub(super) fn want_snapshot(&mut self, stream: StreamId) {
        if let Some(subscription) = self.subscriptions.get_mut(&stream) {
            subscription.phase = Phase::Wanted;
            self.pending.forget(stream);
            self.wanted.push_back(stream);
        }
    }

    /// Ends a subscription; nothing more of it is sent.
    pub(super) fn unsubscribe(&mut self, stream: StreamId) -> bool {
        self.pending.forget(stream);
        self.subscriptions.remove(&stream).is_some()
    }

    /// The snapshots to ask for now.
    pub(super) fn next_snapshots(&mut self) -> Option<Vec<StreamId>> {
        if self.snapshots_in_flight || self.closing || self.is_behind() {
            return None;
        }
        let mut streams = Vec::new();
        while streams.len() < SNAPSHOTS_AT_ONCE_MAX
            && let Some(stream) = self.wanted.pop_front()
        {
            if let Some(subscription) = self.subscriptions.get_mut(&stream)
                && subscription.phase == Phase::Wanted
            {
                subscription.phase = Phase::Requested;
                streams.push(stream);
            }
        }
        self.snapshots_in_flight = !streams.is_empty();
        self.snapshots_in_flight.then_some(streams)
    }

    /// The snapshot of `stream` is about to be sent. Returns whether it is still wanted.
    pub(super) fn activate(&mut self, stream: StreamId) -> bool {
        match self.subscriptions.get_mut(&stream) {
            Some(subscription) if subscription.phase == Phase::Requested && !self.closing => {
                subscription.phase = Phase::Active;
                true
            }
            _ => false,
        }
    }

    /// The snapshots asked for are here.
    pub(super) fn snapshots_arrived(&mut self) {
        self.snapshots_in_flight = false;
    }

    /// Its streams that have events, sorted.
    pub(super) fn active_streams(&self) -> Vec<StreamId> {
        let active = |(stream, subscription): (&StreamId, &Subscription)| {
            (subscription.phase == Phase::Active).then_some(*stream)
        };
        let mut streams: Vec<StreamId> = self.subscriptions.iter().filter_map(active).collect();
        streams.sort_unstable();
        streams
    }

    fn took(&mut self, bytes: usize, now: u64, counters: &mut Counters) {
        counters.writes += 1;
        counters.delivered_bytes += bytes as u64;
        if bytes > 0 {
            (self.last_write, self.stalled_since) = (now, now);
        }
    }
}

impl Outbox {
    fn push(&mut self, frame: Bytes, partial: bool) {
        self.first_is_partial |= partial;
        self.bytes += frame.len();
        self.frames.push_back(frame);
    }

    fn took(&mut self, bytes: usize) {
        self.bytes -= bytes;
        if let Some(first) = self.frames.front_mut() {
            if bytes == first.len() {
                self.frames.pop_front();
                self.first_is_partial = false;
            } else if bytes > 0 {
                *first = first.slice(bytes..);
                self.first_is_partial = true;
            }
        }
    }

    fn keep_partial(&mut self) {
        self.frames.truncate(usize::from(self.first_is_partial));
        self.bytes = self.frames.iter().map(Bytes::len).sum();
    }
}
