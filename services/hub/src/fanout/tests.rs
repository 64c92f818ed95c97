//! What needs no hub and no events: the ends of clients, and heartbeats.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::*;

const JSON: Framing = Framing::WebSocket(protocol::Encoding::Json);

/// Takes everything, or is gone.
#[derive(Clone, Default)]
struct Taker {
    is_gone: bool,
    bytes: Rc<RefCell<Vec<u8>>>,
    closing: Rc<Cell<Option<CloseReason>>>,
}

impl Outlet for Taker {
    fn try_write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.is_gone {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        self.bytes.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn blocked(&mut self) {}

    fn closing(&mut self, reason: CloseReason) {
        self.closing.set(Some(reason));
    }
}

fn fanout() -> Fanout<Taker> {
    let limits = Limits {
        subscriptions_max: 1,
        request_bytes_max: 1,
        requests_per_second: 1,
        request_streams_max: 1,
        connections_max: 1,
        connections_per_address_max: 1,
        handshake_ms_max: 1,
        idle_ms_max: 60_000,
        pending_trades_max: 1,
        pending_levels_max: 1,
        pending_events_max: 1,
        control_bytes_max: 1,
        send_buffer_bytes: 1,
        stall_ms_max: 1,
        rest_rows_max: 1,
    };
    let config = FanoutConfig { epoch: String::new(), limits, heartbeat_micros: 100 };
    Fanout::new(Arc::new(Directory::new(Vec::new())), config)
}

fn connect(fanout: &mut Fanout<Taker>, framing: Framing, now: u64) -> Taker {
    let taker = Taker::default();
    let hello = ServerMessage::Pong { id: None, client_ts: None, server_ts: 0 };
    fanout.connect(taker.clone(), framing, &hello, now);
    taker
}

#[test]
fn heartbeats_are_shared_within_a_framing_only() {
    let mut fanout = fanout();
    let framings = [JSON, Framing::ServerSentEvents, JSON];
    let takers = framings.map(|framing| connect(&mut fanout, framing, 0));
    takers.iter().for_each(|taker| taker.bytes.borrow_mut().clear());
    fanout.tick(100);
    let [first, second, third] = takers.map(|taker| taker.bytes.take());
    assert!(first.starts_with(&[0x81]) && second.starts_with(b"data: {"), "{second:?}");
    assert_eq!(first, third);
}

#[test]
fn who_comes_during_a_drain_is_sent_away_with_the_others() {
    let mut fanout = fanout();
    fanout.drain(1_000, 50_000);
    let late = connect(&mut fanout, JSON, 31_000);
    let told = String::from_utf8_lossy(&late.bytes.take()).into_owned();
    assert!(told.contains(r#""deadline_ts":51000,"reconnect_after_ms":20"#), "{told}");
    fanout.tick(50_999);
    assert_eq!(late.closing.get(), None);
    fanout.tick(51_000);
    assert_eq!(late.closing.get(), Some(CloseReason::Draining));
}

#[test]
fn who_comes_after_the_end_is_told_so() {
    let mut fanout = fanout();
    fanout.end(0);
    assert_eq!(connect(&mut fanout, JSON, 1).closing.get(), Some(CloseReason::FeedEnded));
}

#[test]
fn who_wants_nothing_is_closed_as_idle() {
    let mut fanout = fanout();
    let idler = connect(&mut fanout, JSON, 0);
    fanout.tick(59_999_999);
    assert_eq!(idler.closing.get(), None);
    fanout.tick(60_000_000);
    assert_eq!(idler.closing.get(), Some(CloseReason::Idle));
}

#[test]
fn who_is_gone_before_its_hello_subscribes_nothing() {
    let mut fanout = fanout();
    let taker = Taker { is_gone: true, ..Taker::default() };
    let hello = ServerMessage::Pong { id: None, client_ts: None, server_ts: 0 };
    let id = fanout.connect(taker, JSON, &hello, 0);
    assert_eq!(fanout.connected(), 0);
    fanout.subscribe(id, &protocol::Op::subscribe_list("ticker:*"), 0);
    assert_eq!(fanout.take_requests(), []);
}
