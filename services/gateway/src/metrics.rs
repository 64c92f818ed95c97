//! The metrics: every name, unit and meaning in one table, and handles that cost nothing to use.
//!
//! `docs/metrics.md` says the same for operators; a test compares the two with what a server shows.

use std::time::Duration;

use hub::{Counters, Load, WindowConfig};
use metrics::{Counter, Gauge, Histogram, Unit};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use protocol::{CloseReason, DiscontinuityReason, Limits};
use tokio::sync::watch;

/// What a metric counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Since the start, only rising.
    Counter,
    /// Now.
    Gauge,
    /// How often which values were seen.
    Histogram,
}

/// A metric.
#[derive(Clone, Copy, Debug)]
pub struct Metric {
    /// Its name, by the conventions of Prometheus.
    pub name: &'static str,
    /// What it counts.
    pub kind: Kind,
    unit: Unit,
    help: &'static str,
}

const fn counter(name: &'static str, unit: Unit, help: &'static str) -> Metric {
    Metric { name, kind: Kind::Counter, unit, help }
}

const fn gauge(name: &'static str, unit: Unit, help: &'static str) -> Metric {
    Metric { name, kind: Kind::Gauge, unit, help }
}

const fn histogram(name: &'static str, help: &'static str) -> Metric {
    Metric { name, kind: Kind::Histogram, unit: Unit::Seconds, help }
}

macro_rules! table {
    ($($constant:ident = $metric:expr;)*) => {
        $(const $constant: Metric = $metric;)*
        /// All of them.
        pub const ALL: &[Metric] = &[$($constant),*];
    };
}

