//! `tickwire tail`: a terminal client. Prints streams, and proves them: no event missing, every book right.

mod events;
mod follower;
mod lines;
mod printer;
mod session;

use std::io::{self, IsTerminal as _};
use std::time::Duration;

use protocol::{
    Event, Frame, Hello, Op, Options, Request, RequestId, ServerMessage, StreamError, StreamName,
    StreamPattern,
};
use tokio_util::sync::CancellationToken;

use self::follower::Follower;
use self::printer::Printer;
use self::session::{SUBPROTOCOL, Session, SessionError};
use crate::cli::TailFlags;
use crate::exit::Exit;

/// The first pause before connecting again; doubles with each failure.
const BACKOFF_MIN: Duration = Duration::from_millis(250);
/// The longest pause.
const BACKOFF_MAX: Duration = Duration::from_secs(10);
/// Streams resumed by one request: its names fit into a frame.
const RESUME_STREAMS_MAX: usize = 100;
/// The longest pause that a draining server may ask for.
const TOLD_MAX: Duration = Duration::from_secs(60);

/// Prints streams until Ctrl-C, the end of stdout, or `--count` events.
pub async fn run(flags: &TailFlags) -> Exit {
    let stop = CancellationToken::new();
    let ctrl_c = stop.clone();
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            ctrl_c.cancel();
        }
    });
    let colour = io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let (mut out, mut notes) = (io::BufWriter::new(io::stdout()), io::stderr());
    follow(flags, Printer::new(&mut out, &mut notes, flags, colour), &stop).await
}

/// Why a conversation ended.
#[derive(Debug)]
enum End {
    /// And the process with it.
    Exit(Exit),
    /// The connection is gone.
    Lost(SessionError),
}

impl From<SessionError> for End {
    fn from(error: SessionError) -> Self {
        Self::Lost(error)
    }
}

/// Nobody reads stdout any more: `tickwire tail ... | head`.
impl From<io::Error> for End {
    fn from(error: io::Error) -> Self {
        let is_end = error.kind() == io::ErrorKind::BrokenPipe;
        Self::Exit(if is_end { Exit::Ok } else { Exit::Failed })
    }
}

/// Connects again and again, as long as that can help.
async fn follow(flags: &TailFlags, mut printer: Printer<'_>, stop: &CancellationToken) -> Exit {
    let (mut backoff, mut memory) = (Backoff::default(), Memory::default());
    loop {
        let error = match converse(flags, &mut printer, &mut backoff, &mut memory, stop).await {
            End::Exit(exit) => return printer.finish(exit),
            End::Lost(error) => error,
        };
        printer.note(&error);
        if let Some(exit) = error.ends_with(backoff.has_connected) {
            return printer.finish(exit);
        }
        let pause = backoff.next();
        printer.note(&format_args!("connecting again in {} ms", pause.as_millis()));
        if stop.run_until_cancelled(tokio::time::sleep(pause)).await.is_none() {
            return printer.finish(Exit::Ok);
        }
    }
}

/// One connection, from its opening to its end.
async fn converse(
    flags: &TailFlags,
    printer: &mut Printer<'_>,
    backoff: &mut Backoff,
    memory: &mut Memory,
    stop: &CancellationToken,
) -> End {
    let mut session = match stop.run_until_cancelled(Session::open(&flags.url)).await {
        None => return End::Exit(Exit::Ok),
        Some(Err(error)) => return error.into(),
        Some(Ok(session)) => session,
    };
    backoff.has_connected = true;
    let talk = async {
        let mut conversation = Conversation { session: &mut session, printer, backoff, memory };
        match conversation.run(&flags.streams).await {
            Ok(never) => match never {},
            Err(end) => end,
        }
    };
    let end = stop.run_until_cancelled(talk).await.unwrap_or(End::Exit(Exit::Ok));
    session.close().await;
    end
}

struct Conversation<'a, 'p> {
    session: &'a mut Session,
    printer: &'a mut Printer<'p>,
    backoff: &'a mut Backoff,
    memory: &'a mut Memory,
}

/// What is known from one connection to the next.
#[derive(Debug, Default)]
struct Memory {
    epoch: String,
    follower: Follower,
}

impl Conversation<'_, '_> {
    async fn run(&mut self, streams: &[String]) -> Result<std::convert::Infallible, End> {
        let hello = self.hello().await?;
        // First what there is: without ticks and lots no book can be verified.
        self.ask("list", Op::List).await?;
        self.resume(&hello).await?;
        // What was resumed stays as it is; of the rest there is a snapshot.
        let targets = Op::subscribe_list(&streams.join(","));
        self.ask("subscribe", Op::Subscribe { targets, options: Options::default() }).await?;
        loop {
            let text = self.session.frame().await?;
            match protocol::decode_frame(&text) {
                Ok(Frame::Events(_)) => self.events(&text).await?,
                Ok(Frame::Control(message)) => self.control(*message).await?,
                Err(error) => self.printer.note(&error),
            }
        }
    }

