//! The same events as Server-Sent Events.

use protocol::{Follower, ServerMessage, StreamName};
use testkit::{EventStream, Process, TestClient, eventually};

use crate::server::TestServer;
use crate::{METRONOME, TICKWIRE};

#[tokio::test]
async fn an_event_stream_is_the_same_story() {
    let server = TestServer::metronome(&[]).await;
    let instruments = TestClient::connect(server.address, "").await;
    let mut follower: Follower = instruments.follower;
    let mut stream = EventStream::open(server.address, "ticker:*,book:SYM000-USD,nope").await;
    assert_eq!((stream.head.status, stream.head.header("content-type")), (200, "text/event-stream"));
    assert_eq!(stream.head.header("cache-control"), "no-store");
    let ServerMessage::Hello(hello) = stream.next_control().await else { panic!("no hello") };
    assert_eq!(hello.epoch, instruments.hello.epoch);
    let ServerMessage::Subscribed { id: None, streams, errors } = stream.next_control().await else {
        panic!()
    };
    assert_eq!((streams.len(), errors.len()), (5, 1));
    for _ in 0..20 {
        stream.next_events(|event| follower.take(event).unwrap()).await;
    }
    let book = StreamName { channel: "book".parse().unwrap(), symbol: "SYM000-USD".into() };
    assert!(follower.followed(book.channel, &book.symbol).unwrap().verified > 0);
}

/// A heartbeat is encoded once for all clients with the same streams, but not across framings.
#[tokio::test]
async fn heartbeats_are_framed_for_their_reader() {
    let settings = [("TICKWIRE_STREAM__HEARTBEAT_MS", "100"), ("TICKWIRE_STREAM__SHARDS", "1")];
    let server = TestServer::metronome(&settings).await;
    let mut client = server.connect("?subscribe=status:*").await;
    let mut stream = EventStream::open(server.address, "status:*").await;
    let is_heartbeat = |message: &ServerMessage| matches!(message, ServerMessage::Heartbeat { .. });
    for _ in 0..3 {
        client.next_control("a heartbeat", is_heartbeat).await;
        client.reading_until(async { while !is_heartbeat(&stream.next_control().await) {} }).await;
    }
}

#[tokio::test]
async fn who_goes_away_gives_back_its_place() {
    let process = Process::serve(TICKWIRE, &[], METRONOME).await;
    let clients = async |wanted: f64| {
        eventually(format!("{wanted} clients"), async || {
            ((process.metric("tickwire_clients").await - wanted).abs() < 0.5).then_some(())
        })
        .await;
    };
    let mut streams = Vec::new();
    for _ in 0..3 {
        streams.push(EventStream::open(process.address, "ticker:*").await);
    }
    clients(3.0).await;
    drop(streams.pop());
    clients(2.0).await;
    drop(streams);
    clients(0.0).await;
}
