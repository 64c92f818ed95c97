//! The fan-out: which client gets which bytes. One owner, no locks, no sockets, no clock: time comes in as an argument.
//!
//! Clients with the same set of streams form a group and share the bytes of each frame. A client that does not take its
//! bytes leaves the common path: what it misses is merged (see `pending`) until it reads again.

mod client;
mod groups;
mod requests;
mod upkeep;

use std::io;
use std::sync::Arc;

use bytes::Bytes;
use protocol::{CloseReason, Limits, ServerMessage, encode_control};

use self::client::{Client, Delivery};
use self::groups::Groups;
use crate::framing::FrameBuilder;
use crate::{Batch, Directory, Framing, Snapshot, StreamId};

/// Where a client's bytes go.
pub trait Outlet {
    /// Takes as many of `bytes` as it can without waiting; `Ok(0)`: none now.
    ///
    /// # Errors
    /// When the other end is gone.
    fn try_write(&mut self, bytes: &[u8]) -> io::Result<usize>;

    /// Bytes are left over: call [`Fanout::writable`] when there is room again.
    fn blocked(&mut self);

    /// Nothing more is to be read from this client; when [`Fanout::writable`] has nothing left, the connection ends.
    fn closing(&mut self, reason: CloseReason);
}

/// Names a client; the name is not used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ClientId {
    place: usize,
    generation: u64,
}

/// A wish for snapshots, to be answered by [`Fanout::snapshots`] in the order of the batches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnapshotRequest {
    /// Who wants them.
    pub client: ClientId,
    /// Of which streams.
    pub streams: Vec<StreamId>,
}

/// What the fan-out may spend on one client, and when it speaks without being asked.
#[derive(Clone, Copy, Debug)]
pub struct FanoutConfig {
    /// The limits that `hello` shows.
    pub limits: Limits,
    /// Silence after which a heartbeat is sent, in microseconds.
    pub heartbeat_micros: u64,
}

/// What happened, counted since the start. Monotonic.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Events handed to clients' sockets, each client's copy counted.
    pub delivered_events: u64,
    /// Bytes handed to clients' sockets.
    pub delivered_bytes: u64,
    /// Writes to clients' sockets.
    pub writes: u64,
    /// Events merged into later ones for clients that were behind.
    pub conflated_events: u64,
    /// Trades skipped, with a notice, for clients that were behind.
    pub skipped_trades: u64,
    /// Requests refused.
    pub refused_requests: u64,
    /// Connections closed because the client was too slow.
    pub slow_closes: u64,
    /// Snapshots sent.
    pub snapshots: u64,
}

/// The clients of one shard.
#[derive(Debug)]
pub struct Fanout<O> {
    directory: Arc<Directory>,
    config: FanoutConfig,
    clients: Vec<Option<Client<O>>>,
    free: Vec<usize>,
    connected: usize,
    next_generation: u64,
    groups: Groups,
    /// The `seq` of the latest event of each stream.
    high_water: Vec<u64>,
    latest: Clocks,
    requests: Vec<SnapshotRequest>,
    counters: Counters,
    /// Set once all clients are being sent away.
    ending: Option<Ending>,
}

/// Why all clients are sent away.
#[derive(Clone, Copy, Debug)]
enum Ending {
    /// The last of them is closed at this moment.
    Draining { until: u64 },
    /// The source ended.
    Ended,
}

/// The time stamps of the latest batch, in microseconds since 1970.
#[derive(Clone, Copy, Debug, Default)]
struct Clocks {
    event_ts: u64,
    engine_ts: u64,
}

impl<O: Outlet> Fanout<O> {
    /// A fan-out without clients.
    #[must_use]
    pub fn new(directory: Arc<Directory>, config: FanoutConfig) -> Self {
        let streams = directory.streams();
        Self {
            directory,
            config,
            clients: Vec::new(),
            free: Vec::new(),
            connected: 0,
            next_generation: 0,
            groups: Groups::new(streams),
            high_water: vec![0; streams],
            latest: Clocks::default(),
            requests: Vec::new(),
            counters: Counters::default(),
            ending: None,
        }
    }

    /// Takes a client in and greets it.
    pub fn connect(&mut self, outlet: O, framing: Framing, hello: &ServerMessage, now: u64) -> ClientId {
        let place = self.free.pop().unwrap_or_else(|| {
            self.clients.push(None);
            self.clients.len() - 1
        });
        self.next_generation += 1;
        let id = ClientId { place, generation: self.next_generation };
        self.clients[place] = Some(Client::new(outlet, framing, id, now));
        self.connected += 1;
        self.send(id, hello, now);
        self.end_too(id, now);
        id
    }

    /// Forgets a client.
    pub fn disconnect(&mut self, id: ClientId) {
        if self.client(id).is_some() {
            self.groups.leave(id.place, &mut self.clients);
            self.clients[id.place] = None;
            self.free.push(id.place);
            self.connected -= 1;
        }
    }

    /// How many clients there are.
    #[must_use]
    pub fn connected(&self) -> usize {
        self.connected
    }

