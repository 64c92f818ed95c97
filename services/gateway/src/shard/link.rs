//! Links: how the fan-out's bytes reach a socket or the body of an answer, and who waits when they do not.

use std::cell::{Cell, RefCell};
use std::io;
use std::net::IpAddr;
use std::rc::Rc;

use bytes::Bytes;
use hub::{ClientId, Fanout, Framing, Outlet};
use protocol::{CloseReason, Encoding};
use socket2::SockRef;
use tokio::io::Interest;
use tokio::net::TcpStream;
use tokio::sync::{Notify, mpsc};

use super::{LINGER, ShardConfig, Transport, websocket};
use crate::{clock, socket};

/// The fan-out's end of a connection.
pub(super) struct Link {
    end: End,
    through: IpAddr,
    state: Rc<LinkState>,
}

enum End {
    Socket(Rc<TcpStream>, Encoding),
    Body(mpsc::Sender<Bytes>),
}

/// What the two ends of a connection tell each other.
#[derive(Debug, Default)]
pub(super) struct LinkState {
    pub(super) blocked: Cell<bool>,
    pub(super) closing: Cell<Option<CloseReason>>,
    /// The fan-out has dropped its end: a write failed.
    pub(super) gone: Cell<bool>,
    pub(super) changed: Notify,
}

impl LinkState {
    pub(super) fn is_open(&self) -> bool {
        self.closing.get().is_none() && !self.gone.get()
    }
}

/// The task's end of a connection.
pub(super) struct FarEnd {
    kind: FarKind,
    state: Rc<LinkState>,
}

enum FarKind {
    WebSocket { socket: Rc<TcpStream>, early: Bytes, encoding: Encoding },
    ServerSentEvents(mpsc::Sender<Bytes>),
}

impl Link {
    pub(super) fn open(
        transport: Transport,
        through: IpAddr,
        config: &ShardConfig,
    ) -> io::Result<(Self, FarEnd)> {
        let state = Rc::new(LinkState::default());
        let (end, kind) = match transport {
            Transport::WebSocket { socket, early, encoding } => {
                let socket = Rc::new(prepare(socket, config)?);
                (End::Socket(Rc::clone(&socket), encoding), FarKind::WebSocket { socket, early, encoding })
            }
            Transport::ServerSentEvents(body) => (End::Body(body.clone()), FarKind::ServerSentEvents(body)),
        };
        Ok((Self { end, through, state: Rc::clone(&state) }, FarEnd { kind, state }))
    }

    /// See [`super::Newcomer::through`].
    pub(super) const fn through(&self) -> IpAddr {
        self.through
    }

    pub(super) fn framing(&self) -> Framing {
        match self.end {
            End::Socket(_, encoding) => Framing::WebSocket(encoding),
            End::Body(_) => Framing::ServerSentEvents,
        }
    }
}

/// Without this the task would wait for ever for a connection that the fan-out knows to be dead.
impl Drop for Link {
    fn drop(&mut self) {
        self.state.gone.set(true);
        self.state.changed.notify_one();
    }
}

fn prepare(socket: std::net::TcpStream, config: &ShardConfig) -> io::Result<TcpStream> {
    socket.set_nonblocking(true)?;
    socket.set_nodelay(true)?;
    let stall_ms_max = config.fanout.limits.stall_ms_max;
    socket::limit(&SockRef::from(&socket), config.send_buffer_bytes, stall_ms_max)?;
    TcpStream::from_std(socket)
}

impl Outlet for Link {
    fn try_write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &self.end {
            // Not through the runtime: it would refuse to write to a socket of which it has not heard yet. What it must
            // know is when there is no room, or it would not wait for some.
            End::Socket(socket, _) => match SockRef::from(&**socket).send(bytes) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    let _ = socket.try_io(Interest::WRITABLE, || Err::<(), _>(error));
                    Ok(0)
                }
                taken => taken,
            },
            End::Body(body) => match body.try_send(Bytes::copy_from_slice(bytes)) {
                Ok(()) => Ok(bytes.len()),
                Err(mpsc::error::TrySendError::Full(_)) => Ok(0),
                Err(mpsc::error::TrySendError::Closed(_)) => Err(io::ErrorKind::BrokenPipe.into()),
            },
        }
    }

    fn blocked(&mut self) {
        self.state.blocked.set(true);
        self.state.changed.notify_one();
    }

    fn closing(&mut self, reason: CloseReason) {
        self.state.closing.set(Some(reason));
        self.state.changed.notify_one();
    }
}

impl FarEnd {
    /// Serves the connection until either side ends it.
    pub(super) async fn run(self, id: ClientId, fanout: &RefCell<Fanout<Link>>, request_bytes_max: usize) {
        let reason = match self.kind {
            FarKind::WebSocket { socket, early, encoding } => {
                let start = (early, encoding);
                websocket::run(&socket, start, &self.state, id, fanout, request_bytes_max).await
            }
            FarKind::ServerSentEvents(body) => pour(&body, &self.state, id, fanout).await,
        };
        tracing::debug!(client = ?id, reason = ?reason, "a client has gone");
    }
}

/// Keeps the body of an answer flowing.
async fn pour(
    body: &mpsc::Sender<Bytes>,
    state: &LinkState,
    id: ClientId,
    fanout: &RefCell<Fanout<Link>>,
) -> Option<CloseReason> {
    loop {
        if state.blocked.get() {
            let room = tokio::time::timeout(LINGER, body.reserve()).await;
            match room {
                Ok(Ok(permit)) => drop(permit),
                Ok(Err(_)) => return None,
                Err(_) if state.closing.get().is_some() => return state.closing.get(),
                Err(_) => continue,
            }
            state.blocked.set(false);
            fanout.borrow_mut().writable(id, clock::now().0);
        } else if let Some(reason) = state.closing.get() {
            return Some(reason);
        } else {
            tokio::select! {
                () = state.changed.notified() => {}
                () = body.closed() => return None,
            }
        }
    }
}
