//! Against a server that says what a test wants it to: refusals, faults and closes that the real one avoids.

use std::io::Write;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::WebSocketStream;
use tungstenite::Message;
use tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tungstenite::protocol::CloseFrame;

use super::*;

const HELLO: &str = r#"{"type":"hello","protocol":"tickwire.v1.json","session":"s","epoch":"e","server_ts":1,"feed":{"kind":"simulated","label":"a test","clock":{"speed":1.0,"anchor_ts":0}},"flush_ms":0,"heartbeat_ms":5000,"replay_ms":1,"limits":{"subscriptions_max":1,"request_bytes_max":1,"requests_per_second":1,"request_streams_max":1,"connections_max":1,"connections_per_address_max":1,"handshake_ms_max":1,"idle_ms_max":1,"pending_trades_max":1,"pending_levels_max":1,"pending_events_max":1,"control_bytes_max":1,"send_buffer_bytes":1,"stall_ms_max":1,"rest_rows_max":1}}"#;
const LIST: &str = r#"{"type":"list","channels":[],"instruments":[],"subscriptions":[]}"#;
const SUBSCRIBED: &str = r#"{"type":"subscribed","streams":["bbo:A"],"errors":[{"stream":"bbo:B","code":"unknown_symbol","message":"no such symbol","retryable":false}]}"#;
const EVENT_1: &str =
    r#"{"ch":"bbo","sym":"A","seq":1,"prev_seq":0,"ts":1,"snapshot":true, "bid":"1.0","bid_qty":"2"}"#;
const EVENT_2: &str = r#"{"ch":"bbo","sym":"A","seq":2,"prev_seq":1,"ts":2}"#;
const EVENT_9: &str = r#"{"ch":"bbo","sym":"A","seq":9,"prev_seq":8,"ts":2}"#;

/// What the server does with a connection.
struct Script {
    frames: Vec<String>,
    /// With which code it closes, if it does.
    close: Option<u16>,
}

fn script(frames: &[&str], close: impl Into<Option<u16>>) -> Script {
    Script { frames: frames.iter().map(ToString::to_string).collect(), close: close.into() }
}

/// What came of it: exit, stdout, stderr, requests.
async fn tail(scripts: Vec<Script>, count: Option<u64>) -> (Exit, String, String, Vec<String>) {
    let (mut out, mut notes) = (Vec::new(), Vec::new());
    let (exit, requests) = tail_into(&mut out, &mut notes, scripts, count, &CancellationToken::new()).await;
    (exit, String::from_utf8(out).unwrap(), String::from_utf8(notes).unwrap(), requests)
}

async fn tail_into(
    out: &mut dyn Write,
    notes: &mut dyn Write,
    scripts: Vec<Script>,
    count: Option<u64>,
    stop: &CancellationToken,
) -> (Exit, Vec<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}/ws", listener.local_addr().unwrap());
    let server = tokio::spawn(serve(listener, scripts));
    let flags = TailFlags { streams: vec!["bbo:*".into()], url, json: true, count };
    let follow = follow(&flags, Printer::new(out, notes, &flags, false), stop);
    let exit = tokio::time::timeout(Duration::from_secs(20), follow).await.expect("it ends");
    (exit, server.await.unwrap())
}

async fn serve(listener: TcpListener, scripts: Vec<Script>) -> Vec<String> {
    let mut requests = Vec::new();
    for script in scripts {
        let (socket, _) = listener.accept().await.unwrap();
        let mut socket = tokio_tungstenite::accept_hdr_async(socket, choose_protocol).await.unwrap();
        for frame in script.frames {
            socket.send(Message::text(frame)).await.unwrap();
        }
        if let Some(code) = script.close {
            let reason = CloseFrame { code: code.into(), reason: "said the test".into() };
            socket.close(Some(reason)).await.unwrap();
        }
        requests.extend(read_all(socket).await);
    }
    requests
}

async fn read_all(mut socket: WebSocketStream<TcpStream>) -> Vec<String> {
    let mut texts = Vec::new();
    while let Some(Ok(message)) = socket.next().await {
        match message {
            Message::Text(text) => texts.push(text.to_string()),
            Message::Close(_) => texts.push("closed".to_owned()),
            _ => {}
        }
    }
    texts
}

#[allow(clippy::result_large_err, clippy::unnecessary_wraps, reason = "the signature is tungstenite's")]
fn choose_protocol(request: &Request, mut response: Response) -> Result<Response, ErrorResponse> {
    let asked = request.headers()["sec-websocket-protocol"].clone();
    response.headers_mut().insert("sec-websocket-protocol", asked);
    Ok(response)
}

#[tokio::test]
async fn events_are_printed_as_they_came_until_the_feed_ends() {
    let frame = format!("[{EVENT_1},{EVENT_2}]");
    let (exit, out, notes, requests) =
        tail(vec![script(&[HELLO, LIST, SUBSCRIBED, &frame], 4410)], None).await;
    assert_eq!((exit, out), (Exit::Ok, format!("{EVENT_1}\n{EVENT_2}\n")));
    assert!(notes.contains("connected: a test") && notes.contains("bbo:B: no such symbol"), "{notes}");
    assert_eq!(
        requests,
        [
            r#"{"op":"list","id":"list"}"#,
            r#"{"op":"subscribe","id":"subscribe","streams":["bbo:*"]}"#,
            "closed"
        ]
    );
}

