//! A hub, its fan-out, and clients whose sockets take what the test says. Time passes when the test says.

use std::cell::{RefCell, RefMut};
use std::collections::{HashMap, HashSet};
use std::io;
use std::rc::Rc;
use std::sync::Arc;

use hub::{
    Answer, Answers, ClientId, Directory, Fanout, FanoutConfig, Framing, Hub, HubConfig, Outlet, WindowConfig,
};
use market::{
    Bbo, Body, BookDelta, CandleSeries, Event, Instrument, InstrumentKind, LevelChange, Price, Qty, Seq,
    Side, Trade, Ts,
};
use protocol::{
    Broken, Channel, ClockMapping, CloseReason, Encoding, FeedInfo, FeedKind, Follower, Frame, Hello, Limits,
    ServerMessage, StreamName,
};

pub(crate) const PENDING_TRADES_MAX: usize = 10;
pub(crate) const PENDING_EVENTS_MAX: usize = 20;
pub(crate) const PENDING_LEVELS_MAX: usize = 110;
pub(crate) const SUBSCRIPTIONS_MAX: usize = 30;
pub(crate) const REQUESTS_PER_SECOND: u32 = 20;
pub(crate) const CONTROL_BYTES_MAX: usize = 4_000;
pub(crate) const STALL_MS_MAX: u64 = 30_000;
pub(crate) const HEARTBEAT_MS: u64 = 5_000;
pub(crate) const WINDOW_MS: u64 = 2_000;
pub(crate) const EPOCH: &str = "e";

const LIMITS: Limits = Limits {
    subscriptions_max: SUBSCRIPTIONS_MAX,
    request_bytes_max: 65_536,
    requests_per_second: REQUESTS_PER_SECOND,
    request_streams_max: 40,
    connections_max: 1_000,
    connections_per_address_max: 1_000,
    handshake_ms_max: 10_000,
    idle_ms_max: 3_600_000,
    pending_trades_max: PENDING_TRADES_MAX,
    pending_levels_max: PENDING_LEVELS_MAX,
    pending_events_max: PENDING_EVENTS_MAX,
    control_bytes_max: CONTROL_BYTES_MAX,
    send_buffer_bytes: 4_096,
    stall_ms_max: STALL_MS_MAX,
    rest_rows_max: 1,
};
const START: u64 = 10 * 300_000_000;

/// The other end of a client's connection.
#[derive(Debug)]
pub(crate) struct Client {
    /// How many bytes its socket still takes.
    pub(crate) room: usize,
    /// All bytes it took.
    pub(crate) bytes: Vec<u8>,
    pub(crate) controls: Vec<ServerMessage>,
    pub(crate) events: Vec<protocol::Event<'static>>,
    pub(crate) follower: Follower,
    pub(crate) broken: Vec<Broken>,
    pub(crate) closed: Option<CloseReason>,
    /// Snapshots that came without being asked for, and without a word.
    pub(crate) unannounced: Vec<StreamName>,
    /// Streams whose snapshot is asked for or announced.
    expected: HashSet<StreamName>,
    encoding: Encoding,
    unread: Vec<u8>,
}

struct Wire(Rc<RefCell<Client>>);

pub(crate) struct Bench {
    hub: Hub,
    fanout: Fanout<Wire>,
    clients: HashMap<ClientId, Rc<RefCell<Client>>>,
    directory: Arc<Directory>,
    published: HashMap<(Channel, String), Vec<u64>>,
    counts: Vec<u64>,
    answers: Answers,
    now: u64,
}

/// What is to happen: a symbol and a body.
pub(crate) type Happening = (String, Body);

pub(crate) fn trade(symbol: &str, price: i64, qty: u64) -> Happening {
    (symbol.into(), Body::Trade(Trade { price: Price(price), qty: Qty(qty), taker: Side::Buy }))
}

pub(crate) fn book(symbol: &str, side: Side, price: i64, qty: u64) -> Happening {
    let mut delta = BookDelta::default();
    delta.levels.push(LevelChange { side, price: Price(price), qty: Qty(qty) });
    (symbol.into(), Body::Book(delta))
}

impl Bench {
    pub(crate) fn new(symbols: &[&str]) -> Self {
        let instruments: Vec<Instrument> = symbols.iter().map(|symbol| instrument(symbol)).collect();
        let directory = Arc::new(Directory::new(instruments));
        let config =
            FanoutConfig { epoch: EPOCH.into(), limits: LIMITS, heartbeat_micros: HEARTBEAT_MS * 1_000 };
        let window = WindowConfig { micros: WINDOW_MS * 1_000, bytes_max: 1 << 20 };
        let candles = symbols.iter().map(|_| CandleSeries::default()).collect();
        Self {
            hub: Hub::new(Arc::clone(&directory), candles, HubConfig { trades_recent: 50, window }),
            fanout: Fanout::new(Arc::clone(&directory), config),
            clients: HashMap::new(),
            counts: vec![0; symbols.len()],
            directory,
            published: HashMap::new(),
            answers: Answers::new(CONTROL_BYTES_MAX),
            now: START,
        }
    }

