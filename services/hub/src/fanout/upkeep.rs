//! What happens without being asked: heartbeats, the end of clients that do not read, draining.

use std::collections::BTreeMap;
use std::rc::Rc;

use protocol::{CloseReason, DiscontinuityReason, ServerMessage};
use rustc_hash::FxHashMap;

use super::{ClientId, Ending, Fanout, Load, Outlet};
use crate::{Framing, Origin, StreamId};

const MICROS_PER_MILLI: u64 = 1_000;

impl<O: Outlet> Fanout<O> {
    /// Sends heartbeats to clients that had nothing for a while, closes those that do not read, those that want nothing,
    /// and those whose turn it is in a drain. To be called several times a heartbeat.
    pub fn tick(&mut self, now: u64) {
        self.release(now);
        let stall_micros = self.config.limits.stall_ms_max * MICROS_PER_MILLI;
        let idle_micros = self.config.limits.idle_ms_max * MICROS_PER_MILLI;
        let (mut silent, mut ended) = (Vec::new(), Vec::new());
        for client in self.clients.iter().flatten().filter(|client| !client.closing) {
            let quiet = now.saturating_sub(client.last_write);
            if client.close_at.is_some_and(|at| at <= now) {
                ended.push((client.id, CloseReason::Draining));
            } else if client.is_behind() {
                if now.saturating_sub(client.stalled_since) >= stall_micros {
                    ended.push((client.id, CloseReason::Slow));
                }
            } else if client.subscriptions.is_empty()
                && now.saturating_sub(client.last_request) >= idle_micros
            {
                ended.push((client.id, CloseReason::Idle));
            } else if quiet >= self.config.heartbeat_micros {
                silent.push(client.id);
            }
        }
        self.heartbeat(&silent, now);
        for (id, reason) in ended {
            self.close(id, reason, now);
        }
    }

    /// What is held for clients now. Looks at each of them.
    #[must_use]
    pub fn load(&self) -> Load {
        let groups = self.lanes.0.iter().map(|lane| lane.groups.len()).sum();
        let mut load = Load { clients: self.connected, groups, ..Load::default() };
        for client in self.clients.iter().flatten() {
            load.behind += usize::from(client.is_behind());
            load.subscriptions += client.subscriptions.len();
            load.outbox_bytes += client.outbox_bytes();
            load.outbox_bytes_highest = load.outbox_bytes_highest.max(client.outbox_bytes());
            load.pending += client.pending_size();
        }
        load
    }

    /// Tells every client to connect elsewhere, and spreads the closes over `spread_micros`.
    pub fn drain(&mut self, now: u64, spread_micros: u64) {
        self.drain_those(now, spread_micros, |_| true);
        self.ending = Some(Ending::Draining { until: now + spread_micros });
    }

    /// The same for the clients behind some outlets; who comes later stays. Who was told already is not told again.
    pub fn drain_those(&mut self, now: u64, spread_micros: u64, is_meant: impl Fn(&O) -> bool) {
        let stays =
            self.clients.iter().flatten().filter(|client| !client.closing && client.close_at.is_none());
        let ids: Vec<ClientId> =
            stays.filter(|client| is_meant(client.outlet())).map(|client| client.id).collect();
        let count = ids.len().max(1) as u64;
        for (turn, id) in ids.into_iter().enumerate() {
            self.send_away(id, now + spread_micros * (turn as u64 + 1) / count, now);
        }
    }

    /// Does with a client that comes during the end what was done with the others.
    pub(super) fn end_too(&mut self, id: ClientId, now: u64) {
        match self.ending {
            Some(Ending::Draining { until }) => self.send_away(id, until.max(now), now),
            Some(Ending::Ended) => self.close(id, CloseReason::FeedEnded, now),
            None => {}
        }
    }

    fn send_away(&mut self, id: ClientId, close_at: u64, now: u64) {
        let reconnect_after_ms = (close_at - now) / MICROS_PER_MILLI;
        self.send(id, &ServerMessage::Draining { deadline_ts: close_at, reconnect_after_ms }, now);
        if let Some(client) = self.client_mut(id) {
            client.close_at = Some(close_at);
        }
    }

    /// Events were passed over (the machine slept): every stream of every client starts anew with a snapshot.
    pub fn renew_all(&mut self) {
        for place in 0..self.clients.len() {
            let Some(client) = &mut self.clients[place] else { continue };
            let id = client.id;
            for (_, stream) in client.active_streams() {
                client.restart(stream, Origin::Snapshot(Some(DiscontinuityReason::ServerPaused)));
            }
            self.regroup(place);
            self.request_starts(id);
        }
    }

    /// The source of the events ended: nothing more will come.
    pub fn end(&mut self, now: u64) {
        let ids: Vec<ClientId> = self.clients.iter().flatten().map(|client| client.id).collect();
        for id in ids {
            self.close(id, CloseReason::FeedEnded, now);
        }
        self.ending = Some(Ending::Ended);
    }

    fn heartbeat(&mut self, silent: &[ClientId], now: u64) {
        let mut encoded: FxHashMap<(Framing, Rc<[StreamId]>), bytes::Bytes> = FxHashMap::default();
        for id in silent {
            let Some(client) = self.client(*id) else { continue };
            // What waits for the time of its rate is not sent yet: its mark would look like a loss.
            let sent = |(rate, stream): &(_, _)| !self.lanes.waits(*rate, *stream);
            let streams = client.active_streams().into_iter().filter(sent).map(|(_, stream)| stream);
            let streams: Rc<[StreamId]> = streams.collect();
            let framing = client.framing;
            let encode =
                || framing.frame(&framing.encoding().encode_control(&self.heartbeat_of(&streams, now)));
            let frame = encoded.entry((framing, Rc::clone(&streams))).or_insert_with(encode).clone();
            self.send_frame(*id, &frame, now);
        }
    }

    fn heartbeat_of(&self, streams: &[StreamId], now: u64) -> ServerMessage {
        let seqs: BTreeMap<String, u64> = streams
            .iter()
            .map(|stream| (self.directory.name(*stream).to_string(), self.high_water[stream.index()]))
            .collect();
        ServerMessage::Heartbeat {
            event_ts: self.latest.event_ts,
            engine_ts: self.latest.engine_ts,
            send_ts: now,
            seqs,
        }
    }
}
