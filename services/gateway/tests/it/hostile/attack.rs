//! One hostile connection: what it sends, and how it must end.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use protocol::{Encoding, ErrorCode, Frame, Op, Request, RequestId, ServerMessage};
use testkit::DEADLINE;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};

use super::bytes::{BINARY, CLOSE, FIN, TEXT, frame};

/// Between two bytes of one that dribbles.
const DRIBBLE: Duration = Duration::from_millis(20);
/// The largest answer that a hostile client can get.
const FRAME_BYTES_MAX: u64 = 1 << 20;

/// How a connection must end.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum End {
    /// With an HTTP answer.
    Status(u16),
    /// With a close frame.
    Close(u16),
    /// Not at all: it answers a last ping, and before it with this error.
    Lives(Option<ErrorCode>),
    /// The same with one answer of any kind.
    Answers,
    /// Without a word, or with a bare HTTP answer.
    Ends,
}

/// How far a client goes along with the rules.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Start {
    /// It only connects.
    Tcp,
    /// It has a WebSocket.
    WebSocket(Encoding),
}

/// How the bytes are sent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Sending {
    AtOnce,
    ByteByByte,
    /// And then the sending half is shut down.
    HalfClose,
}

#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) name: String,
    pub(super) start: Start,
    pub(super) bytes: Vec<u8>,
    pub(super) sending: Sending,
    pub(super) end: End,
}

impl Case {
    /// What a client sends at once on a WebSocket.
    pub(super) fn socket(name: impl Into<String>, encoding: Encoding, bytes: Vec<u8>, end: End) -> Self {
        let start = Start::WebSocket(encoding);
        Self { name: name.into(), start, bytes, sending: Sending::AtOnce, end }
    }

    /// The same on a bare connection.
    pub(super) fn tcp(name: impl Into<String>, bytes: impl Into<Vec<u8>>, end: End) -> Self {
        Self { name: name.into(), start: Start::Tcp, bytes: bytes.into(), sending: Sending::AtOnce, end }
    }

    pub(super) fn sending(self, sending: Sending) -> Self {
        Self { sending, ..self }
    }
}

/// What was seen of the other end.
#[derive(Debug, PartialEq)]
enum Seen {
    Status(u16),
    Close(u16),
    /// The last ping was answered, after these errors and so many answers of other kinds.
    Lives(Vec<ErrorCode>, usize),
    Ends,
}

/// Runs a case, and tells what was wrong.
pub(super) async fn run(address: SocketAddr, case: Case) -> Option<String> {
    let (name, end) = (case.name.clone(), case.end.clone());
    let Ok(seen) = tokio::time::timeout(DEADLINE, attack(address, case)).await else {
        return Some(format!("{name}: nothing came, expected {end:?}"));
    };
    let is_right = match (&end, &seen) {
        (End::Status(expected), Seen::Status(status)) => expected == status,
        (End::Close(expected), Seen::Close(code)) => expected == code,
        (End::Lives(expected), Seen::Lives(errors, 0)) => errors.as_slice() == expected.as_slice(),
        (End::Answers, Seen::Lives(errors, others)) => errors.len() + others == 1,
        (End::Ends, Seen::Ends | Seen::Status(400..500)) => true,
        _ => false,
    };
    (!is_right).then(|| format!("{name}: expected {end:?}, saw {seen:?}"))
}

async fn attack(address: SocketAddr, case: Case) -> Seen {
    let socket = TcpStream::connect(address).await.unwrap();
    let (read, mut write) = socket.into_split();
    let mut read = BufReader::new(read);
    let encoding = match case.start {
        Start::Tcp => None,
        Start::WebSocket(encoding) => {
            write.write_all(handshake(encoding).as_bytes()).await.unwrap();
            assert_eq!(status(&mut read).await.unwrap(), 101, "{}", case.name);
            Some(encoding)
        }
    };
    let mut bytes = case.bytes;
    if let (Some(encoding), Sending::AtOnce) = (encoding, case.sending) {
        bytes.extend(last_ping(encoding));
    }
    let seeing = async {
        match encoding {
            Some(encoding) => see_frames(&mut read, encoding).await,
            None => status(&mut read).await.map(Seen::Status),
        }
    };
    // Who is cut off may fail to send the rest; what it is told counts.
    let sending = async {
        let _ = send(&mut write, &bytes, case.sending).await;
        std::future::pending::<()>().await;
    };
    tokio::select! {
        seen = seeing => seen.unwrap_or(Seen::Ends),
        () = sending => unreachable!("sending never ends"),
    }
}

async fn send(write: &mut OwnedWriteHalf, bytes: &[u8], sending: Sending) -> io::Result<()> {
    match sending {
        Sending::AtOnce => write.write_all(bytes).await,
        Sending::HalfClose => {
            write.write_all(bytes).await?;
            write.shutdown().await
        }
        Sending::ByteByByte => {
            for byte in bytes {
                write.write_u8(*byte).await?;
                tokio::time::sleep(DRIBBLE).await;
            }
            Ok(())
        }
    }
}

fn handshake(encoding: Encoding) -> String {
    format!(
        "GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: {}\r\n\r\n",
        encoding.subprotocol()
    )
}

fn last_ping(encoding: Encoding) -> Vec<u8> {
    let request = Request { id: Some(RequestId::Text("last".into())), op: Op::Ping { ts: None } };
    let opcode = if encoding.is_text() { TEXT } else { BINARY };
    frame(FIN | opcode, &encoding.encode_request(&request))
}

/// The status of an answer; the rest of its head is passed over.
async fn status(read: &mut BufReader<OwnedReadHalf>) -> io::Result<u16> {
    let mut first = String::new();
    read.read_line(&mut first).await?;
    let status = first.split(' ').nth(1).and_then(|status| status.parse().ok());
    let mut line = first;
    while !line.trim_end().is_empty() {
        line.clear();
        read.read_line(&mut line).await?;
    }
    status.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
}

async fn see_frames(read: &mut BufReader<OwnedReadHalf>, encoding: Encoding) -> io::Result<Seen> {
    let (mut errors, mut others) = (Vec::new(), 0);
    loop {
        let first = read.read_u8().await?;
        let length = match read.read_u8().await? {
            126 => read.read_u16().await?.into(),
            127 => read.read_u64().await?,
            length => length.into(),
        };
        assert!(length < FRAME_BYTES_MAX, "{length} bytes");
        let mut payload = vec![0; usize::try_from(length).unwrap()];
        read.read_exact(&mut payload).await?;
        if first == FIN | CLOSE {
            let code = payload.first_chunk().map_or(1005, |code| u16::from_be_bytes(*code));
            return Ok(Seen::Close(code));
        }
        if first & 0x8 != 0 {
            continue;
        }
        let Ok(Frame::Control(message)) = encoding.decode_frame(&payload) else { continue };
        match *message {
            ServerMessage::Pong { id: Some(RequestId::Text(id)), .. } if id == "last" => {
                return Ok(Seen::Lives(errors, others));
            }
            ServerMessage::Error { error, .. } => errors.push(error.code),
            ServerMessage::Hello(_) | ServerMessage::Heartbeat { .. } => {}
            _ => others += 1,
        }
    }
}
