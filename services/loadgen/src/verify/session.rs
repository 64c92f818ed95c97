//! One connection of a client.

use std::time::Duration;

use futures_util::{FutureExt as _, StreamExt as _};
use protocol::{CloseReason, Encoding, Frame, Hello, ServerMessage};
use tokio::time::{Instant, MissedTickBehavior, interval};
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{Error, Message};

use super::asks::Asks;
use super::client::{Client, TICK};
use super::faults::Fault;
use super::socket::Socket;
use super::violation::Violation;

/// Messages that are read of one socket before others have their turn.
const AT_ONCE_MAX: usize = 64;
/// A connection that is silent for so many times the interval of heartbeats is dead.
const SILENT_HEARTBEATS: u32 = 3;

/// Why a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Left {
    /// The run is over, and the client has all it should.
    Finished,
    /// It could not be made.
    Refused,
    /// The server said that it stops, and the pause that it asked for is over.
    Drained,
    /// The server closed it with this code.
    Closed(u16),
    /// It broke.
    Broken,
    /// Nothing came for too long.
    Silent,
    /// A request was refused for now.
    Busy,
    /// The client itself dropped it.
    Dropped,
}

/// One connection.
pub(crate) struct Session<'a> {
    pub(super) client: &'a mut Client,
    pub(super) socket: Socket,
    pub(super) asks: Asks,
    /// The rate or policy of some streams was changed.
    pub(super) is_configured: bool,
    hello: &'a Hello,
    heard: Instant,
    next_fault: Option<(Instant, Fault)>,
    leave: Option<(Instant, Left)>,
}

impl<'a> Session<'a> {
    pub(crate) fn new(client: &'a mut Client, socket: Socket, hello: &'a Hello) -> Self {
        let mut session = Self {
            client,
            socket,
            asks: Asks::default(),
            is_configured: false,
            hello,
            heard: Instant::now(),
            next_fault: None,
            leave: None,
        };
        session.plan_fault();
        session
    }

    /// Reads until the connection ends.
    pub(crate) async fn run(mut self) -> Result<Left, Violation> {
        let left = self.talk().await?;
        let was_told = self.leave.is_some();
        let is_theirs = matches!(left, Left::Closed(_) | Left::Broken | Left::Silent);
        self.client.checker.figures.untold_ends += u64::from(is_theirs && !was_told);
        Ok(left)
    }