    /// What happened so far.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.counters
    }

    /// The snapshots that clients wait for, to be handed to the hub.
    pub fn take_requests(&mut self) -> Vec<SnapshotRequest> {
        std::mem::take(&mut self.requests)
    }

    /// Writes the events of `batches` to all clients that have their streams: one write a client.
    pub fn flush(&mut self, batches: &[Arc<Batch>], now: u64) {
        self.gather(batches);
        let mut unsettled = Vec::new();
        let Self { groups, clients, config, counters, .. } = self;
        for at in groups.take_touched() {
            let group = groups.get_mut(at);
            let frame = group.frame.finish_array();
            for place in &group.members {
                let client = clients[*place].as_mut().expect("members are connected");
                let delivery = if client.is_behind() {
                    let missed = group.items.iter().map(|(batch, item)| &batches[*batch].items()[*item]);
                    client.absorb(missed, &config.limits, counters)
                } else {
                    counters.delivered_events += group.items.len() as u64;
                    client.enqueue(&frame, now, counters)
                };
                if delivery != Delivery::Done {
                    unsettled.push((client.id, delivery));
                }
            }
            group.items.clear();
        }
        for (id, delivery) in unsettled {
            self.settle(id, delivery, now);
        }
    }

    /// Builds the frame of each group that has one of the batches' streams.
    fn gather(&mut self, batches: &[Arc<Batch>]) {
        for (batch_at, batch) in batches.iter().enumerate() {
            self.latest.engine_ts = batch.engine_ts();
            if let Some(last) = batch.items().last() {
                self.latest.event_ts = last.ts;
            }
            for (item_at, item) in batch.items().iter().enumerate() {
                self.high_water[item.stream.index()] = item.seq;
                self.groups.push(item.stream, batch.json(item), (batch_at, item_at));
            }
        }
    }

    /// Hands a client the snapshots that it waits for; from here on it gets the events of these streams.
    pub fn snapshots(&mut self, id: ClientId, snapshots: &[Arc<Snapshot>], now: u64) {
        for snapshot in snapshots {
            let mark = &mut self.high_water[snapshot.stream.index()];
            *mark = (*mark).max(snapshot.seq);
        }
        let Some(client) = self.client_mut(id) else { return };
        let mut frame = FrameBuilder::new(client.framing);
        let mut count = 0;
        for snapshot in snapshots {
            if client.activate(snapshot.stream) {
                frame.push_element(&snapshot.json);
                count += 1;
            }
        }
        client.snapshots_arrived();
        if count > 0 {
            self.counters.snapshots += count;
            self.counters.delivered_events += count;
            self.groups.regroup(id.place, &mut self.clients);
            self.write(id, &frame.finish_array(), now);
        }
        self.request_snapshots(id);
    }

    /// There is room again at the client's end. Returns whether nothing is left to write.
    pub fn writable(&mut self, id: ClientId, now: u64) -> bool {
        let Some(client) =
            self.clients.get_mut(id.place).and_then(Option::as_mut).filter(|client| client.id == id)
        else {
            return true;
        };
        let delivery = client.catch_up(&self.directory, now, &mut self.counters);
        let done = !client.is_behind();
        self.settle(id, delivery, now);
        if done {
            self.request_snapshots(id);
        }
        done
    }

    /// Sends a control message.
    pub fn send(&mut self, id: ClientId, message: &ServerMessage, now: u64) {
        if let Some(client) = self.client(id) {
            let frame = client.framing.frame(encode_control(message).as_bytes());
            self.write(id, &frame, now);
        }
    }

    /// Sends bytes that are a frame already: the answer to a WebSocket ping.
    pub fn send_frame(&mut self, id: ClientId, frame: &Bytes, now: u64) {
        self.write(id, frame, now);
    }

    /// Ends a connection: what waits is given up, the reason is the last thing written.
    pub fn close(&mut self, id: ClientId, reason: CloseReason, now: u64) {
        let Some(client) = self.clients.get_mut(id.place).and_then(Option::as_mut) else { return };
        if client.id != id || client.closing {
            return;
        }
        if reason == CloseReason::Slow {
            self.counters.slow_closes += 1;
        }
        let delivery = client.close(reason, now, &mut self.counters);
        self.groups.leave(id.place, &mut self.clients);
        self.settle(id, delivery, now);
    }

    fn write(&mut self, id: ClientId, frame: &Bytes, now: u64) {
        let Some(client) = self.clients.get_mut(id.place).and_then(Option::as_mut) else { return };
        if client.id == id && !client.closing {
            let delivery = client.enqueue(frame, now, &mut self.counters);
            self.settle(id, delivery, now);
        }
    }

    /// Does what a delivery calls for beyond the client itself.
    fn settle(&mut self, id: ClientId, delivery: Delivery, now: u64) {
        match delivery {
            Delivery::Done => {}
            Delivery::Resnapshot => self.groups.regroup(id.place, &mut self.clients),
            Delivery::TooSlow => self.close(id, CloseReason::Slow, now),
            Delivery::Gone => self.disconnect(id),
        }
    }

    /// Asks for the next few snapshots that a client waits for, unless some are under way or it is behind.
    fn request_snapshots(&mut self, id: ClientId) {
        if let Some(streams) = self.client_mut(id).and_then(Client::next_snapshots) {
            self.requests.push(SnapshotRequest { client: id, streams });
        }
    }

    fn client(&self, id: ClientId) -> Option<&Client<O>> {
        self.clients.get(id.place)?.as_ref().filter(|client| client.id == id)
    }

    fn client_mut(&mut self, id: ClientId) -> Option<&mut Client<O>> {
        self.clients.get_mut(id.place)?.as_mut().filter(|client| client.id == id)
    }
}

#[cfg(test)]
mod tests;
