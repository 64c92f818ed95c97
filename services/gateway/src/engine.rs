//! The engine: one thread that owns the source and the hub, moves market time, and gives each shard the same batches.
//!
//! A thread of its own and no task: it sleeps to the microsecond, where a runtime's timer counts in milliseconds.

mod quiet;

use std::sync::Arc;
use std::time::{Duration, Instant};

use feed::{MarketClock, Progress, Source, SourceError};
use flume::{RecvTimeoutError, TrySendError};
use hub::{Answer, Answers, Batch, Hub, StartRequest};
use market::{Event, Ts};
use tokio::sync::{mpsc, oneshot};

use self::quiet::Quiet;
use crate::clock;
use crate::metrics::EngineMetrics;
use crate::shard::ToShard;

/// Questions that wait for the engine; askers beyond wait for a place.
pub(crate) const QUERIES_MAX: usize = 1_024;
/// Questions answered between two looks at the clock.
const QUERIES_AT_ONCE_MAX: usize = 64;
/// Market time that one flush moves at most, in microseconds: after a pause the way to the present is walked in steps.
const STEP_MICROS_MAX: u64 = 250_000;
/// A lag of the server's clock, in microseconds, from which on events are no longer sent one by one (the machine slept):
/// every client gets new snapshots instead.
const LAG_MICROS_MAX: u64 = 10_000_000;
/// Shards hear from the engine at least so often.
const SILENCE_MAX: Duration = Duration::from_secs(1);
/// How often what the engine holds is shown in the metrics.
const SHOWN_EVERY: Duration = Duration::from_secs(1);
/// When the source does not know its next event, and nothing is to be gathered, it is asked so often.
const POLL: Duration = Duration::from_millis(1);

/// A question to the engine.
pub(crate) enum Query {
    /// Starts of streams for a client of a shard; the answer takes its place among the batches.
    Start { shard: usize, request: StartRequest },
    /// Anything about the state of the hub.
    Ask(Box<dyn FnOnce(&mut Hub) + Send>),
}

/// A way to ask the engine.
#[derive(Clone)]
pub(crate) struct EngineHandle {
    queries: flume::Sender<Query>,
}

/// A way to ask the engine that does not keep it running: it ends when nobody is left who holds an [`EngineHandle`].
#[derive(Clone)]
pub(crate) struct WeakEngineHandle {
    queries: flume::WeakSender<Query>,
}

/// The engine has ended.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the engine has stopped")]
pub(crate) struct EngineStopped;

/// Why the engine ended by itself.
#[derive(Debug)]
pub(crate) enum EngineEnd {
    /// The source has no more events.
    FeedEnded,
    /// The source failed.
    FeedFailed(SourceError),
    /// Nobody is left to listen.
    Abandoned,
}

/// How the engine works.
#[derive(Clone, Copy, Debug)]
pub(crate) struct EngineConfig {
    /// How long events are gathered; zero for not at all.
    pub(crate) flush: Duration,
    /// How far back clients may resume, in microseconds of market time.
    pub(crate) window_micros: u64,
    /// How many bytes a client gets of what it missed before it must have read them.
    pub(crate) answer_bytes_max: usize,
}

/// Owns the source and the hub.
pub(crate) struct Engine {
    source: Box<dyn Source>,
    hub: Hub,
    clock: MarketClock,
    config: EngineConfig,
    shards: Vec<mpsc::Sender<ToShard>>,
    queries: flume::Receiver<Query>,
    answers: Answers,
    /// Up to where market time has moved.
    reached: Ts,
    events: Vec<Event>,
    quiet: Quiet,
    last_sent: Instant,
    metrics: EngineMetrics,
    shard_queues: Vec<::metrics::Gauge>,
    last_shown: Instant,
}

impl EngineHandle {
    /// A handle, and the end of it that the engine takes.
    #[must_use]
    pub(crate) fn channel() -> (Self, flume::Receiver<Query>) {
        let (queries, receiver) = flume::bounded(QUERIES_MAX);
        (Self { queries }, receiver)
    }

