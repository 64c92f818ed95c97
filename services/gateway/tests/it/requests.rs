//! Greeting, requests and their answers.

use protocol::{Channel, FeedKind, RequestId, ServerMessage};
use serde_json::json;
use testkit::{Connection, Door, TestClient};
use tokio_tungstenite::tungstenite::Message;

use crate::server::TestServer;

#[tokio::test]
async fn hello_says_what_is_in_force() {
    let settings = [("TICKWIRE_LIMITS__SUBSCRIPTIONS_MAX", "17"), ("TICKWIRE_STREAM__FLUSH_MS", "5")];
    let server = TestServer::metronome(&settings).await;
    let (first, second) = (server.connect("").await, server.connect("").await);
    let hello = &first.hello;
    assert_eq!(
        (hello.protocol.as_str(), hello.limits.subscriptions_max, hello.flush_ms),
        ("tickwire.v1.json", 17, 5)
    );
    assert_eq!(hello.feed.kind, FeedKind::Metronome);
    assert!(hello.feed.label.starts_with("metronome, 200 updates/s"), "{}", hello.feed.label);
    assert!(hello.epoch.len() == 16 && hello.server_ts > 0, "{hello:?}");
    assert_eq!(hello.epoch, second.hello.epoch);
    assert_ne!(hello.session, second.hello.session);
}

#[tokio::test]
async fn the_sub_protocol_is_negotiated() {
    let server = TestServer::metronome(&[]).await;
    for (offered, expected) in [
        (None, Ok(None)),
        (Some("tickwire.v1.json"), Ok(Some("tickwire.v1.json"))),
        (Some("tickwire.v2.json, tickwire.v1.json"), Ok(Some("tickwire.v1.json"))),
        (Some("graphql-ws"), Err(400)),
    ] {
        let headers: Vec<_> = offered.into_iter().map(|name| ("sec-websocket-protocol", name)).collect();
        let opened = TestClient::open(server.address, &Door { headers: &headers, ..Door::default() }).await;
        match opened {
            Ok(client) => assert_eq!(Ok(client.subprotocol.as_deref()), expected, "{offered:?}"),
            Err(refused) => {
                assert_eq!(Err(refused.status), expected, "{offered:?}");
                assert_eq!(refused.body["code"], "bad_request");
            }
        }
    }
}

#[tokio::test]
async fn a_url_subscribes() {
    let server = TestServer::metronome(&[]).await;
    let mut client = server.connect("?subscribe=ticker:*,trades:SYM000-USD,nope,ticker:NONE").await;
    let subscribed = client
        .next_control("subscribed", |message| matches!(message, ServerMessage::Subscribed { .. }))
        .await;
    let ServerMessage::Subscribed { id: None, streams, errors } = subscribed else {
        panic!("{subscribed:?}")
    };
    assert_eq!((streams.len(), errors.len()), (5, 2));
    client
        .until("snapshots and events", |client| {
            let followed = client.follower.followed(Channel::Ticker, "SYM003-USD")?;
            (followed.snapshots == 1 && followed.events > 1).then_some(())
        })
        .await;
    client.assert_whole();
}

#[tokio::test]
async fn each_operation_is_answered() {
    let server = TestServer::metronome(&[]).await;
    let mut client = server.connect("").await;

    let list = client.ask(json!({"op": "list"})).await;
    let ServerMessage::List { channels, instruments, subscriptions, .. } = list else { panic!("{list:?}") };
    assert_eq!((channels.len(), instruments.len(), subscriptions.len()), (Channel::COUNT, 4, 0));

    let pong = client.ask(json!({"op": "ping", "ts": 5})).await;
    assert!(matches!(pong, ServerMessage::Pong { client_ts: Some(5), server_ts: 1.., .. }), "{pong:?}");

    let asked =
        json!({"op": "subscribe", "streams": ["book:SYM000-USD", "ticker:NONE", "candle:SYM000-USD"]});
    let ServerMessage::Subscribed { streams, errors, .. } = client.ask(asked).await else { panic!() };
    assert_eq!(streams.iter().map(ToString::to_string).collect::<Vec<_>>(), ["book:SYM000-USD"]);
    let errors: Vec<_> =
        errors.iter().map(|error| (error.stream.as_str(), error.error.code.http_status())).collect();
    assert_eq!(errors, [("ticker:NONE", 404), ("candle:SYM000-USD", 400)]);

    let book = Channel::Book(protocol::Depth::Full);
    client
        .until("a book", |client| client.follower.followed(book, "SYM000-USD")?.verified.checked_sub(3))
        .await;
    let resynced =
        client.ask(json!({"op": "resync", "streams": ["book:SYM000-USD", "ticker:SYM000-USD"]})).await;
    let ServerMessage::Resynced { streams, errors, .. } = resynced else { panic!("{resynced:?}") };
    assert_eq!((streams.len(), errors.len()), (1, 1));
    client
        .until("a second snapshot", |client| {
            (client.follower.followed(book, "SYM000-USD")?.snapshots == 2).then_some(())
        })
        .await;

    let unsubscribed = client.ask(json!({"op": "unsubscribe", "streams": ["book:*"]})).await;
    let ServerMessage::Unsubscribed { streams, errors, .. } = unsubscribed else {
        panic!("{unsubscribed:?}")
    };
    assert_eq!((streams.len(), errors.len()), (1, 0));
    client.assert_whole();
    client.next_events().await;
    let after = client.ask(json!({"op": "subscribe", "streams": ["ticker:SYM001-USD"]})).await;
    assert!(matches!(after, ServerMessage::Subscribed { .. }));
    let events = client.next_events().await;
    assert!(events.iter().all(|event| event.ch == Channel::Ticker), "{events:?}");
}

