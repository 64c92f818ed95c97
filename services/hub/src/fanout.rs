//! The fan-out: which client gets which bytes. One owner, no locks, no sockets, no clock: time comes in as an argument.
//!
//! Clients with the same set of streams form a group and share the bytes of each frame. A client that does not take its
//! bytes leaves the common path: what it misses is merged (see `pending`) until it reads again.

mod client;
mod delivery;
mod groups;
mod lanes;
mod requests;
mod starts;
#[cfg(test)]
mod tests;
mod upkeep;

use std::io;
use std::sync::Arc;

use bytes::Bytes;
use protocol::{CloseReason, Encoding, Limits, ServerMessage};

use self::client::{Client, Delivery};
use self::lanes::{Lanes, Membership};
use crate::{Directory, Framing, Origin, PendingSize, StreamId};

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

/// A wish for starts of streams, to be answered by [`Fanout::start`] in the order of the batches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StartRequest {
    /// Who wants them.
    pub client: ClientId,
    /// To be handed back with the answer.
    pub ticket: u32,
    /// How the client takes events.
    pub encoding: Encoding,
    /// Which streams, and where they are to start.
    pub wishes: Vec<(StreamId, Origin)>,
}

/// What the fan-out may spend on one client, and when it speaks without being asked.
#[derive(Clone, Debug)]
pub struct FanoutConfig {
    /// Names the source of the events: within one epoch a `seq` means the same event.
    pub epoch: String,
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
    /// Events merged into later ones because clients asked for fewer.
    pub paced_events: u64,
    /// Requests received.
    pub requests: u64,
    /// Requests refused, wholly or for one of their streams.
    pub refused_requests: u64,
    /// Connections closed by this side, by place in [`CloseReason::ALL`].
    pub closes: [u64; CloseReason::ALL.len()],
    /// Snapshots sent.
    pub snapshots: u64,
    /// Events sent again to clients that came back.
    pub resumed_events: u64,
    /// Streams of which clients lost steps, by place in [`protocol::DiscontinuityReason::ALL`].
    pub discontinuities: [u64; protocol::DiscontinuityReason::ALL.len()],
}

/// What is held for clients now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Load {
    /// Clients.
    pub clients: usize,
    /// Clients that did not take all that was written to them yet.
    pub behind: usize,
    /// Subscriptions.
    pub subscriptions: usize,
    /// Groups of clients that share their frames.
    pub groups: usize,
    /// Bytes of frames that wait for room.
    pub outbox_bytes: usize,
    /// The longest such queue of a client, in bytes.
    pub outbox_bytes_highest: usize,
    /// What was merged for clients that are behind.
    pub pending: PendingSize,
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
    lanes: Lanes,
    /// The `seq` of the latest event of each stream.
    high_water: Vec<u64>,
    latest: Clocks,
    requests: Vec<StartRequest>,
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
            lanes: Lanes::new(streams),
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
            self.leave_groups(id.place);
            self.lanes.0.iter_mut().filter_map(|lane| lane.stage.as_mut()).for_each(|stage| {
                stage.forget(id.place);
            });
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

    /// There is room again at the client's end. Returns whether nothing is left to write.
    pub fn writable(&mut self, id: ClientId, now: u64) -> bool {
        let Some(client) = find(&mut self.clients, id) else { return true };
        let delivery = client.catch_up(&self.directory, now, &mut self.counters);
        let done = !client.is_behind();
        self.settle(id, delivery, now);
        if done {
            self.request_starts(id);
        }
        done
    }

    /// Sends a control message.
    pub fn send(&mut self, id: ClientId, message: &ServerMessage, now: u64) {
        if let Some(client) = self.client(id) {
            let frame = client.framing.frame(&client.framing.encoding().encode_control(message));
            self.write(id, &frame, now);
        }
    }

    /// Sends bytes that are a frame already: the answer to a WebSocket ping.
    pub fn send_frame(&mut self, id: ClientId, frame: &Bytes, now: u64) {
        self.write(id, frame, now);
    }

    /// Ends a connection: what waits is given up, the reason is the last thing written.
    pub fn close(&mut self, id: ClientId, reason: CloseReason, now: u64) {
        let Some(client) = open(&mut self.clients, id) else { return };
        self.counters.closes[reason as usize] += 1;
        let delivery = client.close(reason, now, &mut self.counters);
        self.leave_groups(id.place);
        self.settle(id, delivery, now);
    }

    fn write(&mut self, id: ClientId, frame: &Bytes, now: u64) {
        let Some(client) = open(&mut self.clients, id) else { return };
        let delivery = client.enqueue(frame, now, &mut self.counters);
        self.settle(id, delivery, now);
    }

    /// Does what a delivery calls for beyond the client itself.
    fn settle(&mut self, id: ClientId, delivery: Delivery, now: u64) {
        match delivery {
            Delivery::Done => {}
            Delivery::Restart => self.regroup(id.place),
            Delivery::TooSlow => self.close(id, CloseReason::Slow, now),
            Delivery::Gone => self.disconnect(id),
        }
    }

    /// A client has a stream up to `seq`: the events after it follow.
    fn activate(&mut self, id: ClientId, stream: StreamId, seq: u64) {
        let Some(client) = self.client_mut(id) else { return };
        let rate = client.activate(stream);
        if let Some(stage) = self.lanes.stage_mut(rate) {
            stage.join(id.place, stream, seq);
        }
    }

    /// Puts a client into the groups of its active streams.
    fn regroup(&mut self, place: usize) {
        self.leave_groups(place);
        let Some(client) = &mut self.clients[place] else { return };
        let active = client.active_streams();
        for streams in active.chunk_by(|one, other| one.0 == other.0) {
            let rate = streams[0].0;
            let streams: Vec<StreamId> = streams.iter().map(|(_, stream)| *stream).collect();
            let membership = self.lanes.enter(place, client.framing, rate, &streams, self.high_water.len());
            client.memberships.push(membership);
        }
    }

    /// Takes a client out of its groups.
    fn leave_groups(&mut self, place: usize) {
        let Some(client) = &mut self.clients[place] else { return };
        for Membership { lane, seat } in std::mem::take(&mut client.memberships) {
            let Some(moved) = self.lanes.0[lane].groups.leave(seat) else { continue };
            let moved = self.clients[moved].as_mut().expect("members are connected");
            moved
                .memberships
                .iter_mut()
                .filter(|other| other.lane == lane)
                .for_each(|other| other.seat = seat);
        }
    }

    fn client(&self, id: ClientId) -> Option<&Client<O>> {
        self.clients.get(id.place)?.as_ref().filter(|client| client.id == id)
    }

    fn client_mut(&mut self, id: ClientId) -> Option<&mut Client<O>> {
        find(&mut self.clients, id)
    }
}

/// A client that is connected: of these alone, so that what else the fan-out has stays free.
fn find<O>(clients: &mut [Option<Client<O>>], id: ClientId) -> Option<&mut Client<O>> {
    clients.get_mut(id.place)?.as_mut().filter(|client| client.id == id)
}

/// The same, if it is not being closed: something may be written to it.
fn open<O>(clients: &mut [Option<Client<O>>], id: ClientId) -> Option<&mut Client<O>> {
    find(clients, id).filter(|client| !client.closing)
}
