//! What a client can do wrong: the exact code, and whether the connection lives on.

use protocol::{ErrorCode, ServerMessage};
use serde_json::json;
use testkit::{Door, TestClient, exchange, get, request};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};

use crate::server::TestServer;

async fn refused(client: &mut TestClient) -> ErrorCode {
    let error =
        client.next_control("an error", |message| matches!(message, ServerMessage::Error { .. })).await;
    let ServerMessage::Error { error, .. } = error else { panic!() };
    assert_eq!(error.retryable, error.code.retryable());
    error.code
}

#[tokio::test]
async fn wrong_requests_are_answered_and_the_connection_lives() {
    let server = TestServer::metronome(&[("TICKWIRE_LIMITS__REQUESTS_PER_SECOND", "1000")]).await;
    let mut client = server.connect("?subscribe=ticker:*").await;
    for (text, expected) in [
        ("{", ErrorCode::BadFrame),
        ("", ErrorCode::BadFrame),
        ("[]", ErrorCode::BadRequest),
        ("\"subscribe\"", ErrorCode::BadRequest),
        (r#"{"op":"buy"}"#, ErrorCode::UnknownOp),
        (r#"{"op":"subscribe"}"#, ErrorCode::BadRequest),
        (r#"{"op":"subscribe","streams":[5]}"#, ErrorCode::BadRequest),
        (r#"{"op":"ping","id":-1}"#, ErrorCode::BadRequest),
        (r#"{"op":"ping","id":{}}"#, ErrorCode::BadRequest),
        (r#"{"op":"list","policy":"conflate"}"#, ErrorCode::BadRequest),
    ] {
        client.send_text(text).await;
        assert_eq!(refused(&mut client).await, expected, "{text}");
    }
    client.send(Message::binary(vec![1, 2, 3])).await;
    assert_eq!(refused(&mut client).await, ErrorCode::WrongFrameType);
    for (asked, expected) in [
        (json!({"op": "subscribe", "streams": ["x:SYM000-USD"]}), ErrorCode::UnknownChannel),
        (json!({"op": "subscribe", "streams": ["ticker"]}), ErrorCode::UnknownChannel),
        (json!({"op": "subscribe", "streams": ["ticker:sym000-usd"]}), ErrorCode::UnknownSymbol),
        (json!({"op": "unsubscribe", "streams": ["book:SYM000-USD"]}), ErrorCode::NotSubscribed),
        (json!({"op": "resync", "streams": ["book:*"]}), ErrorCode::NotSubscribed),
    ] {
        let (ServerMessage::Subscribed { errors, .. }
        | ServerMessage::Unsubscribed { errors, .. }
        | ServerMessage::Resynced { errors, .. }) = client.ask(asked).await
        else {
            panic!()
        };
        assert_eq!(errors.iter().map(|error| error.error.code).collect::<Vec<_>>(), [expected]);
    }
    client.next_events().await;
    client.next_events().await;
    client.assert_whole();
}

/// Waits for the close frame while still sending, as a client in the middle of a large frame does.
async fn check_close(message: Message, code: u16, reason: &str) {
    let server = TestServer::metronome(&[("TICKWIRE_LIMITS__REQUEST_BYTES_MAX", "1024")]).await;
    let mut client = server.connect("?subscribe=ticker:*").await;
    client.next_events().await;
    // Sending may fail halfway: the server has said why.
    let _ = client.try_send(message).await;
    assert_eq!(client.closed().await, (code, reason.to_owned()));
}

#[tokio::test]
async fn large_frames_close() {
    check_close(Message::text("x".repeat(1_025)), 1009, "frame too large").await;
}

#[tokio::test]
async fn frames_much_larger_close_readably() {
    check_close(Message::text("x".repeat(4_000_000)), 1009, "frame too large").await;
}

#[tokio::test]
async fn text_that_is_none_closes() {
    let frame = Frame::message(vec![0xff, 0xfe], OpCode::Data(Data::Text), true);
    check_close(Message::Frame(frame), 1007, "text is not utf-8").await;
}

#[tokio::test]
async fn broken_frames_close() {
    let frame = Frame::message(Vec::new(), OpCode::Data(Data::Continue), true);
    check_close(Message::Frame(frame), 1002, "websocket protocol error").await;
}

#[tokio::test]
async fn the_largest_frame_is_heard() {
    let server = TestServer::metronome(&[("TICKWIRE_LIMITS__REQUEST_BYTES_MAX", "1024")]).await;
    let mut client = server.connect("").await;
    client.send_text(&format!("{:<1024}", r#"{"op":"ping"}"#)).await;
    client.next_control("pong", |message| matches!(message, ServerMessage::Pong { .. })).await;
}

#[tokio::test]
async fn who_floods_is_refused_then_closed() {
    let server = TestServer::metronome(&[("TICKWIRE_LIMITS__REQUESTS_PER_SECOND", "5")]).await;
    let mut client = server.connect("").await;
    for _ in 0..200 {
        if client.try_send(Message::text(r#"{"op":"ping"}"#)).await.is_err() {
            break;
        }
    }
    assert_eq!(refused(&mut client).await, ErrorCode::TooManyRequests);
    assert_eq!(client.closed().await, (4429, "too many requests".into()));
}

#[tokio::test]
async fn subscriptions_are_limited() {
    let server = TestServer::metronome(&[("TICKWIRE_LIMITS__SUBSCRIPTIONS_MAX", "6")]).await;
    let mut client = server.connect("").await;
    let asked = json!({"op": "subscribe", "streams": ["ticker:*", "book:*"]});
    let ServerMessage::Subscribed { streams, errors, .. } = client.ask(asked).await else { panic!() };
    assert_eq!((streams.len(), errors.len()), (6, 1));
    assert_eq!(
        (errors[0].stream.as_str(), errors[0].error.code),
        ("book:*", ErrorCode::TooManySubscriptions)
    );
    client.next_events().await;
}

/// However often a request names the same streams, its answer stays small.
#[tokio::test]
async fn answers_are_bounded() {
    let server = TestServer::metronome(&[("TICKWIRE_LIMITS__SUBSCRIPTIONS_MAX", "6")]).await;
    let mut client = server.connect("").await;
    for (pattern, streams_max) in [("ticker:*", 8), ("nope", 0)] {
        let asked = json!({"op": "subscribe", "streams": vec![pattern; 1_000]});
        let ServerMessage::Subscribed { streams, errors, .. } = client.ask(asked).await else { panic!() };
        assert!(streams.len() <= streams_max && errors.len() <= 7, "{} {}", streams.len(), errors.len());
        assert_eq!(errors.last().unwrap().error.code, ErrorCode::TooManySubscriptions);
    }
}

#[tokio::test]
async fn connections_are_limited() {
    let server = TestServer::metronome(&[("TICKWIRE_HTTP__CONNECTIONS_MAX", "2")]).await;
    let clients = [server.connect("").await, server.connect("").await];
    let refused = TestClient::open(server.address, &Door::default()).await.unwrap_err();
    assert_eq!((refused.status, &refused.body["code"]), (503, &json!("too_many_connections")));
    assert_eq!(refused.body["retryable"], true);
    let answer = get(server.address, "/api/v1/stream?subscribe=ticker:*").await;
    assert_eq!(answer.error(), (503, "too_many_connections".into()));
    for client in clients {
        client.close().await;
    }
    testkit::eventually("a place", async || TestClient::open(server.address, &Door::default()).await.ok())
        .await;
}

#[tokio::test]
async fn pages_of_other_origins_may_not_connect() {
    let server = TestServer::metronome(&[("TICKWIRE_HTTP__ALLOWED_ORIGINS", "https://desk.example")]).await;
    let own = format!("http://{}", server.address);
    for (origin, allowed) in [
        ("https://desk.example", true),
        (own.as_str(), true),
        ("https://evil.example", false),
        ("https://desk.example.evil.example", false),
        ("null", false),
    ] {
        let door = Door { headers: &[("origin", origin)], ..Door::default() };
        let status =
            TestClient::open(server.address, &door).await.map(|_| ()).map_err(|refused| refused.status);
        assert_eq!(status, if allowed { Ok(()) } else { Err(403) }, "{origin}");
    }
    let answer =
        request(server.address, "/api/v1/stream?subscribe=ticker:*", "Origin: https://evil.example\r\n")
            .await;
    assert_eq!(answer.error(), (403, "origin_forbidden".into()));
}

#[tokio::test]
async fn rest_refuses_with_the_same_codes() {
    let server = TestServer::metronome(&[("TICKWIRE_LIMITS__REST_ROWS_MAX", "100")]).await;
    for (path, status, code) in [
        ("/api/v1/ticker?symbol=NONE", 404, "unknown_symbol"),
        ("/api/v1/ticker?symbl=NONE", 400, "bad_request"),
        ("/api/v1/instruments?x=1", 400, "bad_request"),
        ("/api/v1/trades", 400, "bad_request"),
        ("/api/v1/trades?symbol=SYM000-USD&limit=0", 400, "bad_request"),
        ("/api/v1/trades?symbol=SYM000-USD&limit=101", 400, "bad_request"),
        ("/api/v1/trades?symbol=SYM000-USD&limit=-1", 400, "bad_request"),
        ("/api/v1/book?symbol=SYM000-USD&depth=101", 400, "bad_request"),
        ("/api/v1/book?symbol=%FF", 404, "unknown_symbol"),
        ("/api/v1/candles?symbol=SYM000-USD", 400, "bad_request"),
        ("/api/v1/candles?symbol=SYM000-USD&interval=2m", 400, "bad_request"),
        ("/api/v1/candles?symbol=NONE&interval=1m", 404, "unknown_symbol"),
        ("/api/v1/stream", 400, "bad_request"),
        ("/api/v1/stream?subscribe=", 400, "bad_request"),
        ("/api/v1/stream?subscibe=ticker:*", 400, "bad_request"),
        ("/api/v1/none", 404, "not_found"),
        ("/api/v2/ticker", 404, "not_found"),
        ("/none", 404, "not_found"),
        ("/metrics", 404, "not_found"),
        ("/ready", 404, "not_found"),
        ("/ws", 400, "bad_request"),
        ("/ws?nope=1", 400, "bad_request"),
    ] {
        assert_eq!(get(server.address, path).await.error(), (status, code.to_owned()), "{path}");
    }
    assert_eq!(get(server.address, "/api/v1/ticker").await.json().as_array().unwrap().len(), 4);
}

#[tokio::test]
async fn half_a_handshake_is_refused() {
    let server = TestServer::metronome(&[]).await;
    let upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\n";
    for headers in [
        upgrade.to_owned(),
        format!("{upgrade}Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"),
        format!("{upgrade}Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 8\r\n"),
        format!("{upgrade}Sec-WebSocket-Version: 13\r\n"),
        "Connection: close\r\nSec-WebSocket-Version: 13\r\n".to_owned(),
    ] {
        let answer = exchange(server.address, &format!("GET /ws HTTP/1.1\r\nHost: x\r\n{headers}\r\n")).await;
        assert_eq!(answer.error(), (400, "bad_request".into()), "{headers}");
    }
}
