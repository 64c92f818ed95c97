//! A store is driven as the browser would drive it.

mod connection;
mod events;
mod history;
mod start;

use market::Decimal;
use protocol::{
    Channel, ClockMapping, Depth, Event, FeedInfo, FeedKind, Hello, Limits, Payload, Quote, ServerMessage,
    Ticker, encode_control, encode_event,
};

use serde_json::Value;

use super::*;
use crate::state::book::Proof;
use crate::state::fixture::{book_event, candle, named, status, trade};

const HEARTBEAT_MS: u64 = 1_000;

fn feed() -> FeedInfo {
    let clock = ClockMapping { speed: 1.0, anchor_ts: 0 };
    FeedInfo { kind: FeedKind::Simulated, label: "seed 1".into(), clock }
}

fn hello(epoch: &str) -> String {
    encode_control(&ServerMessage::Hello(Box::new(Hello {
        protocol: protocol::Encoding::Json.subprotocol().into(),
        session: "s".into(),
        epoch: epoch.into(),
        server_ts: 0,
        feed: feed(),
        flush_ms: 10,
        heartbeat_ms: HEARTBEAT_MS,
        replay_ms: 1,
        limits: Limits {
            subscriptions_max: 1,
            request_bytes_max: 1,
            requests_per_second: 1,
            request_streams_max: 4,
            connections_max: 1,
            connections_per_address_max: 1,
            handshake_ms_max: 1,
            idle_ms_max: 1,
            pending_trades_max: 1,
            pending_levels_max: 1,
            pending_events_max: 1,
            control_bytes_max: 1,
            send_buffer_bytes: 1,
            stall_ms_max: 1,
            rest_rows_max: 1,
        },
    })))
}

fn instruments(epoch: &str) -> Instruments {
    let instruments = ["A", "B"].map(|symbol| InstrumentInfo::from(&named(symbol))).to_vec();
    Instruments { epoch: epoch.into(), feed: feed(), instruments }
}

fn frame(event: &Event<'_>) -> String {
    let mut json = b"[".to_vec();
    encode_event(event, &mut json);
    json.push(b']');
    String::from_utf8(json).unwrap()
}

fn ticker<'a>(symbol: &'a str, seq: u64, prev_seq: u64, last: i128) -> Event<'a> {
    let ticker = Ticker { last: Some(Decimal::new(last, 2)), last_qty: None, quote: Quote::default() };
    Event { ch: Channel::Ticker, payload: Payload::Ticker(ticker), ..status(symbol, seq, prev_seq) }
}

/// A store with a connection, as the browser would drive it.
struct Desk {
    store: Store,
    now_us: u64,
}

impl Desk {
    /// Connected and subscribed to a market of A and B.
    fn live() -> Self {
        let mut desk = Self { store: Store::new(Interval::M1), now_us: 10 * SECOND };
        assert_eq!(desk.run(|store, now_us, out| store.connecting(now_us, out)), [Command::FetchInstruments]);
        desk.text(&hello("e1"));
        desk.run(|store, _, out| {
            store.set_instruments(instruments("e1"), None, out);
        });
        desk.text(r#"{"type":"subscribed","id":2,"streams":[],"errors":[]}"#);
        desk
    }

    fn run(&mut self, act: impl FnOnce(&mut Store, u64, &mut Vec<Command>)) -> Vec<Command> {
        let mut out = Vec::new();
        act(&mut self.store, self.now_us, &mut out);
        out
    }

    fn text(&mut self, text: &str) -> Vec<Command> {
        self.run(|store, now_us, out| store.on_text(text, now_us, out))
    }

    fn event(&mut self, event: &Event<'_>) -> Vec<Command> {
        self.text(&frame(event))
    }

    fn tick_after(&mut self, micros: u64) -> Vec<Command> {
        self.now_us += micros;
        self.run(|store, now_us, out| store.tick(now_us, out))
    }

    /// So many seconds of a connection that answers.
    fn seconds(&mut self, count: u64) -> Vec<Command> {
        let second = |_| {
            self.text(r#"{"type":"pong","id":9,"server_ts":1}"#);
            self.tick_after(SECOND)
        };
        (0..count).flat_map(second).collect()
    }
}

/// The operation and streams of a frame that goes out.
fn sent(command: &Command) -> (String, Vec<String>) {
    let Command::Send(text) = command else { panic!("{command:?} is not sent") };
    let request: Value = serde_json::from_str(text).unwrap();
    let streams = request["streams"].as_array().cloned().unwrap_or_default();
    let names = streams.iter().map(|name| name.as_str().unwrap().to_owned()).collect();
    (request["op"].as_str().unwrap().to_owned(), names)
}

/// The command that gets the latest candles.
fn latest(symbol: &str, interval: Interval) -> Command {
    Command::FetchCandles { symbol: symbol.into(), interval, count: HISTORY_CANDLES, end_ts: None }
}

fn sent_or_none(command: &Command) -> (String, Vec<String>) {
    if matches!(command, Command::Send(_)) { sent(command) } else { Default::default() }
}
