//! A shard: one thread with the fan-out of its clients and their sockets. Nothing in it is shared or locked.

mod link;
mod rest;
mod websocket;

use std::cell::RefCell;
use std::net::IpAddr;
use std::net::TcpStream;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use feed::MarketClock;
use hub::{Batch, ClientId, Directory, Fanout, FanoutConfig, Start, StartRequest};
use market::Ts;
use protocol::{Encoding, Hello, ServerMessage, Target};
use tokio::sync::mpsc;
use tokio::task::LocalSet;
use tokio::time::MissedTickBehavior;

use self::link::Link;
use self::rest::Rest;
use crate::clock;
use crate::engine::WeakEngineHandle;
use crate::http::Stay;
use crate::metrics::ShardMetrics;

/// Batches and messages that wait for a shard. When it is full the engine waits, and the next flush gathers more.
pub(crate) const QUEUE_MAX: usize = 256;
/// How often heartbeats, stalls and drains are looked at.
const TICK: Duration = Duration::from_millis(100);
/// Turns that the tasks of the sockets get between two flushes, some dozens of them each: under full load, too, clients
/// are heard.
const TURNS: usize = 4;
/// How often what the shard holds is shown in the metrics: each of its clients is looked at.
const SHOWN_EVERY: Duration = Duration::from_secs(1);
/// How long a closed connection may take to read what was left, its close frame last.
const LINGER: Duration = Duration::from_secs(5);

/// What a shard is told.
pub(crate) enum ToShard {
    /// Events to send.
    Batch(Arc<Batch>),
    /// Starts of streams that a client waits for.
    Start { client: ClientId, ticket: u32, starts: Vec<Start> },
    /// A new client.
    Connect(Newcomer),
    /// Events were passed over: every client gets new snapshots.
    Renew,
    /// Send clients elsewhere, closing the last of them after so many microseconds.
    Drain { spread_micros: u64 },
    /// The same for those who came through a proxy that will end.
    DrainThrough { proxy: IpAddr, spread_micros: u64 },
    /// The source has ended.
    End,
}

/// A client that has passed the door.
pub(crate) struct Newcomer {
    pub(crate) transport: Transport,
    /// Whose connection it came on: its own, or that of the last proxy before us.
    pub(crate) through: IpAddr,
    /// What its URL subscribes.
    pub(crate) targets: Vec<Target>,
    /// Counted as long as the client is here: on this server, and at its address.
    pub(crate) place: (Place, Stay),
}

/// How a client is reached.
pub(crate) enum Transport {
    /// A socket after its upgrade, and what was read of it beyond the handshake.
    WebSocket { socket: TcpStream, early: Bytes, encoding: Encoding },
    /// The body of an HTTP answer.
    ServerSentEvents(mpsc::Sender<Bytes>),
}

/// One of the places for clients; given back when dropped.
pub(crate) struct Place(Arc<AtomicUsize>);