    /// Has the engine answer a question about the hub.
    ///
    /// # Errors
    /// When the engine has ended.
    pub(crate) async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&mut Hub) -> T + Send + 'static,
    ) -> Result<T, EngineStopped> {
        let (answer, answered) = oneshot::channel();
        let ask = Box::new(move |hub: &mut Hub| drop(answer.send(question(hub))));
        self.queries.send_async(Query::Ask(ask)).await.map_err(|_| EngineStopped)?;
        answered.await.map_err(|_| EngineStopped)
    }

    /// A handle for those whom the engine outlives.
    #[must_use]
    pub(crate) fn downgrade(&self) -> WeakEngineHandle {
        WeakEngineHandle { queries: self.queries.downgrade() }
    }
}

impl WeakEngineHandle {
    /// Has the engine do something with the hub, from a thread of its own.
    ///
    /// # Errors
    /// When the engine has ended.
    pub(crate) fn tell_blocking(
        &self,
        what: impl FnOnce(&mut Hub) + Send + 'static,
    ) -> Result<(), EngineStopped> {
        let queries = self.queries.upgrade().ok_or(EngineStopped)?;
        queries.send(Query::Ask(Box::new(what))).map_err(|_| EngineStopped)
    }

    /// Asks for starts without waiting: the engine may itself be waiting for this shard. Hands the request back when
    /// there is no place for it now.
    pub(crate) fn try_start(&self, shard: usize, request: StartRequest) -> Result<(), StartRequest> {
        // An engine that has stopped answers nobody: the connection is about to end.
        let Some(queries) = self.queries.upgrade() else { return Ok(()) };
        match queries.try_send(Query::Start { shard, request }) {
            Err(TrySendError::Full(Query::Start { request, .. })) => Err(request),
            _ => Ok(()),
        }
    }
}

impl Engine {
    /// An engine whose hub is about to be brought up to the present.
    pub(crate) fn new(
        source: Box<dyn Source>,
        hub: Hub,
        shards: Vec<mpsc::Sender<ToShard>>,
        queries: flume::Receiver<Query>,
        config: EngineConfig,
    ) -> Self {
        let (clock, reached) = (source.clock(), source.start_ts());
        let quiet = Quiet::new(source.instruments().len());
        let shard_queues = (0..shards.len()).map(crate::metrics::shard_queue).collect();
        Self {
            source,
            hub,
            clock,
            config,
            shards,
            queries,
            answers: Answers::new(config.answer_bytes_max),
            reached,
            events: Vec::new(),
            quiet,
            last_sent: Instant::now(),
            metrics: EngineMetrics::new(Duration::from_micros(config.window_micros)),
            shard_queues,
            last_shown: Instant::now(),
        }
    }

    /// Moves to the present without telling anybody: at the start, and after the machine slept. The last of it is
    /// remembered, so that clients of other replicas can resume here.
    ///
    /// # Errors
    /// When the source fails.
    pub(crate) fn catch_up(&mut self) -> Result<Progress, SourceError> {
        loop {
            let now = clock::now();
            let target = self.clock.market(now);
            if target <= self.reached {
                return Ok(Progress::Running);
            }
            let until = target.min(self.reached.plus(STEP_MICROS_MAX));
            let progress = self.source.advance(until, &mut self.events);
            self.reached = until;
            if target.since(until) > self.config.window_micros {
                self.hub.catch_up(&self.events);
            } else {
                self.hub.publish(&self.events, now.0);
            }
            self.events.clear();
            if let Progress::Ended = progress? {
                return Ok(Progress::Ended);
            }
        }
    }

