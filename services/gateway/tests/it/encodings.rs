//! The sub-protocols, over a bare socket.

use protocol::{Encoding, ErrorCode, Frame, Op, Options, Request, ServerMessage};
use testkit::Connection;

use crate::server::TestServer;

const TEXT: u8 = 0x81;
const BINARY: u8 = 0x82;

async fn open(server: &TestServer, headers: &str) -> (Connection, testkit::Answer) {
    let mut connection = Connection::open(server.address).await;
    let handshake = "GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
                     Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    connection.send(format!("{handshake}{headers}\r\n")).await;
    let answer = connection.answer().await;
    (connection, answer)
}

/// Sends a frame of a client, masked with zeros.
async fn send(connection: &mut Connection, opcode: u8, payload: &[u8]) {
    let length = u8::try_from(payload.len()).ok().filter(|length| *length < 126).expect("a short frame");
    connection.send([&[opcode, 0x80 | length, 0, 0, 0, 0], payload].concat()).await;
}

async fn control(connection: &mut Connection) -> ServerMessage {
    loop {
        let (opcode, payload) = connection.frame().await;
        assert_eq!(opcode, BINARY, "{}", String::from_utf8_lossy(&payload));
        if let Frame::Control(message) = Encoding::MessagePack.decode_frame(&payload).unwrap() {
            return *message;
        }
    }
}

#[tokio::test]
async fn the_first_sub_protocol_known_is_spoken() {
    let server = TestServer::metronome(&[]).await;
    for (offered, chosen, opcode) in [
        ("", "", TEXT),
        ("Sec-WebSocket-Protocol: tickwire.v1.json\r\n", "tickwire.v1.json", TEXT),
        (
            "Sec-WebSocket-Protocol: nope, tickwire.v1.msgpack, tickwire.v1.json\r\n",
            "tickwire.v1.msgpack",
            BINARY,
        ),
    ] {
        let (mut connection, answer) = open(&server, offered).await;
        assert_eq!((answer.status, answer.header("sec-websocket-protocol")), (101, chosen), "{offered}");
        assert_eq!(connection.frame().await.0, opcode, "{offered}");
    }
}

#[tokio::test]
async fn messagepack_is_asked_and_answered_in_binary_frames() {
    let server = TestServer::metronome(&[]).await;
    let (mut connection, _) = open(&server, "Sec-WebSocket-Protocol: tickwire.v1.msgpack\r\n").await;
    let ServerMessage::Hello(hello) = control(&mut connection).await else { panic!("no hello") };
    assert_eq!(hello.protocol, "tickwire.v1.msgpack");

    send(&mut connection, TEXT, br#"{"op":"list"}"#).await;
    let ServerMessage::Error { error, .. } = control(&mut connection).await else { panic!("no error") };
    assert_eq!(error.code, ErrorCode::WrongFrameType);
    send(&mut connection, BINARY, br#"{"op":"list"}"#).await;
    let ServerMessage::Error { error, .. } = control(&mut connection).await else { panic!("no error") };
    assert_eq!(error.code, ErrorCode::BadFrame);

    let targets = Op::subscribe_list("ticker:SYM000-USD");
    let request = Request { id: None, op: Op::Subscribe { targets, options: Options::default() } };
    send(&mut connection, BINARY, &Encoding::MessagePack.encode_request(&request)).await;
    let ServerMessage::Subscribed { errors, .. } = control(&mut connection).await else {
        panic!("no answer")
    };
    assert_eq!(errors, []);
    let (_, payload) = connection.frame().await;
    let Frame::Events(events) = Encoding::MessagePack.decode_frame(&payload).unwrap() else { panic!() };
    assert!(events[0].snapshot && events[0].sym == "SYM000-USD");
}

/// No compression: ADR 0016.
#[tokio::test]
async fn extensions_are_not_agreed_to() {
    let server = TestServer::metronome(&[]).await;
    let offer = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n";
    let (_, answer) = open(&server, offer).await;
    assert_eq!((answer.status, answer.header("sec-websocket-extensions")), (101, ""));
}
