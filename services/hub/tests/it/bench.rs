//! A hub, its fan-out, and clients whose sockets take what the test says. Time passes when the test says.

use std::cell::{RefCell, RefMut};
use std::collections::HashMap;
use std::io;
use std::rc::Rc;
use std::sync::Arc;

use hub::{ClientId, Directory, Fanout, FanoutConfig, Framing, Hub, Outlet};
use market::{
    Bbo, Body, BookDelta, CandleSeries, Event, Instrument, InstrumentKind, LevelChange, Price, Qty, Seq,
    Side, Trade, Ts,
};
use protocol::{
    Broken, Channel, ClockMapping, CloseReason, FeedInfo, FeedKind, Follower, Frame, Hello, Limits,
    ServerMessage, decode_frame,
};

pub(crate) const PENDING_TRADES_MAX: usize = 10;
pub(crate) const PENDING_LEVELS_MAX: usize = 60;
pub(crate) const SUBSCRIPTIONS_MAX: usize = 30;
pub(crate) const REQUESTS_PER_SECOND: u32 = 20;
pub(crate) const STALL_MS_MAX: u64 = 30_000;
pub(crate) const HEARTBEAT_MS: u64 = 5_000;

const LIMITS: Limits = Limits {
    subscriptions_max: SUBSCRIPTIONS_MAX,
    request_bytes_max: 65_536,
    requests_per_second: REQUESTS_PER_SECOND,
    pending_trades_max: PENDING_TRADES_MAX,
    pending_levels_max: PENDING_LEVELS_MAX,
    pending_events_max: 20,
    control_bytes_max: 100_000,
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
        let config = FanoutConfig { limits: LIMITS, heartbeat_micros: HEARTBEAT_MS * 1_000 };
        let candles = symbols.iter().map(|_| CandleSeries::default()).collect();
        Self {
            hub: Hub::new(Arc::clone(&directory), candles, 50),
            fanout: Fanout::new(Arc::clone(&directory), config),
            clients: HashMap::new(),
            counts: vec![0; symbols.len()],
            directory,
            published: HashMap::new(),
            now: START,
        }
    }

    pub(crate) fn connect(&mut self) -> ClientId {
        let client = Rc::new(RefCell::new(Client {
            room: usize::MAX,
            bytes: Vec::new(),
            controls: Vec::new(),
            events: Vec::new(),
            follower: Follower::new(self.directory.instruments().to_vec()),
            broken: Vec::new(),
            closed: None,
            unread: Vec::new(),
        }));
        let id = self.fanout.connect(Wire(Rc::clone(&client)), Framing::WebSocket, &hello(), self.now);
        self.clients.insert(id, client);
        id
    }

    pub(crate) fn disconnect(&mut self, id: ClientId) {
        self.fanout.disconnect(id);
    }

    pub(crate) fn client(&self, id: ClientId) -> RefMut<'_, Client> {
        self.clients[&id].borrow_mut()
    }

    pub(crate) fn ask(&mut self, id: ClientId, text: &str) {
        self.fanout.request(id, text, self.now);
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
        self.answer();
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
                let snapshots: Vec<_> =
                    request.streams.iter().map(|stream| self.hub.snapshot(*stream)).collect();
                self.fanout.snapshots(request.client, &snapshots, self.now);
            }
        }
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
        protocol: protocol::SUBPROTOCOL_JSON.into(),
        session: "test".into(),
        epoch: "0".into(),
        server_ts: 0,
        feed: FeedInfo {
            kind: FeedKind::Simulated,
            label: "scripted".into(),
            clock: ClockMapping { speed: 1.0, anchor_ts: 0 },
        },
        flush_ms: 10,
        heartbeat_ms: HEARTBEAT_MS,
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
            if opcode == 0x81 {
                let text = String::from_utf8(payload).unwrap();
                match decode_frame(&text).unwrap_or_else(|error| panic!("{error}: {text}")) {
                    Frame::Control(control) => self.controls.push(*control),
                    Frame::Events(events) => {
                        for event in &events {
                            self.broken.extend(self.follower.take(event).err());
                            self.events.push(owned(event));
                        }
                    }
                }
            }
            self.unread.drain(..length);
        }
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
