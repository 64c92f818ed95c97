//! The engine: one thread that owns the source and the hub, moves market time, and gives each shard the same batches.

use std::sync::Arc;
use std::time::Duration;

use feed::{MarketClock, Progress, Source, SourceError};
use hub::{Batch, Hub, SnapshotRequest};
use market::{Event, Ts};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, MissedTickBehavior};

use crate::clock;
use crate::shard::ToShard;

/// Questions that wait for the engine; askers beyond wait for a place.
const QUERIES_MAX: usize = 1_024;
/// Questions answered between two looks at the clock.
const QUERIES_AT_ONCE_MAX: usize = 64;
/// Market time that one flush moves at most, in microseconds: after a pause the way to the present is walked in steps.
const STEP_MICROS_MAX: u64 = 250_000;
/// A lag of the server's clock, in microseconds, from which on events are no longer sent one by one (the machine slept):
/// every client gets new snapshots instead.
const LAG_MICROS_MAX: u64 = 10_000_000;
/// Shards hear from the engine at least so often.
const SILENCE_MAX: Duration = Duration::from_secs(1);

/// A question to the engine.
pub(crate) enum Query {
    /// Snapshots for a client of a shard; the answer takes its place among the batches.
    Snapshots { shard: usize, request: SnapshotRequest },
    /// Anything about the state of the hub.
    Ask(Box<dyn FnOnce(&mut Hub) + Send>),
}

/// A way to ask the engine.
#[derive(Clone, Debug)]
pub(crate) struct EngineHandle {
    queries: mpsc::Sender<Query>,
}

/// A way to ask the engine that does not keep it running: it ends when nobody is left who holds an [`EngineHandle`].
#[derive(Clone, Debug)]
pub(crate) struct WeakEngineHandle {
    queries: mpsc::WeakSender<Query>,
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

/// Owns the source and the hub.
pub(crate) struct Engine {
    source: Box<dyn Source>,
    hub: Hub,
    clock: MarketClock,
    shards: Vec<mpsc::Sender<ToShard>>,
    queries: mpsc::Receiver<Query>,
    flush: Duration,
    /// Up to where market time has moved.
    reached: Ts,
    events: Vec<Event>,
    last_sent: Instant,
}

impl EngineHandle {
    /// A handle, and the end of it that the engine takes.
    #[must_use]
    pub(crate) fn channel() -> (Self, mpsc::Receiver<Query>) {
        let (queries, receiver) = mpsc::channel(QUERIES_MAX);
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
        self.queries.send(Query::Ask(ask)).await.map_err(|_| EngineStopped)?;
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
        queries.blocking_send(Query::Ask(Box::new(what))).map_err(|_| EngineStopped)
    }