    /// Runs until the source ends or nobody listens any more.
    pub(crate) fn run(mut self) -> EngineEnd {
        let mut due = Instant::now();
        loop {
            match self.queries.recv_deadline(due) {
                Ok(query) => {
                    self.answer(query);
                    for query in self.queries.clone().try_iter().take(QUERIES_AT_ONCE_MAX - 1) {
                        self.answer(query);
                    }
                    if Instant::now() < due {
                        continue;
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return EngineEnd::Abandoned,
            }
            match self.flush() {
                Ok(Progress::Running) => due = self.next_flush(due),
                Ok(Progress::Ended) => return EngineEnd::FeedEnded,
                Err(EngineFailure::Source(error)) => return EngineEnd::FeedFailed(error),
                Err(EngineFailure::Abandoned) => return EngineEnd::Abandoned,
            }
        }
    }

    /// When to flush again, the last time having been due at `due`: late flushes are not made up for.
    fn next_flush(&self, due: Instant) -> Instant {
        let now = Instant::now();
        if !self.config.flush.is_zero() {
            return (due + self.config.flush).max(now);
        }
        let next = self.source.next_ts().map(|ts| self.clock.wall(ts.plus(1)).since(clock::now()));
        now + next.map_or(POLL, |micros| Duration::from_micros(micros).min(SILENCE_MAX))
    }

    /// Moves market time to the present and sends what happened.
    fn flush(&mut self) -> Result<Progress, EngineFailure> {
        let now = clock::now();
        let target = self.clock.market(now);
        let lag = now.since(self.clock.wall(self.reached));
        self.metrics.lags(Duration::from_micros(lag));
        if lag > LAG_MICROS_MAX {
            tracing::warn!(
                lag.ms = lag / 1_000,
                "fell behind the clock: catching up, clients get new snapshots"
            );
            self.metrics.lag_resets.increment(1);
            self.catch_up().map_err(EngineFailure::Source)?;
            self.send_all(|| ToShard::Renew)?;
        }
        let until = target.min(self.reached.plus(STEP_MICROS_MAX.max(self.step_micros())));
        let mut progress = Ok(Progress::Running);
        if until > self.reached {
            progress = self.source.advance(until, &mut self.events);
            self.reached = until;
        }
        self.quiet.take_from(&mut self.events);
        if !self.events.is_empty() || self.last_sent.elapsed() >= SILENCE_MAX {
            self.publish(now)?;
        }
        if !self.quiet.events.is_empty() {
            // On one core, too, a shard writes what happened before that.
            std::thread::yield_now();
            std::mem::swap(&mut self.events, &mut self.quiet.events);
            self.publish(now)?;
        }
        progress.map_err(EngineFailure::Source)
    }

    /// Sends the events, and what waited for them.
    fn publish(&mut self, now: Ts) -> Result<(), EngineFailure> {
        let started = Instant::now();
        let batch = Arc::new(self.hub.publish(&self.events, now.0));
        self.count(&batch, started.elapsed());
        self.events.clear();
        self.last_sent = Instant::now();
        self.send_all(|| ToShard::Batch(Arc::clone(&batch)))?;
        for answer in self.answers.late(&mut self.hub, now.0) {
            self.tell(answer);
        }
        Ok(())
    }

    /// Market time of two flushes: at high speeds one flush is a large step.
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "speed is limited"
    )]
    fn step_micros(&self) -> u64 {
        (self.config.flush.as_micros() as f64 * self.clock.speed() * 2.0) as u64
    }

    fn answer(&mut self, query: Query) {
        match query {
            Query::Ask(question) => question(&mut self.hub),
            Query::Start { shard, request } => {
                let answer = self.answers.answer(&mut self.hub, shard, request, clock::now().0);
                self.tell(answer);
            }
        }
    }

    fn tell(&self, answer: Answer) {
        let Answer { shard, client, ticket, starts } = answer;
        // A shard that is gone has no clients that wait.
        let _ = self.shards[shard].blocking_send(ToShard::Start { client, ticket, starts });
    }

    /// Gives each shard a message, and waits for one that has no place for it: then the market waits too.
    fn send_all(&self, message: impl Fn() -> ToShard) -> Result<(), EngineFailure> {
        for shard in &self.shards {
            shard.blocking_send(message()).map_err(|_| EngineFailure::Abandoned)?;
        }
        Ok(())
    }

    fn count(&mut self, batch: &Batch, took: Duration) {
        self.metrics.market_events.increment(self.events.len() as u64);
        self.metrics.stream_events.increment(batch.items().len() as u64);
        self.metrics.publish.record(took);
        if self.last_shown.elapsed() >= SHOWN_EVERY {
            self.last_shown = Instant::now();
            self.metrics.show(self.queries.len(), self.answers.waiting(), self.hub.window_size());
            for (gauge, shard) in self.shard_queues.iter().zip(&self.shards) {
                gauge.set(f64::from(
                    u32::try_from(shard.max_capacity() - shard.capacity()).unwrap_or(u32::MAX),
                ));
            }
        }
    }
}

enum EngineFailure {
    Source(SourceError),
    Abandoned,
}
