//! A client's WebSocket: reads its requests and waits for room where the fan-out found none.
//!
//! tungstenite reads: masks, fragments, UTF-8, pings, the closing handshake. What is written past it are whole frames,
//! and its own answers (pongs, closes) go out between them through the fan-out.

use std::cell::RefCell;
use std::io::{self, Read, Write};

use bytes::Bytes;
use hub::{ClientId, Fanout};
use protocol::{CloseReason, Encoding, ErrorBody, ErrorCode};
use tokio::net::TcpStream;
use tokio::time::Instant;
use tungstenite::Message;
use tungstenite::error::{CapacityError, Error};
use tungstenite::protocol::frame::coding::CloseCode;
use tungstenite::protocol::{Role, WebSocketConfig, WebSocketContext};

use super::LINGER;
use super::link::{Link, LinkState};
use crate::clock;

/// What is read of a socket at once, in bytes: requests are small, and ten thousand idle clients have one each.
const READ_BUFFER_BYTES: usize = 512;
/// Messages read of one client before others have their turn.
const MESSAGES_AT_ONCE_MAX: usize = 16;
/// Reads of one client's socket before others have their turn: a message may come in any number of empty fragments.
const READS_AT_ONCE_MAX: usize = 64;

/// How many times `request_bytes_max` a message may cost with the heads of its fragments: a message in any number of
/// empty ones would never end, and never count as a request.
const FRAMING_FACTOR: usize = 2;

/// Serves the socket until either side ends it, and tells why if it was this side.
pub(super) async fn run(
    socket: &TcpStream,
    (early, encoding): (Bytes, Encoding),
    state: &LinkState,
    id: ClientId,
    fanout: &RefCell<Fanout<Link>>,
    request_bytes_max: usize,
) -> Option<CloseReason> {
    let mut reader = Reader::new(socket, early, encoding, request_bytes_max);
    let mut more = true;
    while state.is_open() {
        let wants_requests = fanout.borrow().wants_requests(id);
        tokio::select! {
            ready = socket.readable(), if wants_requests && !more => {
                ready.ok()?;
                more = true;
            }
            () = std::future::ready(()), if wants_requests && more => {
                match reader.read(id, fanout) {
                    Heard::All => more = false,
                    Heard::Some => tokio::task::yield_now().await,
                    Heard::End => return None,
                    Heard::Close(reason) => fanout.borrow_mut().close(id, reason, clock::now().0),
                }
            }
            ready = socket.writable(), if state.blocked.get() => {
                ready.ok()?;
                state.blocked.set(false);
                fanout.borrow_mut().writable(id, clock::now().0);
            }
            () = state.changed.notified() => {}
        }
    }
    if !state.gone.get() {
        linger(socket, &mut reader, state, id, fanout).await;
    }
    state.closing.get()
}

/// After this side has said why it closes: lets the other read it, for a while.
async fn linger(
    socket: &TcpStream,
    reader: &mut Reader<'_>,
    state: &LinkState,
    id: ClientId,
    fanout: &RefCell<Fanout<Link>>,
) {
    let deadline = Instant::now() + LINGER;
    while state.blocked.get() {
        match tokio::time::timeout_at(deadline, socket.writable()).await {
            Ok(Ok(())) => {
                state.blocked.set(false);
                fanout.borrow_mut().writable(id, clock::now().0);
            }
            _ => return,
        }
    }
    let _ = socket2::SockRef::from(socket).shutdown(std::net::Shutdown::Write);
    // Until the other end has closed, too: closing a socket with unread input would reset it, and lose the reason.
    while let Ok(Ok(())) = tokio::time::timeout_at(deadline, socket.readable()).await {
        // The timeout alone does not end it for who sends faster than this reads: it only ends a wait.
        if reader.discard() || Instant::now() >= deadline {
            return;
        }
        tokio::task::yield_now().await;
    }
}

/// What came of reading.
enum Heard {
    /// All that was there.
    All,
    /// There may be more.
    Some,
    /// The other end is gone.
    End,
    /// The other end says goodbye, or broke the rules: this one closes.
    Close(CloseReason),
}

struct Reader<'a> {
    encoding: Encoding,
    /// Bytes that may come until a message is whole.
    message_bytes_max: usize,
    context: WebSocketContext,
    wire: Wire<'a>,
}

impl<'a> Reader<'a> {
    fn new(socket: &'a TcpStream, early: Bytes, encoding: Encoding, request_bytes_max: usize) -> Self {
        let config = WebSocketConfig::default()
            .read_buffer_size(READ_BUFFER_BYTES)
            .write_buffer_size(0)
            .max_message_size(Some(request_bytes_max))
            .max_frame_size(Some(request_bytes_max));
        let context = WebSocketContext::from_partially_read(early.into(), Role::Server, Some(config));
        let message_bytes_max = request_bytes_max.saturating_mul(FRAMING_FACTOR);
        let wire = Wire { socket, answers: Vec::new(), reads_left: 0, unfinished_bytes: 0 };
        Self { encoding, message_bytes_max, context, wire }
    }