    pub(crate) fn connect(&mut self) -> ClientId {
        self.connect_as(Encoding::Json)
    }

    pub(crate) fn connect_as(&mut self, encoding: Encoding) -> ClientId {
        self.admit(Client {
            room: usize::MAX,
            bytes: Vec::new(),
            controls: Vec::new(),
            events: Vec::new(),
            follower: Follower::new(self.directory.instruments().to_vec()),
            broken: Vec::new(),
            closed: None,
            unannounced: Vec::new(),
            expected: HashSet::new(),
            encoding,
            unread: Vec::new(),
        })
    }

    fn admit(&mut self, client: Client) -> ClientId {
        let framing = Framing::WebSocket(client.encoding);
        let client = Rc::new(RefCell::new(client));
        let id = self.fanout.connect(Wire(Rc::clone(&client)), framing, &hello(), self.now);
        self.clients.insert(id, client);
        id
    }

    pub(crate) fn disconnect(&mut self, id: ClientId) {
        self.fanout.disconnect(id);
    }

    /// The client's connection breaks, and it comes back with all that it knows.
    pub(crate) fn reconnect(&mut self, id: ClientId) -> ClientId {
        let client = self.take(id);
        self.admit_back(client)
    }

    /// The client's connection breaks.
    pub(crate) fn take(&mut self, id: ClientId) -> Client {
        self.fanout.disconnect(id);
        let wire = self.clients.remove(&id).expect("it was connected");
        Rc::into_inner(wire).expect("its connection is gone").into_inner()
    }

    /// A client that was here, or elsewhere, comes back.
    pub(crate) fn admit_back(&mut self, client: Client) -> ClientId {
        self.admit(Client {
            room: usize::MAX,
            closed: None,
            controls: Vec::new(),
            expected: HashSet::new(),
            unread: Vec::new(),
            ..client
        })
    }

    /// The `resume` of all that the client knows.
    pub(crate) fn resume(&mut self, id: ClientId, epoch: &str) {
        let marks: Vec<(String, u64)> = self
            .client(id)
            .follower
            .streams()
            .filter_map(|(name, followed)| Some((name.to_string(), followed.chain.seq()?)))
            .collect();
        if !marks.is_empty() {
            let seqs: HashMap<String, u64> = marks.into_iter().collect();
            let seqs = serde_json::to_string(&seqs).unwrap();
            self.ask(id, &format!(r#"{{"op":"resume","epoch":"{epoch}","seqs":{seqs}}}"#));
        }
    }

    pub(crate) fn client(&self, id: ClientId) -> RefMut<'_, Client> {
        self.clients[&id].borrow_mut()
    }

    /// Asks what the JSON says, in the client's encoding.
    pub(crate) fn ask(&mut self, id: ClientId, text: &str) {
        let encoding = self.client(id).encoding;
        let frame = match protocol::Request::parse(text) {
            Ok(request) if !encoding.is_text() => encoding.encode_request(&request),
            _ => text.as_bytes().to_vec(),
        };
        self.fanout.request(id, &frame, self.now);
        self.answer();
    }

    /// The client's socket has room again.
    pub(crate) fn writable(&mut self, id: ClientId) {
        self.fanout.writable(id, self.now);
        self.answer();
    }

    /// Each happening is a step of its own; all are one flush.
    pub(crate) fn publish(&mut self, happenings: Vec<Happening>) {
        self.now += 10_000;
        let events: Vec<Event> = happenings.into_iter().map(|happening| self.event(happening)).collect();
        let batch = self.hub.publish(&events, self.now);
        for item in batch.items() {
            let name = self.directory.name(item.stream);
            self.published.entry((name.channel, name.symbol)).or_default().push(item.seq);
        }
        self.fanout.flush(&[Arc::new(batch)], self.now);
        self.answer_late();
    }

    /// Market time passes to the next full second, tick by tick.
    pub(crate) fn tick_until_the_next_second(&mut self, symbol: &str) {
        let end = (self.now / 1_000_000 + 1) * 1_000_000;
        while self.now < end {
            self.now = (self.now / market::TICK_MICROS + 1) * market::TICK_MICROS - 10_000;
            self.publish(vec![(symbol.into(), Body::Tick)]);
        }
    }

    /// How many events a stream had so far.
    pub(crate) fn published(&self, channel: Channel, symbol: &str) -> u64 {
        self.log(channel, symbol).len() as u64
    }

    /// The `seq` of every event that a stream had so far.
    pub(crate) fn log(&self, channel: Channel, symbol: &str) -> Vec<u64> {
        self.published.get(&(channel, symbol.to_owned())).cloned().unwrap_or_default()
    }

    pub(crate) fn pass(&mut self, ms: u64) {
        self.now += ms * 1_000;
        self.fanout.tick(self.now);
        self.answer();
    }

    pub(crate) fn drain(&mut self, spread_ms: u64) {
        self.fanout.drain(self.now, spread_ms * 1_000);
    }

    fn event(&mut self, (symbol, body): Happening) -> Event {
        let instrument = self.directory.find(&symbol).unwrap();
        let count = &mut self.counts[instrument.index()];
        *count += 1;
        Event { instrument, seq: Seq::new(10, *count), ts: Ts(self.now), step_end: true, body }
    }

    fn answer(&mut self) {
        loop {
            let requests = self.fanout.take_requests();
            if requests.is_empty() {
                return;
            }
            for request in requests {
                let answer = self.answers.answer(&mut self.hub, 0, request, self.now);
                self.hand_over(&answer);
            }
        }
    }

    fn answer_late(&mut self) {
        for answer in self.answers.late(&mut self.hub, self.now) {
            self.hand_over(&answer);
        }
        self.answer();
    }

    fn hand_over(&mut self, Answer { client, ticket, starts, .. }: &Answer) {
        self.fanout.start(*client, *ticket, starts, &[], self.now);
    }
}

/// A quote as a body, for tests that want one.
pub(crate) fn bbo(symbol: &str, bid: i64, ask: i64) -> Happening {
    let level = |price| Some(market::Level { price: Price(price), qty: Qty(1) });
    (symbol.into(), Body::Bbo(Bbo { bid: level(bid), ask: level(ask) }))
}

fn instrument(symbol: &str) -> Instrument {
    Instrument {
        symbol: symbol.into(),
        kind: InstrumentKind::Crypto,
        tick_size: "0.01".parse().unwrap(),
        lot_size: "1".parse().unwrap(),
    }
}

fn hello() -> ServerMessage {
    ServerMessage::Hello(Box::new(Hello {
        protocol: Encoding::Json.subprotocol().into(),
        session: "test".into(),
        epoch: EPOCH.into(),
        server_ts: 0,
        feed: FeedInfo {
            kind: FeedKind::Simulated,
            label: "scripted".into(),
            clock: ClockMapping { speed: 1.0, anchor_ts: 0 },
        },
        flush_ms: 10,
        heartbeat_ms: HEARTBEAT_MS,
        replay_ms: WINDOW_MS,
        limits: LIMITS,
    }))
}

impl Outlet for Wire {
    fn try_write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut client = self.0.borrow_mut();
        let taken = bytes.len().min(client.room);
        if client.room != usize::MAX {
            client.room -= taken;
        }
        client.bytes.extend_from_slice(&bytes[..taken]);
        client.unread.extend_from_slice(&bytes[..taken]);
        client.read();
        Ok(taken)
    }

