//! One client: what it has subscribed, what waits for it, and how far its other end has read.

use std::collections::VecDeque;

use bytes::Bytes;
use protocol::{CloseReason, DiscontinuityReason, Limits, Options, Payload, Rate};
use rustc_hash::FxHashMap;

use super::lanes::Membership;
use super::{ClientId, Counters, Outlet, StartRequest};
use crate::framing::FrameBuilder;
use crate::pending::{Absorbed, Pending, PendingSize};
use crate::{Directory, Framing, Item, Origin, StreamId};

/// Starts of streams asked for at once: what a client that does not read can make wait is bounded by these.
const STARTS_AT_ONCE_MAX: usize = 64;

#[derive(Debug)]
pub(super) struct Client<O> {
    pub(super) id: ClientId,
    pub(super) framing: Framing,
    pub(super) subscriptions: FxHashMap<StreamId, Subscription>,
    /// Its groups, one for each rate among its subscriptions.
    pub(super) memberships: Vec<Membership>,
    /// Requests since `window_start`, in microseconds.
    pub(super) window_start: u64,
    pub(super) window_requests: u32,
    /// When it last asked anything.
    pub(super) last_request: u64,
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
    /// The latest request for starts, and whether its answer is still to come.
    ticket: u32,
    is_in_flight: bool,
    /// Starts asked for and not answered, of all requests.
    unanswered: usize,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Subscription {
    pub(super) options: Options,
    pub(super) phase: Phase,
}

/// Where a subscription stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// Its start is still to be asked for.
    Wanted(Origin),
    /// Its start is under way, as the answer to the request of this ticket.
    Requested(u32),
    /// It has started: events follow.
    Active,
}

/// What an attempt to hand bytes to a client calls for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Delivery {
    /// Nothing: written, or waiting.
    Done,
    /// A stream is to start anew.
    Restart,
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
            memberships: Vec::new(),
            window_start: now,
            window_requests: 0,
            last_request: now,
            closing: false,
            close_at: None,
            last_write: now,
            stalled_since: now,
            outlet,
            outbox: Outbox::default(),
            pending: Pending::default(),
            wanted: VecDeque::new(),
            ticket: 0,
            is_in_flight: false,
            unanswered: 0,
        }
    }

    /// Whether bytes wait that the other end did not take.
    /// How it is reached.
    pub(super) const fn outlet(&self) -> &O {
        &self.outlet
    }

    pub(super) fn is_behind(&self) -> bool {
        !self.outbox.frames.is_empty()
    }

    /// Bytes that wait.
    pub(super) fn outbox_bytes(&self) -> usize {
        self.outbox.bytes
    }

    /// What waits beside them.
    pub(super) fn pending_size(&self) -> PendingSize {
        self.pending.size()
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
        events: impl Iterator<Item = (&'a Item, &'a Payload)>,
        limits: &Limits,
        counters: &mut Counters,
    ) -> Delivery {
        let mut delivery = Delivery::Done;
        for (item, payload) in events {
            let Some(subscription) = self.subscriptions.get_mut(&item.stream) else { continue };
            if subscription.phase != Phase::Active {
                continue;
            }
            match self.pending.absorb(item, payload, subscription.options.policy, limits) {
                Absorbed::Kept => {}
                Absorbed::TooSlow => return Delivery::TooSlow,
                Absorbed::NeedsSnapshot => {
                    let origin = Origin::Snapshot(Some(DiscontinuityReason::TooSlow));
                    subscription.phase = Phase::Wanted(origin);
                    self.wanted.push_back(item.stream);
                    delivery = Delivery::Restart;
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
            let mut text = Vec::new();
            for draft in self.pending.drain() {
                text.clear();
                frame.encoding().encode_event(&draft.event(directory), &mut text);
                frame.push_element(&text);
                counters.delivered_events += 1;
            }
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

    /// Starts a stream; a stream that it has already starts anew.
    pub(super) fn want(&mut self, stream: StreamId, options: Options, origin: Origin) {
        self.pending.forget(stream);
        self.subscriptions.insert(stream, Subscription { options, phase: Phase::Wanted(origin) });
        self.wanted.push_back(stream);
    }

    /// Starts a stream that it has anew.
    pub(super) fn restart(&mut self, stream: StreamId, origin: Origin) {
        if let Some(Subscription { options, .. }) = self.subscriptions.get(&stream).copied() {
            self.want(stream, options, origin);
        }
    }

    /// Ends a subscription; nothing more of it is sent.
    pub(super) fn unsubscribe(&mut self, stream: StreamId) -> bool {
        self.pending.forget(stream);
        self.subscriptions.remove(&stream).is_some()
    }

    /// The starts to ask for now: not while others are under way or it is behind, and no more in all than it may have
    /// streams.
    pub(super) fn next_starts(&mut self, limits: &Limits) -> Option<StartRequest> {
        let room = limits.subscriptions_max.saturating_sub(self.unanswered).min(STARTS_AT_ONCE_MAX);
        if self.is_in_flight || self.closing || self.is_behind() || room == 0 {
            return None;
        }
        let mut wishes = Vec::new();
        while wishes.len() < room
            && let Some(stream) = self.wanted.pop_front()
        {
            if let Some(subscription) = self.subscriptions.get_mut(&stream)
                && let Phase::Wanted(origin) = subscription.phase
            {
                subscription.phase = Phase::Requested(self.ticket.wrapping_add(1));
                wishes.push((stream, origin));
            }
        }
        if wishes.is_empty() {
            return None;
        }
        self.ticket = self.ticket.wrapping_add(1);
        self.is_in_flight = true;
        self.unanswered += wishes.len();
        let encoding = self.framing.encoding();
        Some(StartRequest { client: self.id, ticket: self.ticket, encoding, wishes })
    }

    /// An answer with this many starts is here.
    pub(super) fn answered(&mut self, ticket: u32, starts: usize) {
        self.unanswered = self.unanswered.saturating_sub(starts);
        if ticket == self.ticket {
            self.is_in_flight = false;
        }
    }

    /// Whether the start of a stream is still wanted as the request of that ticket wanted it.
    pub(super) fn awaits(&self, stream: StreamId, ticket: u32) -> bool {
        let phase = self.subscriptions.get(&stream).map(|subscription| subscription.phase);
        phase == Some(Phase::Requested(ticket)) && !self.closing
    }

    /// The rest of what it missed of a stream is still to come.
    pub(super) fn want_rest(&mut self, stream: StreamId, after: u64) {
        if let Some(subscription) = self.subscriptions.get_mut(&stream) {
            subscription.phase = Phase::Wanted(Origin::After(after));
            self.wanted.push_back(stream);
        }
    }

    /// The stream has started. Tells its rate.
    pub(super) fn activate(&mut self, stream: StreamId) -> Rate {
        self.subscriptions.get_mut(&stream).map_or_else(Rate::default, |subscription| {
            subscription.phase = Phase::Active;
            subscription.options.max_hz
        })
    }

    /// Its streams that have events, by rate and sorted.
    pub(super) fn active_streams(&self) -> Vec<(Rate, StreamId)> {
        let active = |(stream, subscription): (&StreamId, &Subscription)| {
            (subscription.phase == Phase::Active).then_some((subscription.options.max_hz, *stream))
        };
        let mut streams: Vec<(Rate, StreamId)> = self.subscriptions.iter().filter_map(active).collect();
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