impl Place {
    /// Takes a place, if fewer than `max` are taken.
    pub(crate) fn take(taken: &Arc<AtomicUsize>, max: usize) -> Option<Self> {
        let place = Self(Arc::clone(taken));
        // Dropping the place gives it back.
        (taken.fetch_add(1, Ordering::Relaxed) < max).then_some(place)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// What a shard needs to know.
#[derive(Clone)]
pub(crate) struct ShardConfig {
    pub(crate) index: usize,
    pub(crate) fanout: FanoutConfig,
    pub(crate) hello: Arc<Hello>,
    /// How market time follows the server's clock.
    pub(crate) clock: MarketClock,
    /// SO_SNDBUF of a client's socket, in bytes: what the kernel may hold for a client that does not read.
    pub(crate) send_buffer_bytes: usize,
}

/// Sleeps until a moment of the server's clock, in microseconds since 1970.
async fn sleep_until(moment: Option<u64>) {
    let micros = moment.map_or(0, |moment| moment.saturating_sub(clock::now().0));
    tokio::time::sleep(Duration::from_micros(micros)).await;
}

/// A queue for a shard.
pub(crate) fn channel() -> (mpsc::Sender<ToShard>, mpsc::Receiver<ToShard>) {
    mpsc::channel(QUEUE_MAX)
}

/// The shard itself.
struct Shard {
    config: ShardConfig,
    fanout: Rc<RefCell<Fanout<Link>>>,
    engine: WeakEngineHandle,
    /// Requests for which the engine had no place.
    unasked: Vec<StartRequest>,
    metrics: ShardMetrics,
    last_shown: Instant,
    sessions: u64,
}

/// Runs a shard until its queue is closed and its last client gone.
pub(crate) fn run(
    config: ShardConfig,
    directory: Arc<Directory>,
    engine: WeakEngineHandle,
    queue: mpsc::Receiver<ToShard>,
) {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a thread can poll");
    let fanout = Rc::new(RefCell::new(Fanout::new(directory, config.fanout.clone())));
    let metrics = ShardMetrics::new(config.index);
    let last_shown = Instant::now();
    let shard = Shard { config, fanout, engine, unasked: Vec::new(), metrics, last_shown, sessions: 0 };
    LocalSet::new().block_on(&runtime, shard.run(queue));
}

impl Shard {
    async fn run(mut self, mut queue: mpsc::Receiver<ToShard>) {
        let mut ticks = tokio::time::interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut rest = Rest::new(Duration::from_millis(self.config.hello.flush_ms));
        loop {
            let next_release = self.fanout.borrow().next_release();
            tokio::select! {
                () = rest.over(), if rest.is_due() => {}
                message = queue.recv(), if !rest.is_due() => match message {
                    Some(message) => {
                        let started = Instant::now();
                        self.take(message, &mut queue);
                        rest.after(started.elapsed());
                        for _ in 0..TURNS {
                            tokio::task::yield_now().await;
                        }
                    }
                    None => return,
                },
                _ = ticks.tick() => {
                    self.fanout.borrow_mut().tick(clock::now().0);
                    self.report();
                }
                () = sleep_until(next_release), if next_release.is_some() => {
                    self.fanout.borrow_mut().release(clock::now().0);
                }
            }
            self.ask();
        }
    }

    /// Takes all that waits. Batches that pile up become one write: under load the flush widens by itself. Answers that
    /// stand between them are given after it, each with the client's part of the batches behind it: ten thousand that
    /// come at once must not make every batch a write of its own.
    fn take(&mut self, first: ToShard, queue: &mut mpsc::Receiver<ToShard>) {
        let (mut batches, mut answers) = (Vec::new(), Vec::new());
        let mut next = Some(first);
        while let Some(message) = next {
            match message {
                ToShard::Batch(batch) => batches.push(batch),
                ToShard::Start { client, ticket, starts } => {
                    answers.push((batches.len(), client, ticket, starts));
                }
                ToShard::Connect(newcomer) => self.connect(newcomer, clock::now().0),
                other => {
                    self.settle(&mut batches, &mut answers);
                    self.handle(&other);
                }
            }
            next = queue.try_recv().ok();
        }
        self.settle(&mut batches, &mut answers);
    }

    /// Writes the batches, then the answers with what came after them.
    fn settle(&self, batches: &mut Vec<Arc<Batch>>, answers: &mut Vec<(usize, ClientId, u32, Vec<Start>)>) {
        self.flush(batches);
        for (before, client, ticket, starts) in answers.drain(..) {
            let now = clock::now().0;
            self.fanout.borrow_mut().start(client, ticket, &starts, &batches[before..], now);
        }
        batches.clear();
    }

    fn flush(&self, batches: &[Arc<Batch>]) {
        if !batches.is_empty() {
            let started = Instant::now();
            self.fanout.borrow_mut().flush(batches, clock::now().0);
            self.metrics.flush.record(started.elapsed());
            if let Some(oldest) = batches.iter().find_map(|batch| batch.items().first()) {
                let age = clock::now().since(self.config.clock.wall(Ts(oldest.ts)));
                self.metrics.age.record(Duration::from_micros(age));
            }
        }
    }

    fn handle(&self, message: &ToShard) {
        let now = clock::now().0;
        match message {
            ToShard::Batch(_) | ToShard::Start { .. } | ToShard::Connect(_) => {
                unreachable!("`take` deals with these")
            }
            ToShard::Renew => self.fanout.borrow_mut().renew_all(),
            ToShard::Drain { spread_micros } => self.fanout.borrow_mut().drain(now, *spread_micros),
            ToShard::DrainThrough { proxy, spread_micros } => {
                let came_through = |link: &Link| link.through() == *proxy;
                self.fanout.borrow_mut().drain_those(now, *spread_micros, came_through);
            }
            ToShard::End => self.fanout.borrow_mut().end(now),
        }
    }

    fn connect(&mut self, newcomer: Newcomer, now: u64) {
        let Newcomer { transport, through, targets, place } = newcomer;
        let (link, far_end) = match Link::open(transport, through, &self.config) {
            Ok(opened) => opened,
            Err(error) => {
                tracing::warn!(%error, "a socket could not be taken over");
                return;
            }
        };
        let framing = link.framing();
        let hello = self.greet(framing.encoding(), now);
        let mut fanout = self.fanout.borrow_mut();
        let id = fanout.connect(link, framing, &hello, now);
        if !targets.is_empty() {
            fanout.subscribe(id, &targets, now);
        }
        let shared = Rc::clone(&self.fanout);
        let max_bytes = self.config.fanout.limits.request_bytes_max;
        tokio::task::spawn_local(async move {
            far_end.run(id, &shared, max_bytes).await;
            shared.borrow_mut().disconnect(id);
            drop(place);
        });
    }

    fn greet(&mut self, encoding: Encoding, now: u64) -> ServerMessage {
        self.sessions += 1;
        let session = format!("{:x}-{:x}", self.config.index, self.sessions);
        let protocol = encoding.subprotocol().into();
        ServerMessage::Hello(Box::new(Hello {
            protocol,
            session,
            server_ts: now,
            ..(*self.config.hello).clone()
        }))
    }

    /// Hands the fan-out's wishes to the engine.
    fn ask(&mut self) {
        self.unasked.extend(self.fanout.borrow_mut().take_requests());
        while let Some(request) = self.unasked.pop() {
            if let Err(request) = self.engine.try_start(self.config.index, request) {
                self.unasked.push(request);
                return;
            }
        }
    }

    fn report(&mut self) {
        let fanout = self.fanout.borrow();
        self.metrics.count(fanout.counters());
        if self.last_shown.elapsed() >= SHOWN_EVERY {
            self.last_shown = Instant::now();
            self.metrics.show(&fanout.load());
        }
    }
}
