//! Connections as such: kept alive, cut off, hostile.

use protocol::Channel;
use testkit::{Connection, Door, TestClient, eventually};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};

use crate::server::TestServer;

#[tokio::test]
async fn a_connection_is_kept_for_more_requests() {
    let server = TestServer::metronome(&[]).await;
    let mut connection = Connection::open(server.address).await;
    for _ in 0..3 {
        connection.send(format!("GET /api/v1/ticker HTTP/1.1\r\nHost: {}\r\n\r\n", server.address)).await;
        assert_eq!(connection.answer().await.status, 200);
    }
}

/// A head that never ends costs its connection ten seconds.
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

/// One message in endless empty fragments: the others have their turn all the same.
#[tokio::test]
async fn endless_fragments_starve_nobody() {
    let server = TestServer::metronome(&[("TICKWIRE_STREAM__SHARDS", "1")]).await;
    let mut reader = server.connect("?subscribe=ticker:*").await;
    let mut hostile = server.connect("").await;
    let flood = tokio::spawn(async move {
        let first = Frame::message(Vec::new(), OpCode::Data(Data::Text), false);
        hostile.send(Message::Frame(first)).await;
        loop {
            let next = Frame::message(Vec::new(), OpCode::Data(Data::Continue), false);
            if hostile.try_send(Message::Frame(next)).await.is_err() {
                return;
            }
        }
    });
    reader
        .until("events", |client| {
            client.follower.followed(Channel::Ticker, "SYM000-USD")?.events.checked_sub(50)
        })
        .await;
    reader.assert_whole();
    assert!(!flood.is_finished());
    flood.abort();
}

/// A client that closes its half and waits is answered and let go.
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
