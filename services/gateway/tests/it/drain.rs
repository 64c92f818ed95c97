//! SIGTERM, and proxies that end.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use protocol::ServerMessage;
use testkit::{Connection, EventStream, Process, TestClient, get};

use crate::{METRONOME, TICKWIRE};

const CLIENTS: usize = 50;

#[tokio::test]
async fn each_client_is_told_and_closed_in_its_turn() {
    let settings = [
        ("TICKWIRE_DRAIN__PAUSE_MS", "0"),
        ("TICKWIRE_DRAIN__SPREAD_MS", "2000"),
        ("TICKWIRE_STREAM__SHARDS", "1"),
    ];
    let process = Process::serve(TICKWIRE, &[], &[METRONOME, &settings].concat()).await;
    let mut clients = Vec::new();
    for _ in 0..CLIENTS {
        clients.push(TestClient::connect(process.address, "?subscribe=ticker:SYM000-USD").await);
    }
    process.terminate().await;
    let asked = Instant::now();
    let tasks: Vec<_> = clients.into_iter().map(|client| tokio::spawn(see_off(client))).collect();
    let (mut pauses, mut closes) = (BTreeSet::new(), Vec::new());
    for task in tasks {
        let (reconnect_after_ms, closed) = task.await.unwrap();
        pauses.insert(reconnect_after_ms);
        closes.push(closed);
    }
    assert_eq!(pauses.len(), CLIENTS, "{pauses:?}");
    assert_eq!(pauses.last(), Some(&2_000));
    let spread = *closes.iter().max().unwrap() - *closes.iter().min().unwrap();
    assert!(spread > Duration::from_millis(1_000), "all closed within {spread:?}");
    let ended = process.ended().await;
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(asked.elapsed() < Duration::from_secs(15), "{:?}", asked.elapsed());
}

async fn see_off(mut client: TestClient) -> (u64, Instant) {
    let told =
        client.next_control("draining", |message| matches!(message, ServerMessage::Draining { .. })).await;
    let ServerMessage::Draining { reconnect_after_ms, deadline_ts } = told else { panic!("{told:?}") };
    assert!(deadline_ts > client.hello.server_ts);
    assert_eq!(client.closed().await, (1012, "draining: reconnect".into()));
    let closed = Instant::now();
    client.assert_whole();
    client.close().await;
    (reconnect_after_ms, closed)
}

/// Who does not answer its close is not waited for beyond the deadline.
#[tokio::test]
async fn the_deadline_holds() {
    let settings = [
        ("TICKWIRE_DRAIN__PAUSE_MS", "0"),
        ("TICKWIRE_DRAIN__SPREAD_MS", "0"),
        ("TICKWIRE_DRAIN__DEADLINE_MS", "1000"),
    ];
    let process = Process::serve(TICKWIRE, &[], &[METRONOME, &settings].concat()).await;
    let _silent = TestClient::connect(process.address, "?subscribe=ticker:*").await;
    process.terminate().await;
    let ended = process.ended().await;
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(ended.stderr.contains("clients.left=1"), "{}", ended.stderr);
}

#[tokio::test]
async fn a_second_signal_ends_at_once() {
    let settings = [("TICKWIRE_DRAIN__PAUSE_MS", "60000"), ("TICKWIRE_DRAIN__DEADLINE_MS", "120000")];
    let process = Process::serve(TICKWIRE, &[], &[METRONOME, &settings].concat()).await;
    process.terminate().await;
    testkit::eventually("draining", async || process.log().contains("draining").then_some(())).await;
    process.terminate().await;
    assert_eq!(process.ended().await.code, Some(130));
}

const PROXIES: (&str, &str) = ("TICKWIRE_HTTP__TRUSTED_PROXIES", "127.0.0.1,127.0.0.2");

/// `POST /leave` from an address of this machine; the status of the answer.
async fn leave(process: &Process, source: &str, headers: &str) -> u16 {
    let mut proxy = Connection::open_from(source.parse().unwrap(), process.address).await;
    proxy.send(format!("POST /leave HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n{headers}\r\n")).await;
    proxy.answer().await.status
}

#[tokio::test]
async fn a_proxy_that_ends_has_its_clients_told_and_no_others() {
    let settings = [PROXIES, ("TICKWIRE_DRAIN__SPREAD_MS", "0")];
    let process = Process::serve(TICKWIRE, &[], &[METRONOME, &settings].concat()).await;
    let mut client = TestClient::connect(process.address, "?subscribe=ticker:SYM000-USD").await;
    let mut stream = EventStream::open(process.address, "ticker:SYM001-USD").await;
    assert_eq!(leave(&process, "127.0.0.2", "").await, 202);
    client.next_events().await;
    let pong = client.ask(serde_json::json!({"op": "ping"})).await;
    assert!(matches!(pong, ServerMessage::Pong { .. }), "another proxy's clients go on: {pong:?}");
    assert_eq!(leave(&process, "127.0.0.1", "").await, 202);
    see_off(client).await;
    while !matches!(stream.next_control().await, ServerMessage::Draining { .. }) {}
    let mut later = TestClient::connect(process.address, "?subscribe=ticker:SYM000-USD").await;
    later.next_events().await;
    let pong = later.ask(serde_json::json!({"op": "ping"})).await;
    assert!(matches!(pong, ServerMessage::Pong { .. }), "who comes later stays: {pong:?}");
}

#[tokio::test]
async fn nobody_but_a_trusted_proxy_itself_sends_clients_away() {
    let process = Process::serve(TICKWIRE, &[], &[METRONOME, &[PROXIES]].concat()).await;
    let mut client = TestClient::connect(process.address, "?subscribe=ticker:SYM000-USD").await;
    assert_eq!(leave(&process, "127.0.0.3", "").await, 404);
    for forwarded in ["X-Forwarded-For: 127.0.0.1", "Forwarded: for=a", "X-Real-IP: 127.0.0.1", "Via: 1.1 a"]
    {
        assert_eq!(leave(&process, "127.0.0.1", &format!("{forwarded}\r\n")).await, 404, "{forwarded}");
    }
    assert_eq!(get(process.address, "/leave").await.status, 405);
    client.next_events().await;
    let pong = client.ask(serde_json::json!({"op": "ping"})).await;
    assert!(matches!(pong, ServerMessage::Pong { .. }), "{pong:?}");
}