    fn blocked(&mut self) {}

    fn closing(&mut self, reason: CloseReason) {
        self.0.borrow_mut().closed = Some(reason);
    }
}

impl Client {
    fn read(&mut self) {
        while let Some((opcode, payload, length)) = unframe(&self.unread) {
            if opcode == if self.encoding.is_text() { 0x81 } else { 0x82 } {
                match self.encoding.decode_frame(&payload).unwrap() {
                    Frame::Control(control) => self.hear(*control),
                    Frame::Events(events) => events.iter().for_each(|event| self.take(event)),
                }
            } else {
                assert_eq!(opcode, 0x88, "a close, and nothing but the negotiated kind of frames");
            }
            self.unread.drain(..length);
        }
    }

    fn hear(&mut self, control: ServerMessage) {
        match &control {
            ServerMessage::Subscribed { streams, .. }
            | ServerMessage::Resynced { streams, .. }
            | ServerMessage::Discontinuity { streams, .. } => self.expected.extend(streams.iter().cloned()),
            ServerMessage::Unsubscribed { streams, .. } => {
                streams.iter().for_each(|stream| self.follower.forget(stream));
            }
            ServerMessage::Heartbeat { seqs, .. } => {
                let behind = self.follower.behind(seqs);
                self.broken.extend(behind);
            }
            _ => {}
        }
        self.controls.push(control);
    }

    fn take(&mut self, event: &protocol::Event<'_>) {
        let stream = StreamName { channel: event.ch, symbol: event.sym.to_string() };
        if event.snapshot && !self.expected.remove(&stream) {
            self.unannounced.push(stream);
        }
        self.broken.extend(self.follower.take(event).err());
        self.events.push(owned(event));
    }
}

fn owned(event: &protocol::Event<'_>) -> protocol::Event<'static> {
    let protocol::Event { ch, sym, seq, prev_seq, ts, snapshot, conflated, payload } = event.clone();
    protocol::Event { ch, sym: sym.into_owned().into(), seq, prev_seq, ts, snapshot, conflated, payload }
}

/// The first whole frame: opcode byte, payload, and its length on the wire.
fn unframe(bytes: &[u8]) -> Option<(u8, Vec<u8>, usize)> {
    let (header, length) = match *bytes.get(1)? {
        126 => (4, usize::from(u16::from_be_bytes(bytes.get(2..4)?.try_into().unwrap()))),
        127 => (10, usize::try_from(u64::from_be_bytes(bytes.get(2..10)?.try_into().unwrap())).unwrap()),
        short => (2, usize::from(short)),
    };
    let payload = bytes.get(header..header + length)?.to_vec();
    Some((bytes[0], payload, header + length))
}