    /// Asks for snapshots without waiting: the engine may itself be waiting for this shard. Hands the request back when
    /// there is no place for it now.
    pub(crate) fn try_snapshots(
        &self,
        shard: usize,
        request: SnapshotRequest,
    ) -> Result<(), SnapshotRequest> {
        // An engine that has stopped answers nobody: the connection is about to end.
        let Some(queries) = self.queries.upgrade() else { return Ok(()) };
        match queries.try_send(Query::Snapshots { shard, request }) {
            Err(mpsc::error::TrySendError::Full(Query::Snapshots { request, .. })) => Err(request),
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
        queries: mpsc::Receiver<Query>,
        flush: Duration,
    ) -> Self {
        let (clock, reached) = (source.clock(), source.start_ts());
        Self {
            source,
            hub,
            clock,
            shards,
            queries,
            flush,
            reached,
            events: Vec::new(),
            last_sent: Instant::now(),
        }
    }

    /// Moves to the present without telling anybody: at the start, and after the machine slept.
    ///
    /// # Errors
    /// When the source fails.
    pub(crate) fn catch_up(&mut self) -> Result<Progress, SourceError> {
        loop {
            let target = self.clock.market(clock::now());
            if target <= self.reached {
                return Ok(Progress::Running);
            }
            let until = target.min(self.reached.plus(STEP_MICROS_MAX));
            let progress = self.source.advance(until, &mut self.events);
            self.reached = until;
            self.hub.catch_up(&self.events);
            self.events.clear();
            if let Progress::Ended = progress? {
                return Ok(Progress::Ended);
            }
        }
    }

    /// Runs until the source ends or nobody listens any more.
    pub(crate) async fn run(mut self) -> EngineEnd {
        let mut ticks = tokio::time::interval(self.flush.max(Duration::from_millis(1)));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                biased;
                _ = ticks.tick() => match self.flush().await {
                    Ok(Progress::Running) => {}
                    Ok(Progress::Ended) => return EngineEnd::FeedEnded,
                    Err(EngineFailure::Source(error)) => return EngineEnd::FeedFailed(error),
                    Err(EngineFailure::Abandoned) => return EngineEnd::Abandoned,
                },
                query = self.queries.recv() => {
                    let Some(query) = query else { return EngineEnd::Abandoned };
                    self.answer(query).await;
                    for _ in 1..QUERIES_AT_ONCE_MAX {
                        let Ok(query) = self.queries.try_recv() else { break };
                        self.answer(query).await;
                    }
                }
            }
        }
    }

    /// Moves market time to the present and sends what happened.
    async fn flush(&mut self) -> Result<Progress, EngineFailure> {
        let now = clock::now();
        let target = self.clock.market(now);
        let lag = now.since(self.clock.wall(self.reached));
        if lag > LAG_MICROS_MAX {
            tracing::warn!(
                lag.ms = lag / 1_000,
                "fell behind the clock: catching up, clients get new snapshots"
            );
            metrics::counter!("tickwire_engine_lag_resets_total").increment(1);
            self.catch_up().map_err(EngineFailure::Source)?;
            self.send_all(|| ToShard::Renew).await?;
        }
        let until = target.min(self.reached.plus(STEP_MICROS_MAX.max(self.step_micros())));
        let mut progress = Ok(Progress::Running);
        if until > self.reached {
            progress = self.source.advance(until, &mut self.events);
            self.reached = until;
        }
        if !self.events.is_empty() || self.last_sent.elapsed() >= SILENCE_MAX {
            let batch = Arc::new(self.hub.publish(&self.events, now.0));
            self.count(&batch);
            self.events.clear();
            self.last_sent = Instant::now();
            self.send_all(|| ToShard::Batch(Arc::clone(&batch))).await?;
        }
        progress.map_err(EngineFailure::Source)
    }

    /// Market time of two flushes: at high speeds one flush is a large step.
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "speed is limited"
    )]
    fn step_micros(&self) -> u64 {
        (self.flush.as_micros() as f64 * self.clock.speed() * 2.0) as u64
    }

    async fn answer(&mut self, query: Query) {
        match query {
            Query::Ask(question) => question(&mut self.hub),
            Query::Snapshots { shard, request: SnapshotRequest { client, streams } } => {
                let snapshots = streams.into_iter().map(|stream| self.hub.snapshot(stream)).collect();
                // A shard that is gone has no clients that wait.
                let _ = self.shards[shard].send(ToShard::Snapshots { client, snapshots }).await;
            }
        }
    }

    /// Gives each shard a message, and waits for one that has no place for it: then the market waits too.
    async fn send_all(&self, message: impl Fn() -> ToShard) -> Result<(), EngineFailure> {
        for shard in &self.shards {
            shard.send(message()).await.map_err(|_| EngineFailure::Abandoned)?;
        }
        Ok(())
    }

    fn count(&self, batch: &Batch) {
        metrics::counter!("tickwire_market_events_total").increment(self.events.len() as u64);
        metrics::counter!("tickwire_stream_events_total").increment(batch.items().len() as u64);
    }
}

enum EngineFailure {
    Source(SourceError),
    Abandoned,
}