table! {
    BUILD_INFO = gauge("tickwire_build_info", Unit::Count, "1, with the version as a label.");
    LIMIT = gauge("tickwire_limit", Unit::Count, "The limits in force, by name: what the depths are compared with.");
    MARKET_EVENTS = counter("tickwire_market_events_total", Unit::Count, "Events of the market taken in.");
    STREAM_EVENTS = counter("tickwire_stream_events_total", Unit::Count, "Events of streams encoded, each once.");
    PUBLISH = histogram("tickwire_publish_seconds", "How long the engine took to encode the events of a flush.");
    ENGINE_LAG = gauge("tickwire_engine_lag_seconds", Unit::Seconds, "How far the market was behind the server's clock when the engine last moved it.");
    ENGINE_LAG_RESETS = counter("tickwire_engine_lag_resets_total", Unit::Count, "Times the engine passed over events, because it had stood still too long.");
    ENGINE_QUERIES = gauge("tickwire_engine_queries", Unit::Count, "Questions that wait for the engine; limit engine_queries_max.");
    AHEAD_STREAMS = gauge("tickwire_ahead_streams", Unit::Count, "Streams of clients that wait for this replica to get where they are.");
    REPLAY_BYTES = gauge("tickwire_replay_bytes", Unit::Bytes, "Memory of the events that clients may resume after; limit replay_bytes_max.");
    REPLAY_SECONDS = gauge("tickwire_replay_seconds", Unit::Seconds, "How far back in market time they reach; limit replay_seconds_max.");
    BACKFILLED_BLOCKS = counter("tickwire_backfilled_blocks_total", Unit::Count, "Blocks of the past whose candles were made exact.");
    ACCEPTED = counter("tickwire_connections_total", Unit::Count, "Streaming clients let in.");
    REFUSED = counter("tickwire_refused_connections_total", Unit::Count, "Connections turned away, by reason.");
    CLIENTS = gauge("tickwire_clients", Unit::Count, "Streaming clients; limit connections_max.");
    BEHIND = gauge("tickwire_clients_behind", Unit::Count, "Clients that did not take all that was written to them yet.");
    SUBSCRIPTIONS = gauge("tickwire_subscriptions", Unit::Count, "Streams subscribed, over all clients.");
    GROUPS = gauge("tickwire_groups", Unit::Count, "Groups of clients that share their frames.");
    SHARD_QUEUE = gauge("tickwire_shard_queue_messages", Unit::Count, "Batches and messages that wait for a shard; limit shard_queue_max.");
    OUTBOX_BYTES = gauge("tickwire_outbox_bytes", Unit::Bytes, "Bytes of frames that wait for clients that are behind.");
    OUTBOX_HIGHEST = gauge("tickwire_outbox_highest_bytes", Unit::Bytes, "The same of the client with the most; limit control_bytes_max.");
    PENDING_TRADES = gauge("tickwire_pending_trades", Unit::Count, "Trades that wait, over all clients; limit pending_trades_max for each.");
    PENDING_LEVELS = gauge("tickwire_pending_levels", Unit::Count, "Price levels that wait, over all clients; limit pending_levels_max for each.");
    PENDING_EVENTS = gauge("tickwire_pending_events", Unit::Count, "Other events that wait, over all clients; limit pending_events_max for each.");
    FLUSH = histogram("tickwire_flush_seconds", "How long a shard took to write the events of a flush to its clients.");
    AGE = histogram("tickwire_age_seconds", "How old the oldest event of a flush was when the last client's bytes were written.");
    DELIVERED_EVENTS = counter("tickwire_delivered_events_total", Unit::Count, "Events written, each client's copy counted.");
    DELIVERED_BYTES = counter("tickwire_delivered_bytes_total", Unit::Bytes, "Bytes written to clients.");
    WRITES = counter("tickwire_writes_total", Unit::Count, "Writes to clients.");
    CONFLATED = counter("tickwire_conflated_events_total", Unit::Count, "Events merged into later ones for clients that were behind.");
    PACED = counter("tickwire_paced_events_total", Unit::Count, "Events merged into later ones because clients asked for fewer.");
    SKIPPED = counter("tickwire_skipped_trades_total", Unit::Count, "Trades skipped, with a notice, for clients that were behind.");
    SNAPSHOTS = counter("tickwire_snapshots_total", Unit::Count, "Snapshots sent.");
    RESUMED = counter("tickwire_resumed_events_total", Unit::Count, "Events sent again to clients that came back.");
    DISCONTINUITIES = counter("tickwire_discontinuities_total", Unit::Count, "Streams of clients that lost steps and were told, by reason.");
    REQUESTS = counter("tickwire_requests_total", Unit::Count, "Requests and pings of clients.");
    REFUSED_REQUESTS = counter("tickwire_refused_requests_total", Unit::Count, "Requests refused, wholly or for one of their streams.");
    CLOSES = counter("tickwire_closes_total", Unit::Count, "Connections closed by this side, by reason.");
}

/// Upper ends of the buckets of durations, in seconds.
const BUCKETS: [f64; 14] =
    [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

/// How often observations are summed up: the recorder keeps each of them until then, or until somebody asks.
const UPKEEP_EVERY: Duration = Duration::from_secs(5);

/// Sets the recorder of the whole process, once; it needs [`upkeep`].
///
/// # Errors
/// When there is one already.
pub fn install() -> Result<PrometheusHandle, BuildError> {
    let mut builder = PrometheusBuilder::new();
    for metric in ALL.iter().filter(|metric| metric.kind == Kind::Histogram) {
        builder = builder.set_buckets_for_metric(Matcher::Full(metric.name.into()), &BUCKETS)?;
    }
    let handle = builder.install_recorder()?;
    for Metric { name, kind, unit, help } in ALL {
        match kind {
            Kind::Counter => metrics::describe_counter!(*name, *unit, *help),
            Kind::Gauge => metrics::describe_gauge!(*name, *unit, *help),
            Kind::Histogram => metrics::describe_histogram!(*name, *unit, *help),
        }
    }
    metrics::gauge!(BUILD_INFO.name, "version" => env!("CARGO_PKG_VERSION")).set(1.0);
    Ok(handle)
}

/// Sums up what histograms have observed, until `stop` turns true or its sender is gone. A server that nobody asks for
/// its metrics would otherwise keep every observation.
pub(crate) async fn upkeep(prometheus: PrometheusHandle, mut stop: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(UPKEEP_EVERY) => prometheus.run_upkeep(),
            _ = stop.wait_for(|stop| *stop) => return,
        }
    }
}

