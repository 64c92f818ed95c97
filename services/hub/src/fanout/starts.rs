//! Starts of streams: what a client gets before the events that all get.

use std::collections::BTreeMap;
use std::sync::Arc;

use protocol::{DiscontinuityReason, ServerMessage, StreamName};

use super::client::Client;
use super::{ClientId, Fanout, Outlet, StartRequest};
use crate::framing::FrameBuilder;
use crate::{Batch, Start, StreamId};

/// What an answer means for a client.
#[derive(Debug)]
struct Opening {
    frame: FrameBuilder,
    events: u64,
    snapshots: u64,
    /// Events that the others have just got.
    live: u64,
    /// The streams that have started, and the `seq` up to which the client now has them.
    started: Vec<(StreamId, u64)>,
    lost: BTreeMap<DiscontinuityReason, Vec<StreamId>>,
}

impl<O: Outlet> Fanout<O> {
    /// The starts that clients wait for, to be handed to the hub.
    pub fn take_requests(&mut self) -> Vec<StartRequest> {
        std::mem::take(&mut self.requests)
    }

    /// Hands a client starts that it waits for: from here on it gets the events of these streams. `since` are the batches
    /// flushed after those that the starts are as of: the client gets its part of them at once.
    pub fn start(&mut self, id: ClientId, ticket: u32, starts: &[Start], since: &[Arc<Batch>], now: u64) {
        let Some(client) = self.client_mut(id) else { return };
        client.answered(ticket, starts.len());
        let mut opening = Opening::new(client);
        for start in starts {
            opening.add(client, ticket, start);
        }
        since.iter().for_each(|batch| opening.add_since(batch));
        self.open(id, opening, now);
        self.request_starts(id);
    }

    fn open(&mut self, id: ClientId, mut opening: Opening, now: u64) {
        self.counters.snapshots += opening.snapshots;
        self.counters.resumed_events += opening.events;
        self.counters.delivered_events += opening.snapshots + opening.events + opening.live;
        for (stream, seq) in &opening.started {
            let mark = &mut self.high_water[stream.index()];
            *mark = (*mark).max(*seq);
            self.activate(id, *stream, *seq);
        }
        if !opening.started.is_empty() {
            self.regroup(id.place);
        }
        for (reason, streams) in opening.lost {
            self.counters.discontinuities[reason as usize] += streams.len() as u64;
            let streams: Vec<StreamName> =
                streams.into_iter().map(|stream| self.directory.name(stream)).collect();
            self.send(id, &ServerMessage::Discontinuity { reason, streams }, now);
        }
        if !opening.frame.is_empty() {
            self.write(id, &opening.frame.finish_array(), now);
        }
    }

    /// Asks for the next few starts that a client waits for, unless some are under way or it is behind.
    pub(super) fn request_starts(&mut self, id: ClientId) {
        let limits = self.config.limits;
        if let Some(request) = self.client_mut(id).and_then(|client| client.next_starts(&limits)) {
            self.requests.push(request);
        }
    }
}

impl Opening {
    fn new<O>(client: &Client<O>) -> Self {
        let frame = FrameBuilder::new(client.framing);
        Self { frame, events: 0, snapshots: 0, live: 0, started: Vec::new(), lost: BTreeMap::new() }
    }

    fn add<O: Outlet>(&mut self, client: &mut Client<O>, ticket: u32, start: &Start) {
        let encoding = self.frame.encoding();
        match start {
            Start::Snapshot(snapshot, reason) if client.awaits(snapshot.stream, ticket) => {
                if let Some(reason) = reason {
                    self.lost.entry(*reason).or_default().push(snapshot.stream);
                }
                self.frame.push_element(snapshot.text(encoding));
                self.snapshots += 1;
                self.started.push((snapshot.stream, snapshot.seq));
            }
            Start::Events { stream, pieces, reached, is_all } if client.awaits(*stream, ticket) => {
                for piece in pieces {
                    self.frame.push_element(piece.record.text(encoding, piece.at));
                }
                self.events += pieces.len() as u64;
                if *is_all {
                    self.started.push((*stream, *reached));
                } else {
                    client.want_rest(*stream, *reached);
                }
            }
            _ => {}
        }
    }

    /// Adds what a batch has of the streams that have started.
    fn add_since(&mut self, batch: &Batch) {
        for (at, item) in batch.items().iter().enumerate() {
            let started = self.started.iter_mut().find(|(stream, _)| *stream == item.stream);
            if let Some((_, reached)) = started {
                self.frame.push_element(batch.text(self.frame.encoding(), at));
                self.live += 1;
                *reached = item.seq;
            }
        }
    }
}