    async fn talk(&mut self) -> Result<Left, Violation> {
        let expected = &self.client.shared.epoch;
        if *expected != self.hello.epoch {
            return Err(Violation::Epoch { expected: expected.clone(), found: self.hello.epoch.clone() });
        }
        if self.client.away_since.is_some() {
            self.client.checker.figures.reconnects += 1;
            self.client.shared.reconnected();
        }
        if self.greet(&self.hello.epoch).await.is_err() {
            return Ok(Left::Broken);
        }
        if self.asks.is_empty() {
            self.arrived();
        }
        let mut ticks = interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let left = tokio::select! {
                message = self.socket.stream.next() => self.take_all(message)?,
                _ = ticks.tick() => self.tick().await?,
            };
            if let Some(left) = left {
                return Ok(left);
            }
        }
    }

    /// Takes a message and those that are there already.
    fn take_all(&mut self, first: Option<Result<Message, Error>>) -> Result<Option<Left>, Violation> {
        self.heard = Instant::now();
        let mut left = self.take_one(first)?;
        for _ in 1..AT_ONCE_MAX {
            if left.is_some() {
                break;
            }
            let Some(next) = self.socket.stream.next().now_or_never() else { break };
            left = self.take_one(next)?;
        }
        Ok(left)
    }

    fn take_one(&mut self, message: Option<Result<Message, Error>>) -> Result<Option<Left>, Violation> {
        match message {
            Some(Ok(message)) => self.take(&message),
            Some(Err(error)) => {
                self.client.journal.note(&error.to_string());
                Ok(Some(Left::Broken))
            }
            None => Ok(Some(Left::Broken)),
        }
    }

    fn take(&mut self, message: &Message) -> Result<Option<Left>, Violation> {
        let (encoding, bytes) = match message {
            Message::Text(text) => (Encoding::Json, text.as_bytes()),
            Message::Binary(bytes) => (Encoding::MessagePack, bytes.as_ref()),
            Message::Close(frame) => return self.closed(frame.as_ref()).map(Some),
            _ => return Ok(None),
        };
        if encoding != self.socket.encoding {
            return Err(Violation::FrameType(self.socket.encoding.subprotocol()));
        }
        let frame = match message {
            // It is known to be UTF-8.
            Message::Text(text) => protocol::decode_frame(text)?,
            _ => encoding.decode_frame(bytes)?,
        };
        match frame {
            Frame::Events(events) => {
                self.client.checker.figures.bytes += bytes.len() as u64;
                self.client.checker.events(&events)?;
                Ok(None)
            }
            Frame::Control(message) => self.control(&message),
        }
    }

    fn control(&mut self, message: &ServerMessage) -> Result<Option<Left>, Violation> {
        if !matches!(message, ServerMessage::Heartbeat { .. }) {
            self.client.journal.note(&format!("{message:?}"));
        }
        self.asks.answered(message)?;
        self.client.checker.control(message)?;
        match message {
            ServerMessage::Resumed { .. } => self.arrived(),
            ServerMessage::Subscribed { .. } if self.asks.is_empty() => self.arrived(),
            ServerMessage::Draining { reconnect_after_ms, .. } => {
                self.client.checker.figures.drains += 1;
                let at = Instant::now() + Duration::from_millis(*reconnect_after_ms);
                self.leave = Some((at, Left::Drained));
            }
            ServerMessage::Error { error, .. } if error.retryable => return Ok(Some(Left::Busy)),
            ServerMessage::Error { error, .. } => return Err(Violation::Refused(error.clone())),
            _ => {}
        }
        Ok(None)
    }

    /// The connection is of use.
    fn arrived(&mut self) {
        self.client.backoff.reset();
        if let Some(since) = self.client.away_since.take() {
            self.client.shared.was_away(since.elapsed());
        }
    }

    fn closed(&mut self, frame: Option<&CloseFrame>) -> Result<Left, Violation> {
        let Some(frame) = frame else { return Ok(Left::Broken) };
        let code = u16::from(frame.code);
        match CloseReason::from_code(code) {
            Some(reason) if reason.should_reconnect() => {
                self.client.checker.figures.slow_closes += u64::from(reason == CloseReason::Slow);
                Ok(Left::Closed(code))
            }
            _ => Err(Violation::Closed { code, reason: frame.reason.to_string() }),
        }
    }

    /// What happens without a message.
    async fn tick(&mut self) -> Result<Option<Left>, Violation> {
        let client = &mut *self.client;
        client.shared.count(client.number, &mut client.checker.figures);
        if client.shared.is_over() {
            return Ok(Some(Left::Finished));
        }
        self.asks.check()?;
        let silence = Duration::from_millis(self.hello.heartbeat_ms) * SILENT_HEARTBEATS;
        if self.heard.elapsed() > silence {
            self.client.checker.figures.silent_connections += 1;
            return Ok(Some(Left::Silent));
        }
        if let Some((_, left)) = self.leave.filter(|(at, _)| *at <= Instant::now()) {
            return Ok(Some(left));
        }
        if self.client.shared.target.get().is_some() {
            return self.settle().await;
        }
        match self.next_fault {
            Some((at, fault)) if at <= Instant::now() => Ok(self.make(fault).await),
            _ => Ok(None),
        }
    }

    async fn make(&mut self, fault: Fault) -> Option<Left> {
        *self.client.checker.figures.faults.entry(fault.name()).or_default() += 1;
        self.client.journal.note(&format!("fault: {fault:?}"));
        let made = match fault {
            Fault::Stall(pause) => {
                self.stall(pause).await;
                Ok(())
            }
            Fault::Disconnect => return Some(Left::Dropped),
            Fault::Churn => self.churn().await,
            Fault::Resync => self.resync().await,
            Fault::Configure => self.configure().await,
        };
        self.plan_fault();
        made.is_err().then_some(Left::Broken)
    }

    /// Reads nothing for a while, which is nobody's fault but its own.
    async fn stall(&mut self, pause: Duration) {
        let before = Instant::now();
        self.client.pause(pause).await;
        self.heard = Instant::now();
        self.asks.postpone();
        if let Some(since) = &mut self.client.away_since {
            *since += before.elapsed();
        }
    }

    fn plan_fault(&mut self) {
        let faults = self.client.shared.settings.faults;
        let next = faults.and_then(|rates| rates.next(&mut self.client.rng));
        self.next_fault = next.map(|(pause, fault)| (Instant::now() + pause, fault));
    }

    /// The end of the run: waits until nothing that others have is missing.
    async fn settle(&mut self) -> Result<Option<Left>, Violation> {
        if std::mem::take(&mut self.is_configured) && self.unconfigure().await.is_err() {
            return Ok(Some(Left::Broken));
        }
        let Some(target) = self.client.shared.target.get() else { return Ok(None) };
        let behind = self.client.checker.behind(&target.marks, &self.client.wanted);
        match behind {
            None if self.asks.is_empty() => Ok(Some(Left::Finished)),
            Some(violation) if target.deadline < std::time::Instant::now() => Err(violation),
            _ => Ok(None),
        }
    }
}