/// Why a connection is turned away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The server has as many as it takes.
    Capacity,
    /// Its address has.
    Address,
    /// Its page is of another origin.
    Origin,
    /// The server is stopping.
    Unavailable,
}

impl Refusal {
    const ALL: [Self; 4] = [Self::Capacity, Self::Address, Self::Origin, Self::Unavailable];

    const fn name(self) -> &'static str {
        match self {
            Self::Capacity => "capacity",
            Self::Address => "address",
            Self::Origin => "origin",
            Self::Unavailable => "unavailable",
        }
    }

    /// Counts one.
    pub(crate) fn count(self) {
        metrics::counter!(REFUSED.name, "reason" => self.name()).increment(1);
    }
}

/// Counts a client that was let in.
pub(crate) fn accepted() {
    metrics::counter!(ACCEPTED.name).increment(1);
}

/// Counts a block of the past whose candles are exact now.
pub(crate) fn backfilled() {
    metrics::counter!(BACKFILLED_BLOCKS.name).increment(1);
}

/// Shows the limits in force, and every metric that would otherwise appear with its first count only.
pub(crate) fn show_limits(limits: &Limits, more: &[(&'static str, usize)]) {
    for (name, limit) in [
        ("subscriptions_max", limits.subscriptions_max),
        ("connections_max", limits.connections_max),
        ("connections_per_address_max", limits.connections_per_address_max),
        ("pending_trades_max", limits.pending_trades_max),
        ("pending_levels_max", limits.pending_levels_max),
        ("pending_events_max", limits.pending_events_max),
        ("control_bytes_max", limits.control_bytes_max),
    ]
    .iter()
    .chain(more)
    {
        metrics::gauge!(LIMIT.name, "limit" => *name).set(as_f64(*limit));
    }
    for refusal in Refusal::ALL {
        metrics::counter!(REFUSED.name, "reason" => refusal.name()).increment(0);
    }
    for metric in [ACCEPTED, BACKFILLED_BLOCKS] {
        metrics::counter!(metric.name).increment(0);
    }
}

/// What the engine reports.
pub(crate) struct EngineMetrics {
    pub(crate) market_events: Counter,
    pub(crate) stream_events: Counter,
    pub(crate) publish: Histogram,
    pub(crate) lag_resets: Counter,
    lag: Gauge,
    queries: Gauge,
    ahead: Gauge,
    replay_bytes: Gauge,
    replay_seconds: Gauge,
}

impl EngineMetrics {
    /// `replay_max` is how far back in market time clients may resume.
    pub(crate) fn new(replay_max: Duration) -> Self {
        metrics::gauge!(LIMIT.name, "limit" => "replay_seconds_max").set(replay_max.as_secs_f64());
        Self {
            market_events: metrics::counter!(MARKET_EVENTS.name),
            stream_events: metrics::counter!(STREAM_EVENTS.name),
            publish: metrics::histogram!(PUBLISH.name),
            lag_resets: metrics::counter!(ENGINE_LAG_RESETS.name),
            lag: metrics::gauge!(ENGINE_LAG.name),
            queries: metrics::gauge!(ENGINE_QUERIES.name),
            ahead: metrics::gauge!(AHEAD_STREAMS.name),
            replay_bytes: metrics::gauge!(REPLAY_BYTES.name),
            replay_seconds: metrics::gauge!(REPLAY_SECONDS.name),
        }
    }

    /// How far the market is behind the server's clock.
    pub(crate) fn lags(&self, lag: Duration) {
        self.lag.set(lag.as_secs_f64());
    }

    /// What the engine holds now.
    pub(crate) fn show(&self, queries: usize, ahead: usize, window: WindowConfig) {
        self.queries.set(as_f64(queries));
        self.ahead.set(as_f64(ahead));
        self.replay_bytes.set(as_f64(window.bytes_max));
        self.replay_seconds.set(Duration::from_micros(window.micros).as_secs_f64());
    }
}

/// What a shard reports.
pub(crate) struct ShardMetrics {
    pub(crate) flush: Histogram,
    pub(crate) age: Histogram,
    gauges: [Gauge; 9],
    counters: [Counter; 10],
    closes: [Counter; CloseReason::ALL.len()],
    discontinuities: [Counter; DiscontinuityReason::ALL.len()],
    counted: Counters,
}

impl ShardMetrics {
    pub(crate) fn new(shard: usize) -> Self {
        let shard = shard.to_string();
        let gauge = |metric: Metric| metrics::gauge!(metric.name, "shard" => shard.clone());
        Self {
            flush: metrics::histogram!(FLUSH.name),
            age: metrics::histogram!(AGE.name),
            gauges: [
                CLIENTS,
                BEHIND,
                SUBSCRIPTIONS,
                GROUPS,
                OUTBOX_BYTES,
                OUTBOX_HIGHEST,
                PENDING_TRADES,
                PENDING_LEVELS,
                PENDING_EVENTS,
            ]
            .map(gauge),
            counters: [
                DELIVERED_EVENTS,
                DELIVERED_BYTES,
                WRITES,
                CONFLATED,
                PACED,
                SKIPPED,
                SNAPSHOTS,
                RESUMED,
                REQUESTS,
                REFUSED_REQUESTS,
            ]
            .map(|metric| metrics::counter!(metric.name)),
            closes: CloseReason::ALL.map(|reason| metrics::counter!(CLOSES.name, "reason" => reason.name())),
            discontinuities: DiscontinuityReason::ALL
                .map(|reason| metrics::counter!(DISCONTINUITIES.name, "reason" => reason.name())),
            counted: Counters::default(),
        }
    }

    /// What the fan-out did since the last time.
    pub(crate) fn count(&mut self, now: Counters) {
        let then = std::mem::replace(&mut self.counted, now);
        let all = |counters: &Counters| {
            [
                counters.delivered_events,
                counters.delivered_bytes,
                counters.writes,
                counters.conflated_events,
                counters.paced_events,
                counters.skipped_trades,
                counters.snapshots,
                counters.resumed_events,
                counters.requests,
                counters.refused_requests,
            ]
        };
        add(&self.counters, &all(&now), &all(&then));
        add(&self.closes, &now.closes, &then.closes);
        add(&self.discontinuities, &now.discontinuities, &then.discontinuities);
    }

    /// What the fan-out holds now.
    pub(crate) fn show(&self, load: &Load) {
        let Load { clients, behind, subscriptions, groups, outbox_bytes, outbox_bytes_highest, pending } =
            *load;
        let values = [
            clients,
            behind,
            subscriptions,
            groups,
            outbox_bytes,
            outbox_bytes_highest,
            pending.trades,
            pending.levels,
            pending.events,
        ];
        self.gauges.iter().zip(values).for_each(|(gauge, value)| gauge.set(as_f64(value)));
    }
}

/// How many messages wait for a shard.
pub(crate) fn shard_queue(shard: usize) -> Gauge {
    metrics::gauge!(SHARD_QUEUE.name, "shard" => shard.to_string())
}

fn add(counters: &[Counter], now: &[u64], then: &[u64]) {
    for ((counter, now), then) in counters.iter().zip(now).zip(then) {
        counter.increment(now - then);
    }
}

#[allow(clippy::cast_precision_loss, reason = "a gauge")]
const fn as_f64(value: usize) -> f64 {
    value as f64
}