    /// Reads messages and has them answered.
    fn read(&mut self, id: ClientId, fanout: &RefCell<Fanout<Link>>) -> Heard {
        self.wire.reads_left = READS_AT_ONCE_MAX;
        for _ in 0..MESSAGES_AT_ONCE_MAX {
            let heard = self.context.read(&mut self.wire);
            if heard.is_ok() {
                self.wire.unfinished_bytes = 0;
            }
            let now = clock::now().0;
            let mut fanout = fanout.borrow_mut();
            if !self.wire.answers.is_empty() {
                fanout.send_frame(id, &std::mem::take(&mut self.wire.answers).into(), now);
            }
            match heard {
                Ok(Message::Text(text)) if self.encoding.is_text() => {
                    fanout.request(id, text.as_bytes(), now);
                }
                Ok(Message::Binary(bytes)) if !self.encoding.is_text() => fanout.request(id, &bytes, now),
                Ok(Message::Text(_) | Message::Binary(_)) => {
                    fanout.misfit(id, self.wrong_frame_type(), now);
                }
                // A ping is answered already, and this side sends none: many of either are a flood like any other.
                Ok(Message::Ping(_) | Message::Pong(_)) => fanout.ping(id, now),
                // Or it was said with a code that may not be.
                Ok(Message::Close(Some(said))) if said.code == CloseCode::Protocol => {
                    return Heard::Close(CloseReason::ProtocolError);
                }
                // The answer goes the way of all closes: after what is half written, and waited for.
                Ok(Message::Close(_)) => return Heard::Close(CloseReason::Normal),
                Ok(_) => {}
                Err(Error::Io(error)) if error.kind() == io::ErrorKind::WouldBlock => {
                    if self.wire.unfinished_bytes > self.message_bytes_max {
                        return self.too_large(id, &mut fanout, now);
                    }
                    return if self.wire.reads_left == 0 { Heard::Some } else { Heard::All };
                }
                Err(Error::Capacity(CapacityError::MessageTooLong { .. })) => {
                    return self.too_large(id, &mut fanout, now);
                }
                Err(error) => return Heard::of(&error),
            }
            if !fanout.wants_requests(id) {
                break;
            }
        }
        Heard::Some
    }

    fn too_large(&self, id: ClientId, fanout: &mut Fanout<Link>, now: u64) -> Heard {
        let max = self.message_bytes_max / FRAMING_FACTOR;
        let message = format!("expected at most {max} bytes: the connection is closed");
        fanout.refuse(id, None, ErrorCode::FrameTooLarge.with(message), now);
        Heard::Close(CloseReason::FrameTooLarge)
    }

    fn wrong_frame_type(&self) -> ErrorBody {
        let kind = if self.encoding.is_text() { "text" } else { "binary" };
        let message = format!("expected a {kind} frame: this is {}", self.encoding.subprotocol());
        ErrorCode::WrongFrameType.with(message)
    }

    /// Throws away some of what the other end still sends. Returns whether it has closed.
    fn discard(&mut self) -> bool {
        let mut waste = [0; READ_BUFFER_BYTES];
        for _ in 0..READS_AT_ONCE_MAX {
            match self.wire.socket.try_read(&mut waste) {
                Ok(0) => return true,
                Ok(_) => {}
                Err(error) => return error.kind() != io::ErrorKind::WouldBlock,
            }
        }
        false
    }
}

impl Heard {
    fn of(error: &Error) -> Self {
        match error {
            Error::Utf8(_) => Self::Close(CloseReason::InvalidText),
            Error::Protocol(tungstenite::error::ProtocolError::ResetWithoutClosingHandshake) => Self::End,
            Error::Protocol(_) | Error::Capacity(_) => Self::Close(CloseReason::ProtocolError),
            _ => Self::End,
        }
    }
}

/// The socket as tungstenite sees it: reads never wait, writes are collected.
struct Wire<'a> {
    socket: &'a TcpStream,
    answers: Vec<u8>,
    /// Reads that are left of this turn.
    reads_left: usize,
    /// Bytes that came since a message was whole.
    unfinished_bytes: usize,
}

impl Read for Wire<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.reads_left = self.reads_left.checked_sub(1).ok_or(io::ErrorKind::WouldBlock)?;
        let bytes = self.socket.try_read(buffer)?;
        self.unfinished_bytes += bytes;
        Ok(bytes)
    }
}

impl Write for Wire<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.answers.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