#[tokio::test]
async fn a_draining_server_is_connected_to_again_and_its_streams_go_on() {
    let (first, second) = (format!("[{EVENT_1}]"), format!("[{EVENT_2}]"));
    let draining = r#"{"type":"draining","deadline_ts":1,"reconnect_after_ms":3}"#;
    let resumed = r#"{"type":"resumed","streams":["bbo:A"],"errors":[]}"#;
    let lost = r#"{"type":"discontinuity","reason":"too_old","streams":["bbo:C"]}"#;
    let scripts = vec![
        script(&[HELLO, LIST, SUBSCRIBED, &first, draining], 1012),
        script(&[HELLO, LIST, resumed, SUBSCRIBED, &second, lost], 4429),
    ];
    let (exit, out, notes, requests) = tail(scripts, None).await;
    assert_eq!((exit, out), (Exit::Failed, format!("{EVENT_1}\n{EVENT_2}\n")), "{notes}");
    assert!(notes.contains("1012 said the test\ntickwire: connecting again in 3 ms"), "{notes}");
    assert!(notes.contains("discontinuity (too_old): bbo:C"), "{notes}");
    assert!(notes.ends_with("4429 said the test\n") && !notes.contains("BROKEN"), "{notes}");
    assert_eq!(requests[4], r#"{"op":"resume","id":"resume","epoch":"e","seqs":{"bbo:A":1}}"#);
}

#[tokio::test]
async fn a_server_that_does_not_say_hello_is_none() {
    let (exit, _, notes, _) = tail(vec![script(&[LIST], None)], None).await;
    assert_eq!(exit, Exit::Failed);
    assert!(notes.contains("did not begin with `hello`"), "{notes}");
}

#[tokio::test]
async fn a_gap_is_told_and_repaired_and_decides_the_exit_code() {
    let frame = format!("[{EVENT_1},{EVENT_9}]");
    let (exit, out, notes, requests) =
        tail(vec![script(&[HELLO, LIST, SUBSCRIBED, &frame], 4410)], None).await;
    assert_eq!((exit, out), (Exit::Failed, format!("{EVENT_1}\n{EVENT_9}\n")));
    assert!(notes.contains("BROKEN bbo:A: event 9 follows 8"), "{notes}");
    assert_eq!(requests[2], r#"{"op":"resync","id":"resync","streams":["bbo:A"]}"#);
}

#[tokio::test]
async fn the_last_event_counted_is_verified_too() {
    let frame = format!("[{EVENT_1},{EVENT_9}]");
    let (exit, _, notes, _) = tail(vec![script(&[HELLO, LIST, SUBSCRIBED, &frame], None)], Some(2)).await;
    assert_eq!(exit, Exit::Failed, "{notes}");
}

#[tokio::test]
async fn a_count_is_kept() {
    let frame = format!("[{EVENT_1},{EVENT_2}]");
    let (exit, out, _, requests) =
        tail(vec![script(&[HELLO, LIST, SUBSCRIBED, &frame], None)], Some(1)).await;
    assert_eq!((exit, out), (Exit::Ok, format!("{EVENT_1}\n")));
    assert_eq!(requests.last().unwrap(), "closed");
}

/// Stops when something is said.
struct StopAtFirstNote(CancellationToken);

impl Write for StopAtFirstNote {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.cancel();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn ctrl_c_closes_the_connection() {
    let stop = CancellationToken::new();
    let (mut out, mut notes) = (Vec::new(), StopAtFirstNote(stop.clone()));
    let (exit, requests) =
        tail_into(&mut out, &mut notes, vec![script(&[HELLO, LIST], None)], None, &stop).await;
    assert_eq!(exit, Exit::Ok);
    assert_eq!(requests.last().unwrap(), "closed");
}

#[tokio::test]
async fn a_reader_that_has_gone_ends_it() {
    let (reader, mut out) = io::pipe().unwrap();
    drop(reader);
    let scripts = vec![script(&[HELLO, LIST, SUBSCRIBED, &format!("[{EVENT_1}]")], None)];
    let (exit, _) = tail_into(&mut out, &mut Vec::new(), scripts, None, &CancellationToken::new()).await;
    assert_eq!(exit, Exit::Ok);
}

#[tokio::test]
async fn what_cannot_be_helped_ends_it() {
    for (url, expected, said) in [
        ("nonsense", Exit::Usage, "expected an address such as ws://"),
        ("http://127.0.0.1:1/", Exit::Usage, "expected an address such as ws://"),
        ("wss://127.0.0.1:1/", Exit::Usage, "only ws:// is spoken, without TLS"),
        ("ws://127.0.0.1:1/ws", Exit::Failed, "cannot connect"),
    ] {
        let flags = TailFlags { streams: vec!["bbo:*".into()], url: url.into(), json: false, count: None };
        let (mut out, mut notes) = (Vec::new(), Vec::new());
        let printer = Printer::new(&mut out, &mut notes, &flags, false);
        assert_eq!(follow(&flags, printer, &CancellationToken::new()).await, expected, "{url}");
        assert!(String::from_utf8(notes).unwrap().contains(said), "{url}");
    }
}