#[tokio::test]
async fn ids_of_both_kinds_come_back() {
    let server = TestServer::metronome(&[]).await;
    let mut client = server.connect("").await;
    client.send_text(r#"{"op":"ping","id":"mine"}"#).await;
    let mine = RequestId::Text("mine".into());
    client
        .next_control(
            "pong",
            |message| matches!(message, ServerMessage::Pong { id: Some(id), .. } if *id == mine),
        )
        .await;
}

#[tokio::test]
async fn silence_is_broken_by_heartbeats() {
    let settings = [("TICKWIRE_STREAM__HEARTBEAT_MS", "100")];
    let server = TestServer::metronome(&settings).await;
    let mut client = server.connect("?subscribe=status:SYM000-USD").await;
    let heartbeat = |message: &ServerMessage| matches!(message, ServerMessage::Heartbeat { .. });
    let ServerMessage::Heartbeat { event_ts, engine_ts, send_ts, seqs } =
        client.next_control("a heartbeat", heartbeat).await
    else {
        panic!()
    };
    assert!(event_ts > 0 && engine_ts <= send_ts, "{event_ts} {engine_ts} {send_ts}");
    let seq = client.follower.followed(Channel::Status, "SYM000-USD").unwrap().chain.seq();
    assert_eq!(seqs.get("status:SYM000-USD").copied(), seq);
}

#[tokio::test]
async fn pings_are_answered_between_frames() {
    let server = TestServer::metronome(&[("TICKWIRE_FEED__METRONOME__UPDATES_PER_SECOND", "5000")]).await;
    let mut client = server.connect("?subscribe=book:*,ticker:*,trades:*").await;
    for round in 0..50_u8 {
        client.next_events().await;
        client.send(Message::Ping(vec![round; usize::from(round) * 2].into())).await;
        client.until("pong", |client| (client.pongs.len() > usize::from(round)).then_some(())).await;
        assert_eq!(client.pongs[usize::from(round)], vec![round; usize::from(round) * 2]);
    }
    client.assert_whole();
}

/// What a client sends together with its handshake is its first frame.
#[tokio::test]
async fn early_data_is_heard() {
    let server = TestServer::metronome(&[]).await;
    let text = br#"{"op":"ping","id":77}"#;
    let mut frame = vec![0x81, 0x80 | u8::try_from(text.len()).unwrap(), 0, 0, 0, 0];
    frame.extend_from_slice(text);
    let head = format!(
        "GET /ws HTTP/1.1\r\nHost: {}\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        server.address
    );
    let mut connection = Connection::open(server.address).await;
    connection.send([head.as_bytes(), &frame].concat()).await;
    let answer = connection.answer().await;
    assert_eq!((answer.status, answer.header("sec-websocket-accept")), (101, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
    connection.heard(r#""type":"pong","id":77"#).await;

    // And a close that comes that early is answered as any other.
    let mut connection = Connection::open(server.address).await;
    connection.send([head.as_bytes(), &[0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8]].concat()).await;
    assert_eq!(connection.answer().await.status, 101);
    let rest = connection.rest().await.unwrap();
    assert!(rest.ends_with(b"\x88\x16\x03\xe8closed by the client"), "{rest:?}");
}
