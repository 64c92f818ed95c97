//! What one address, and one connection before it says anything, may take.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use serde_json::json;
use testkit::{Connection, Door, EventStream, Process, TestClient, eventually, exchange, get, within};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

use crate::server::TestServer;
use crate::{METRONOME, TICKWIRE};

const HANDSHAKE: &str = "GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
                         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
const REQUEST: &str = "GET /api/v1/ticker HTTP/1.1\r\nHost: x\r\n\r\n";
const STREAM: &str = "/api/v1/stream?subscribe=ticker:*";
/// What an address may have beyond its streaming clients.
const SPARE: usize = 256;
const TWO: (&str, &str) = ("TICKWIRE_HTTP__CONNECTIONS_PER_ADDRESS_MAX", "2");
const ONE_SECOND: (&str, &str) = ("TICKWIRE_LIMITS__HANDSHAKE_MS_MAX", "1000");

/// Connects from another address of this machine.
async fn connect_from(last: u8, server: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind((IpAddr::V4(Ipv4Addr::new(127, 0, 0, last)), 0).into()).unwrap();
    within("connecting", socket.connect(server)).await.unwrap()
}

/// The first line of the answer; empty if there is none.
async fn ask(socket: &mut TcpStream, request: &str) -> String {
    let _ = socket.write_all(request.as_bytes()).await;
    let mut answer = vec![0; 1_024];
    let bytes = within("an answer", socket.read(&mut answer)).await.unwrap_or_default();
    String::from_utf8_lossy(&answer[..bytes]).lines().next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn event_streams_of_an_address_are_limited() {
    let server = TestServer::metronome(&[TWO]).await;
    let mut streams = [
        EventStream::open(server.address, "ticker:*").await,
        EventStream::open(server.address, "bbo:*").await,
    ];
    let refused = get(server.address, STREAM).await;
    assert_eq!(refused.error(), (503, "too_many_connections".into()));
    assert!(refused.text().contains("connections_per_address_max"), "{}", refused.text());
    let refused = TestClient::open(server.address, &Door::default()).await.unwrap_err();
    assert_eq!((refused.status, &refused.body["retryable"]), (503, &json!(true)));
    // Another address is another matter, and so is a plain question.
    let mut other = connect_from(2, server.address).await;
    assert_eq!(ask(&mut other, HANDSHAKE).await, "HTTP/1.1 101 Switching Protocols");
    assert_eq!(get(server.address, "/api/v1/ticker").await.status, 200);
    streams[0].next_control().await;
    drop(streams);
    eventually("a place", async || (get_status(server.address).await == 101).then_some(())).await;
}

async fn get_status(address: SocketAddr) -> u16 {
    exchange(address, HANDSHAKE).await.status
}

/// Long after its handshake a WebSocket still counts, and no longer than it is open.
#[tokio::test]
async fn websockets_of_an_address_are_limited() {
    let server = TestServer::metronome(&[TWO]).await;
    let mut clients = [server.connect("?subscribe=ticker:*").await, server.connect("").await];
    clients[0].next_events().await;
    for _ in 0..3 {
        let refused = TestClient::open(server.address, &Door::default()).await.unwrap_err();
        assert_eq!((refused.status, &refused.body["code"]), (503, &json!("too_many_connections")));
        let message = refused.body["message"].as_str().unwrap_or_default();
        assert!(message.contains("connections_per_address_max"), "{message}");
    }
    assert_eq!(get(server.address, STREAM).await.error(), (503, "too_many_connections".into()));
    let mut other = connect_from(2, server.address).await;
    assert_eq!(ask(&mut other, HANDSHAKE).await, "HTTP/1.1 101 Switching Protocols");
    for client in clients {
        client.close().await;
    }
    eventually("a place", async || (get_status(server.address).await == 101).then_some(())).await;
}

/// Behind a proxy all come from there: whoever else is named can be made up.
#[tokio::test]
async fn a_forwarded_address_is_not_believed() {
    let server = TestServer::metronome(&[TWO]).await;
    let _streams = [
        EventStream::open(server.address, "ticker:*").await,
        EventStream::open(server.address, "bbo:*").await,
    ];
    let headers =
        "Host: x\r\nX-Forwarded-For: 192.0.2.7\r\nForwarded: for=192.0.2.7\r\nX-Real-IP: 192.0.2.7\r\n";
    let answer = exchange(server.address, &format!("GET {STREAM} HTTP/1.1\r\n{headers}\r\n")).await;
    assert_eq!(answer.error(), (503, "too_many_connections".into()));
}

/// A trusted proxy names its client, and that is who is counted; whoever the client names is not believed.
#[tokio::test]
async fn clients_of_a_trusted_proxy_are_counted_by_themselves() {
    let server = TestServer::metronome(&[TWO, ("TICKWIRE_HTTP__TRUSTED_PROXIES", "127.0.0.0/8")]).await;
    let asking = |forwarded_for: &str| {
        format!("GET {STREAM} HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: {forwarded_for}\r\n\r\n")
    };
    let mut streams = Vec::new();
    for forwarded_for in ["192.0.2.7", "203.0.113.1, 192.0.2.7", "192.0.2.8, 127.0.0.9", "::ffff:192.0.2.8"] {
        let mut stream = Connection::open(server.address).await;
        stream.send(asking(forwarded_for)).await;
        assert_eq!(stream.answer().await.status, 200, "{forwarded_for}");
        streams.push(stream);
    }
    for forwarded_for in ["192.0.2.7", "203.0.113.1, 192.0.2.7", "192.0.2.8"] {
        let answer = exchange(server.address, &asking(forwarded_for)).await;
        assert_eq!(answer.error(), (503, "too_many_connections".into()), "{forwarded_for}");
    }
    streams.truncate(2);
    eventually("a place", async || {
        (exchange(server.address, &asking("192.0.2.8")).await.status == 200).then_some(())
    })
    .await;
}

/// Connections that say nothing, as many as an address may have: nobody else is kept out by them.
#[tokio::test]
async fn bare_connections_of_an_address_are_limited() {
    let process = Process::serve(TICKWIRE, &[], &[METRONOME, &[TWO]].concat()).await;
    let mut silent = Vec::new();
    for _ in 0..SPARE + 2 {
        silent.push(TcpStream::connect(process.address).await.unwrap());
    }
    let mut refused = TcpStream::connect(process.address).await.unwrap();
    assert_eq!(ask(&mut refused, REQUEST).await, "");
    assert!(process.metric("tickwire_refused_connections_total").await > 0.0);
    let mut other = connect_from(2, process.address).await;
    assert_eq!(ask(&mut other, REQUEST).await, "HTTP/1.1 200 OK");
    drop(silent);
    eventually("a place", async || {
        let mut socket = TcpStream::connect(process.address).await.unwrap();
        (ask(&mut socket, REQUEST).await == "HTTP/1.1 200 OK").then_some(())
    })
    .await;
}

/// How long a connection lasts on which only this is sent, a byte at a time.
async fn lasts(server: SocketAddr, bytes: &str) -> Duration {
    let (started, mut socket) = (Instant::now(), TcpStream::connect(server).await.unwrap());
    let mut dribble = tokio::time::interval(Duration::from_millis(20));
    let (mut left, mut answer) = (bytes.bytes(), Vec::new());
    within("the end", async {
        loop {
            tokio::select! {
                read = socket.read_buf(&mut answer) => if read.unwrap_or_default() == 0 { break },
                _ = dribble.tick(), if left.len() > 0 => {
                    let _ = socket.try_write(&[left.next().unwrap()]);
                }
            }
        }
    })
    .await;
    assert!(answer.is_empty(), "{}", String::from_utf8_lossy(&answer));
    started.elapsed()
}

#[tokio::test]
async fn a_head_has_its_time_however_it_comes() {
    let server = TestServer::metronome(&[ONE_SECOND]).await;
    let dribbled = HANDSHAKE.repeat(2);
    let (silent, half, dribbling) = tokio::join!(
        lasts(server.address, ""),
        lasts(server.address, &HANDSHAKE[..20]),
        lasts(server.address, &dribbled),
    );
    for lasted in [silent, half, dribbling] {
        assert!((0.9..3.0).contains(&lasted.as_secs_f64()), "{lasted:?}");
    }
}

/// Between two requests the same time passes as before the first.
#[tokio::test]
async fn a_kept_connection_is_not_kept_for_ever() {
    let server = TestServer::metronome(&[ONE_SECOND]).await;
    let mut connection = Connection::open(server.address).await;
    connection.send(REQUEST).await;
    assert_eq!(connection.answer().await.status, 200);
    let answered = Instant::now();
    assert_eq!(connection.rest().await, Some(Vec::new()));
    assert!((0.9..3.0).contains(&answered.elapsed().as_secs_f64()), "{:?}", answered.elapsed());
}

/// The time is for the request alone: what was opened with it may stay.
#[tokio::test]
async fn an_open_stream_outlives_the_time_of_its_head() {
    let server = TestServer::metronome(&[("TICKWIRE_LIMITS__HANDSHAKE_MS_MAX", "100")]).await;
    let mut client = server.connect("?subscribe=ticker:*").await;
    let mut stream = EventStream::open(server.address, "ticker:*").await;
    let started = Instant::now();
    while started.elapsed() < Duration::from_millis(500) {
        client.next_events().await;
        stream.next_events(|_| {}).await;
    }
    client.assert_whole();
}

/// Asks, and says that it will say no more.
async fn ask_last(server: SocketAddr, path: &str) -> TcpStream {
    let mut socket = TcpStream::connect(server).await.unwrap();
    socket.write_all(format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n").as_bytes()).await.unwrap();
    socket.shutdown().await.unwrap();
    socket
}

#[tokio::test]
async fn a_last_request_is_answered() {
    let server = TestServer::metronome(&[]).await;
    for path in ["/api/v1/instruments", "/api/v1/ticker", "/api/v1/book?symbol=SYM000-USD"] {
        let mut answer = String::new();
        let mut socket = ask_last(server.address, path).await;
        within("the answer", socket.read_to_string(&mut answer)).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.ends_with(['}', ']']), "{path}: {answer}");
    }
    let mut socket = ask_last(server.address, STREAM).await;
    let mut heard = String::new();
    within("events", async {
        while heard.matches("\"ch\":\"ticker\"").count() < 50 {
            let mut buffer = [0; 4_096];
            let bytes = socket.read(&mut buffer).await.unwrap();
            assert!(bytes > 0, "it ended after {heard}");
            heard.push_str(&String::from_utf8_lossy(&buffer[..bytes]));
        }
    })
    .await;
}

/// Even of a stream without events: a heartbeat finds out.
#[tokio::test]
async fn who_leaves_a_quiet_event_stream_gives_back_its_place() {
    let settings = [("TICKWIRE_HTTP__CONNECTIONS_MAX", "1"), ("TICKWIRE_STREAM__HEARTBEAT_MS", "100")];
    let server = TestServer::metronome(&settings).await;
    for _ in 0..3 {
        let stream = eventually("a place", async || {
            let mut socket = TcpStream::connect(server.address).await.unwrap();
            let request = "GET /api/v1/stream?subscribe=status:* HTTP/1.1\r\nHost: x\r\n\r\n";
            (ask(&mut socket, request).await == "HTTP/1.1 200 OK").then_some(socket)
        });
        drop(stream.await);
    }
}
