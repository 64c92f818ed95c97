//! One client: its socket, its handshake, and the part of a frame that has come so far.

use std::io::{self, Write};
use std::net::SocketAddr;

use anyhow::Context;
use memchr::memmem;
use mio::net::TcpStream;
use socket2::{Domain, Protocol, Socket, Type};

use crate::frames::{self, Frame};

/// The key of RFC 6455's own example, and the answer to it. Some of the servers compared here know no other.
const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";
const ACCEPT: &[u8] = b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
/// The longest answer to a handshake, in bytes.
const ANSWER_BYTES_MAX: usize = 16 * 1_024;
/// Room for a part of a frame that a client keeps when it has none: ten thousand clients have little each.
const CARRY_BYTES_KEPT: usize = 4_096;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    Connecting,
    Greeting,
    Open,
    Lost,
}

pub(super) struct Client {
    pub(super) socket: TcpStream,
    pub(super) phase: Phase,
    newly_open: bool,
    greeting: String,
    /// What has come of a frame, or of the answer to the handshake.
    carry: Vec<u8>,
}

/// What came of the bytes read.
pub(super) enum Progress<'a> {
    Opened,
    Frame(Frame<'a>),
}

/// The connection is of no use any more.
pub(super) struct Broken;

impl Client {
    pub(super) fn connect(
        server: SocketAddr,
        path: &str,
        receive_buffer_bytes: Option<usize>,
    ) -> anyhow::Result<Self> {
        let socket = Socket::new(Domain::for_address(server), Type::STREAM, Some(Protocol::TCP))
            .context("a socket for one more client")?;
        socket.set_nonblocking(true)?;
        socket.set_tcp_nodelay(true)?;
        if let Some(bytes) = receive_buffer_bytes {
            socket.set_recv_buffer_size(bytes)?;
        }
        match socket.connect(&server.into()) {
            Err(error) if !is_under_way(&error) => return Err(error).context("connecting one more client"),
            _ => {}
        }
        let greeting = format!(
            "GET {path} HTTP/1.1\r\nHost: {server}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {KEY}\r\n\r\n"
        );
        Ok(Self {
            socket: TcpStream::from_std(socket.into()),
            phase: Phase::Connecting,
            newly_open: false,
            greeting,
            carry: Vec::new(),
        })
    }

    /// The connection is there: asks for the WebSocket.
    pub(super) fn greet(&mut self) {
        self.phase = Phase::Greeting;
        let greeting = std::mem::take(&mut self.greeting);
        let _ = self.send(greeting.as_bytes());
    }

    pub(super) fn lose(&mut self) {
        self.phase = Phase::Lost;
        let _ = self.socket.shutdown(std::net::Shutdown::Both);
    }

    /// Whether the handshake has ended since the last call.
    pub(super) fn is_newly_open(&mut self) -> bool {
        std::mem::take(&mut self.newly_open)
    }

    /// What a client says is small, and its socket's buffer is empty: a part of it is as bad as an error.
    fn send(&mut self, bytes: &[u8]) -> Result<(), Broken> {
        match self.socket.write(bytes) {
            Ok(written) if written == bytes.len() => Ok(()),
            _ => {
                self.lose();
                Err(Broken)
            }
        }
    }

    /// Takes in what was read; `hear` is told of each step and says what to answer.
    pub(super) fn take(
        &mut self,
        bytes: &[u8],
        mut hear: impl FnMut(Progress<'_>) -> Option<Vec<u8>>,
    ) -> Result<(), Broken> {
        if self.carry.is_empty() && self.phase == Phase::Open {
            let used = self.frames(bytes, &mut hear)?;
            self.carry.extend_from_slice(&bytes[used..]);
            return Ok(());
        }
        let mut carried = std::mem::take(&mut self.carry);
        carried.extend_from_slice(bytes);
        let mut used = 0;
        if self.phase == Phase::Greeting {
            let Some(end) = self.answer_end(&carried)? else {
                self.carry = carried;
                return Ok(());
            };
            used = end;
            self.phase = Phase::Open;
            self.newly_open = true;
            self.say(hear(Progress::Opened))?;
        }
        used += self.frames(&carried[used..], &mut hear)?;
        carried.drain(..used);
        if carried.is_empty() {
            carried.shrink_to(CARRY_BYTES_KEPT);
        }
        self.carry = carried;
        Ok(())
    }

    /// Where the answer to the handshake ends, if all of it is there.
    fn answer_end(&self, bytes: &[u8]) -> Result<Option<usize>, Broken> {
        match memmem::find(bytes, b"\r\n\r\n") {
            Some(at) if memmem::find(&bytes[..at], ACCEPT).is_some() => Ok(Some(at + 4)),
            None if bytes.len() <= ANSWER_BYTES_MAX => Ok(None),
            _ => Err(Broken),
        }
    }

    fn frames(
        &mut self,
        bytes: &[u8],
        hear: &mut impl FnMut(Progress<'_>) -> Option<Vec<u8>>,
    ) -> Result<usize, Broken> {
        let mut used = 0;
        while let Some((frame, length)) = frames::first(&bytes[used..]).map_err(|_| Broken)? {
            let closes = frame.opcode == frames::CLOSE;
            self.say(hear(Progress::Frame(frame)))?;
            if closes {
                return Err(Broken);
            }
            used += length;
        }
        Ok(used)
    }

    fn say(&mut self, bytes: Option<Vec<u8>>) -> Result<(), Broken> {
        bytes.map_or(Ok(()), |bytes| self.send(&bytes))
    }
}

/// A connection that is being made is no error.
fn is_under_way(error: &io::Error) -> bool {
    const EINPROGRESS: i32 = 115;
    error.kind() == io::ErrorKind::WouldBlock || error.raw_os_error() == Some(EINPROGRESS)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A client whose handshake was sent, on a listener that nobody serves.
    fn greeting() -> (Client, std::net::TcpListener) {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let mut client = Client::connect(listener.local_addr().unwrap(), "/", None).unwrap();
        client.phase = Phase::Greeting;
        (client, listener)
    }

    fn hear(client: &mut Client, bytes: &[u8]) -> (Vec<String>, bool) {
        let mut heard = Vec::new();
        let result = client.take(bytes, |progress| {
            heard.push(match progress {
                Progress::Opened => "opened".to_owned(),
                Progress::Frame(frame) => String::from_utf8_lossy(frame.payload).into_owned(),
            });
            None
        });
        (heard, result.is_ok())
    }

    /// However the bytes are cut, the same is heard.
    #[test]
    fn frames_are_heard_whole_wherever_they_are_cut() {
        let answer =
            b"HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
        let bytes =
            [answer.as_slice(), &frames::text(b"one"), &frames::text(&[b'2'; 300]), &frames::text(b"3")]
                .concat();
        for cut in 1..bytes.len() {
            let (mut client, _listener) = greeting();
            let (mut heard, good) = hear(&mut client, &bytes[..cut]);
            assert!(good);
            heard.extend(hear(&mut client, &bytes[cut..]).0);
            assert_eq!(heard, ["opened", "one", &"2".repeat(300), "3"], "cut at {cut}");
            assert!(client.carry.is_empty());
        }
    }

    #[test]
    fn a_refused_handshake_is_no_connection() {
        let (mut client, _listener) = greeting();
        assert_eq!(hear(&mut client, b"HTTP/1.1 503 Service Unavailable\r\n\r\n"), (vec![], false));
    }
}
