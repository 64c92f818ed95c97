//! Connections as such: kept alive, cut off, hostile.

use protocol::Channel;
use testkit::{Connection, Door, TestClient, eventually, within};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::server::TestServer;

const HANDSHAKE: &str = "GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
                         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

#[tokio::test]
async fn a_connection_is_kept_for_more_requests() {
    let server = TestServer::metronome(&[]).await;
    let mut connection = Connection::open(server.address).await;
    for _ in 0..3 {
        connection.send(format!("GET /api/v1/ticker HTTP/1.1\r\nHost: {}\r\n\r\n", server.address)).await;
        assert_eq!(connection.answer().await.status, 200);
    }
}

/// A head that never ends costs its connection `handshake_ms_max`: ten seconds by default.
#[tokio::test]
async fn half_a_head_is_not_waited_for() {
    let server = TestServer::metronome(&[]).await;
    let mut connection = Connection::open(server.address).await;
    connection.send("GET /api/v1/ticker HTTP/1.1\r\nHost: ").await;
    let rest = connection.rest().await.unwrap_or_default();
    assert!(rest.is_empty() || rest.starts_with(b"HTTP/1.1 408"), "{}", String::from_utf8_lossy(&rest));
}

#[tokio::test]
async fn a_head_has_a_size() {
    let server = TestServer::metronome(&[]).await;
    let mut connection = Connection::open(server.address).await;
    connection.send(format!("GET /ws HTTP/1.1\r\nX: {}\r\n\r\n", "x".repeat(20_000))).await;
    assert_eq!(connection.answer().await.status, 431);
}

/// Whether a write or a read finds out first that the other end is gone: the place is free again.
#[tokio::test]
async fn connections_cut_off_give_back_their_places() {
    let settings = [
        ("TICKWIRE_HTTP__CONNECTIONS_MAX", "1"),
        ("TICKWIRE_FEED__METRONOME__UPDATES_PER_SECOND", "5000"),
        ("TICKWIRE_STREAM__FLUSH_MS", "0"),
    ];
    let server = TestServer::metronome(&settings).await;
    let door = Door { query: "?subscribe=book:*,ticker:*,trades:*", ..Door::default() };
    for _ in 0..30 {
        let mut client =
            eventually("a place", async || TestClient::open(server.address, &door).await.ok()).await;
        client.next_events().await;
        client.reset();
    }
}

/// One message in endless empty fragments, faster than they can be read: it is closed, the others have their turn all the
/// same, and its place is free soon, although it never stops sending.
#[tokio::test]
async fn endless_fragments_starve_nobody() {
    let settings = [("TICKWIRE_STREAM__SHARDS", "1"), ("TICKWIRE_HTTP__CONNECTIONS_MAX", "2")];
    let server = TestServer::metronome(&settings).await;
    let mut reader = server.connect("?subscribe=ticker:*").await;
    reader.next_events().await;
    let mut hostile = TcpStream::connect(server.address).await.unwrap();
    // A text frame that is not the last, masked with zeros; then continuations.
    hostile.write_all(&[HANDSHAKE.as_bytes(), &[0x01, 0x80, 0, 0, 0, 0]].concat()).await.unwrap();
    let flood = tokio::spawn(async move {
        let fragments = [0x00, 0x80, 0, 0, 0, 0].repeat(100_000);
        while hostile.write_all(&fragments).await.is_ok() {}
    });
    let freed =
        eventually("its place", async || TestClient::open(server.address, &Door::default()).await.ok());
    Box::pin(reader.reading_until(freed)).await;
    reader.reading_until(within("the end of the flood", flood)).await.unwrap();
    reader.assert_whole();
    let followed = reader.follower.followed(Channel::Ticker, "SYM000-USD").unwrap();
    assert_eq!((followed.snapshots, followed.conflated), (1, 0));
    assert!(followed.events > 50, "{followed:?}");
}

/// What is left of a server that has ended? No thread of its own.
#[tokio::test]
async fn an_ended_server_leaves_nothing_behind() {
    let threads = || {
        let tasks = std::fs::read_dir("/proc/self/task").unwrap();
        let names = tasks.filter_map(|task| std::fs::read_to_string(task.ok()?.path().join("comm")).ok());
        names.filter(|name| name.trim() == "shard-31").count()
    };
    let settings = [("TICKWIRE_STREAM__SHARDS", "32"), ("TICKWIRE_DRAIN__PAUSE_MS", "0")];
    let server = TestServer::market(&settings).await;
    assert_eq!(threads(), 1);
    within("the end", server.shut_down()).await.unwrap();
    eventually("the end of its threads", async || (threads() == 0).then_some(())).await;
}

/// Who says goodbye is answered, and its place is free.
#[tokio::test]
async fn a_close_is_answered() {
    let server = TestServer::metronome(&[("TICKWIRE_HTTP__CONNECTIONS_MAX", "1")]).await;
    for _ in 0..5 {
        let client = eventually("a place", async || {
            TestClient::open(server.address, &Door { query: "?subscribe=ticker:*", ..Door::default() })
                .await
                .ok()
        })
        .await;
        client.close().await;
    }
}
