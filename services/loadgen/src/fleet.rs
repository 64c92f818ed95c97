//! Many WebSocket clients on one thread: sockets, handshakes, frames. It knows nothing of what is said in the frames.
//!
//! One epoll instance, one read buffer for all, and frames are looked at where they were read: a client costs one read(2)
//! a flush. An ordinary WebSocket library is the bottleneck long before the server is.

mod client;

use std::io::{self, Read};
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Context;
use mio::{Events, Interest, Poll, Token};

pub(crate) use self::client::Phase;
use self::client::{Client, Progress};
use crate::frames::{self, Frame};
use crate::stamps::now_micros;

/// What is read of a socket at once, in bytes; the next clients use the same buffer.
const READ_BUFFER_BYTES: usize = 256 * 1_024;
/// Sockets that one look at epoll may report.
const EVENTS_MAX: usize = 1_024;

/// Hears what the clients get.
pub(crate) trait Ears {
    /// The handshake of a client is done. Returns what the client says first, if anything.
    fn opened(&mut self, client: usize) -> Option<String>;

    /// A client got a frame with text or binary data at `now`. Returns what it answers, if anything.
    fn frame(&mut self, client: usize, payload: &[u8], now: u64) -> Option<String>;
}

/// The clients, each named by its place.
pub(crate) struct Fleet {
    poll: Poll,
    events: Events,
    server: SocketAddr,
    clients: Vec<Client>,
    buffer: Vec<u8>,
}

/// How many clients are in which phase.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Roll {
    pub(crate) pending: usize,
    pub(crate) open: usize,
    pub(crate) lost: usize,
}

impl Fleet {
    pub(crate) fn new(server: SocketAddr) -> anyhow::Result<Self> {
        Ok(Self {
            poll: Poll::new().context("epoll")?,
            events: Events::with_capacity(EVENTS_MAX),
            server,
            clients: Vec::new(),
            buffer: vec![0; READ_BUFFER_BYTES],
        })
    }

    /// Starts one more client, which asks for `path`. A receive buffer is given only to those that shall soon be full.
    pub(crate) fn launch(&mut self, path: &str, receive_buffer_bytes: Option<usize>) -> anyhow::Result<()> {
        let mut client = Client::connect(self.server, path, receive_buffer_bytes)?;
        let interest = Interest::READABLE | Interest::WRITABLE;
        self.poll.registry().register(&mut client.socket, Token(self.clients.len()), interest)?;
        self.clients.push(client);
        Ok(())
    }

    /// Closes all sockets, at once, and forgets the clients.
    pub(crate) fn abandon(&mut self) {
        self.clients.clear();
    }

    pub(crate) fn len(&self) -> usize {
        self.clients.len()
    }

    pub(crate) fn roll(&self) -> Roll {
        self.clients.iter().fold(Roll::default(), |mut roll, client| {
            match client.phase {
                Phase::Connecting | Phase::Greeting => roll.pending += 1,
                Phase::Open => roll.open += 1,
                Phase::Lost => roll.lost += 1,
            }
            roll
        })
    }

    /// From now on this client does not read.
    pub(crate) fn deafen(&mut self, client: usize) -> anyhow::Result<()> {
        Ok(self.poll.registry().deregister(&mut self.clients[client].socket)?)
    }

    /// Waits for sockets at most so long, and reads what they have.
    pub(crate) fn turn(&mut self, timeout: Duration, ears: &mut impl Ears) -> anyhow::Result<()> {
        match self.poll.poll(&mut self.events, Some(timeout)) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Ok(()),
            polled => polled.context("epoll_wait")?,
        }
        for event in &self.events {
            let Token(place) = event.token();
            let client = &mut self.clients[place];
            if event.is_writable() && client.phase == Phase::Connecting {
                client.greet();
            }
            if event.is_readable() || event.is_read_closed() {
                read(client, place, &mut self.buffer, ears);
                if client.is_newly_open() {
                    self.poll.registry().reregister(&mut client.socket, Token(place), Interest::READABLE)?;
                    // What came between the read and this has been reported, or will be: rearming reports it anew.
                }
            }
        }
        Ok(())
    }
}

/// Reads all that a socket has. A read that does not fill the buffer has emptied the socket (epoll(7), question 9).
fn read(client: &mut Client, place: usize, buffer: &mut [u8], ears: &mut impl Ears) {
    while matches!(client.phase, Phase::Greeting | Phase::Open) {
        let got = match client.socket.read(buffer) {
            Ok(0) => return client.lose(),
            Ok(got) => got,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(_) => return client.lose(),
        };
        let now = now_micros();
        let heard = client.take(&buffer[..got], |progress| match progress {
            Progress::Opened => ears.opened(place).map(|text| frames::masked_text(text.as_bytes())),
            Progress::Frame(Frame { opcode: frames::PING, payload }) => Some(frames::masked_pong(payload)),
            Progress::Frame(Frame { opcode: frames::CLOSE, .. }) => None,
            Progress::Frame(frame) => {
                ears.frame(place, frame.payload, now).map(|text| frames::masked_text(text.as_bytes()))
            }
        });
        if heard.is_err() {
            return client.lose();
        }
        if got < buffer.len() {
            return;
        }
    }
}