    /// The first message of a connection.
    async fn hello(&mut self) -> Result<Hello, End> {
        let text = self.session.frame().await?;
        let hello = match protocol::decode_frame(&text) {
            Ok(Frame::Control(message)) => match *message {
                ServerMessage::Hello(hello) => *hello,
                _ => return Err(SessionError::NoHello.into()),
            },
            _ => return Err(SessionError::NoHello.into()),
        };
        if hello.protocol != SUBPROTOCOL {
            return Err(SessionError::Protocol { found: hello.protocol }.into());
        }
        self.session.expect_within(Duration::from_millis(hello.heartbeat_ms));
        let (label, session) = (&hello.feed.label, &hello.session);
        self.printer.note(&format_args!("connected: {label}; session {session}, epoch {}", hello.epoch));
        Ok(hello)
    }

    /// Goes on where the connection before this one ended.
    async fn resume(&mut self, hello: &Hello) -> Result<(), End> {
        let epoch = std::mem::replace(&mut self.memory.epoch, hello.epoch.clone());
        let at_once = hello.limits.request_streams_max.clamp(1, RESUME_STREAMS_MAX);
        for marks in self.memory.follower.marks().chunks(at_once) {
            let marks = marks.iter().map(|(stream, seq)| (Ok(stream.clone()), *seq)).collect();
            let op = Op::Resume { epoch: epoch.clone(), marks, options: Options::default() };
            self.ask("resume", op).await?;
        }
        Ok(())
    }

    async fn events(&mut self, text: &str) -> Result<(), End> {
        let mut broken = Vec::new();
        for raw in events::split(text) {
            let decoded = raw.and_then(|raw| Ok((raw, serde_json::from_str::<Event<'_>>(raw)?)));
            let (raw, event) = match decoded {
                Ok(decoded) => decoded,
                Err(error) => {
                    self.printer.note(&format_args!("not an event: {error}"));
                    break;
                }
            };
            let seen = self.memory.follower.follow(&event);
            if let Some(fault) = seen.fault {
                self.printer.fault(&fault);
                broken.extend(seen.can_resync.then_some(fault.stream));
            }
            self.printer.event(raw, &event, seen.book)?;
        }
        self.printer.flush()?;
        self.resync(&broken).await
    }

    async fn resync(&mut self, streams: &[StreamName]) -> Result<(), End> {
        if !streams.is_empty() {
            let targets = streams.iter().cloned().map(StreamPattern::One).map(Ok).collect();
            self.ask("resync", Op::Resync { targets }).await?;
        }
        Ok(())
    }

    async fn ask(&mut self, id: &str, op: Op) -> Result<(), End> {
        let request = Request { id: Some(RequestId::Text(id.to_owned())), op };
        Ok(self.session.send(&request).await?)
    }

    async fn control(&mut self, message: ServerMessage) -> Result<(), End> {
        match message {
            // Only the first message is one.
            ServerMessage::Hello(_) | ServerMessage::Pong { .. } => {}
            ServerMessage::List { instruments, .. } => self.memory.follower.learn(instruments),
            ServerMessage::Subscribed { streams, errors, .. } => {
                self.refused(&errors);
                if streams.is_empty() {
                    return Err(End::Exit(Exit::Failed));
                }
                self.backoff.failures = 0;
            }
            ServerMessage::Resumed { errors, .. }
            | ServerMessage::Resynced { errors, .. }
            | ServerMessage::Configured { errors, .. }
            | ServerMessage::Unsubscribed { errors, .. } => self.refused(&errors),
            ServerMessage::Discontinuity { reason, streams } => {
                let streams = streams.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
                self.printer.note(&format_args!("discontinuity ({}): {streams}", reason.name()));
            }
            ServerMessage::Error { error, .. } => self.printer.note(&error.message),
            ServerMessage::Draining { reconnect_after_ms, .. } => {
                self.backoff.told = Some(Duration::from_millis(reconnect_after_ms));
            }
            ServerMessage::Heartbeat { seqs, .. } => {
                let behind = self.memory.follower.behind(&seqs);
                behind.iter().for_each(|fault| self.printer.fault(fault));
                self.resync(&behind.into_iter().map(|fault| fault.stream).collect::<Vec<_>>()).await?;
            }
        }
        Ok(())
    }

    fn refused(&mut self, errors: &[StreamError]) {
        for StreamError { stream, error } in errors {
            self.printer.note(&format_args!("{stream}: {}", error.message));
        }
    }
}

/// When to connect again.
#[derive(Debug, Default)]
struct Backoff {
    /// There is a server at this address.
    has_connected: bool,
    /// Since a connection last came as far as to subscribe.
    failures: u32,
    /// What a draining server asked for.
    told: Option<Duration>,
}

impl Backoff {
    fn next(&mut self) -> Duration {
        let pause = BACKOFF_MIN.saturating_mul(1 << self.failures.min(16)).min(BACKOFF_MAX);
        self.failures += 1;
        self.told.take().map_or(pause, |told| told.min(TOLD_MAX))
    }
}

#[cfg(test)]
mod tests;
