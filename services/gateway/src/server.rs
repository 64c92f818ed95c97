//! The server: puts source, engine, shards and ports together, and takes them apart again in order.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use feed::{MarketClock, Source, SourceKind};
use hub::{Directory, FanoutConfig, Hub, HubConfig, WindowConfig};
use metrics_exporter_prometheus::PrometheusHandle;
use protocol::{ClockMapping, Encoding, FeedInfo, FeedKind, Hello};
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::{mpsc, oneshot, watch};

use crate::config::Config;
use crate::engine::{Engine, EngineConfig, EngineEnd, EngineHandle, QUERIES_MAX, WeakEngineHandle};
use crate::http::{self, App, Health, ListenLimits};
use crate::shard::{self, ShardConfig, ToShard};
use crate::{backfill, metrics, sources};

const MICROS_PER_MILLI: u64 = 1_000;
/// Connections that wait to be accepted; the kernel cuts it to its own limit (`net.core.somaxconn`).
const BACKLOG: u32 = 65_535;
/// How often the end of a drain is looked for.
const DRAIN_POLL: Duration = Duration::from_millis(20);

/// A server that is up.
pub struct Server {
    /// The public address.
    pub address: SocketAddr,
    /// The private address.
    pub admin_address: SocketAddr,
    config: Config,
    health: Health,
    clients: Arc<AtomicUsize>,
    shards: Vec<mpsc::Sender<ToShard>>,
    engine_end: oneshot::Receiver<EngineEnd>,
    /// Ends the public port; the private one ends with the server.
    stop: watch::Sender<bool>,
    _admin_stop: watch::Sender<bool>,
    /// Keeps the engine running to the end.
    _engine: EngineHandle,
}

/// Why a server ended.
#[derive(Debug)]
pub enum ServerEnd {
    /// It was told to, and its clients were sent elsewhere.
    Drained,
    /// The source of the events ended, as a recording does.
    FeedEnded,
    /// The source of the events failed.
    FeedFailed(feed::SourceError),
    /// The engine's thread ended without a word.
    EngineLost,
}

impl Server {
    /// Starts everything; when it returns, the server is ready.
    ///
    /// # Errors
    /// When a port is taken or the source can't be opened.
    pub async fn start(config: Config, prometheus: PrometheusHandle) -> anyhow::Result<Self> {
        let admin_listener = bind("http.admin_listen", config.http.admin_listen)?;
        let admin_address = admin_listener.local_addr()?;
        let (stop, stopped) = watch::channel(false);
        let (admin_stop, admin_stopped) = watch::channel(false);
        let health = Health::default();
        tokio::spawn(metrics::upkeep(prometheus.clone(), admin_stopped.clone()));
        let admin = http::admin_app(health.clone(), prometheus);
        let limits = ListenLimits::private(&config);
        tokio::spawn(http::serve(admin_listener, admin, limits, admin_stopped));

        let opened = sources::open(&config)?;
        let directory = Arc::new(Directory::new(opened.source.instruments().to_vec()));
        let hello = Arc::new(hello(&config, opened.source.as_ref()));
        metrics::show_limits(
            &hello.limits,
            &[
                ("replay_bytes_max", config.stream.replay_bytes_max),
                ("engine_queries_max", QUERIES_MAX),
                ("shard_queue_max", shard::QUEUE_MAX),
            ],
        );
        let (handle, queries) = EngineHandle::channel();
        let shards = start_shards(&config, opened.source.clock(), &directory, &hello, &handle.downgrade());
        let (hub_config, engine_config) = engine_configs(&config, opened.source.as_ref());
        let hub = Hub::new(Arc::clone(&directory), opened.source.past(), hub_config);
        let engine = Engine::new(opened.source, hub, shards.clone(), queries, engine_config);
        let engine_end = start_engine(engine).await?;
        if let Some(blocks) = opened.backfill {
            backfill::start(blocks, handle.downgrade());
        }

        // Not before it can serve: who is refused goes to another replica, who waits in the queue of the kernel does not.
        let listener = bind("http.listen", config.http.listen)?;
        let address = listener.local_addr()?;
        let clients = Arc::new(AtomicUsize::new(0));
        let app = App {
            engine: handle.clone(),
            directory,
            hello,
            shards: shards.clone().into(),
            clients: Arc::clone(&clients),
            turn: Arc::new(AtomicUsize::new(0)),
            http: Arc::new(config.http.clone()),
            rest_rows_max: config.limits.rest_rows_max,
            spread_micros: config.drain.spread_ms * MICROS_PER_MILLI,
            health: health.clone(),
        };
        let limits = ListenLimits::public(&config);
        tokio::spawn(http::serve(listener, http::public_app(app), limits, stopped));
        health.set_ready(true);
        Ok(Self {
            address,
            admin_address,
            config,
            health,
            clients,
            shards,
            engine_end,
            stop,
            _admin_stop: admin_stop,
            _engine: handle,
        })
    }

    /// Runs until `shutdown` resolves or the source ends, and drains.
    pub async fn run(mut self, shutdown: impl Future<Output = ()>) -> ServerEnd {
        let end = tokio::select! {
            () = shutdown => ServerEnd::Drained,
            end = &mut self.engine_end => match end {
                Ok(EngineEnd::FeedEnded) => ServerEnd::FeedEnded,
                Ok(EngineEnd::FeedFailed(error)) => ServerEnd::FeedFailed(error),
                Ok(EngineEnd::Abandoned) | Err(_) => ServerEnd::EngineLost,
            },
        };
        self.drain(&end).await;
        end
    }

    /// Not ready, a pause for load balancers to notice, no new clients, the clients one after the other, the end.
    async fn drain(self, end: &ServerEnd) {
        let started = Instant::now();
        let deadline = Duration::from_millis(self.config.drain.deadline_ms);
        let open = self.clients.load(Ordering::Relaxed);
        tracing::info!(clients = open, "draining");
        self.health.set_ready(false);
        // At the deadline it is over, whoever is left and whatever hangs.
        let _ = tokio::time::timeout(deadline, self.send_away(end)).await;
        let left = self.clients.load(Ordering::Relaxed);
        tracing::info!(clients.left = left, took.ms = started.elapsed().as_millis(), "drained");
    }

    async fn send_away(&self, end: &ServerEnd) {
        if let ServerEnd::Drained = end {
            tokio::time::sleep(Duration::from_millis(self.config.drain.pause_ms)).await;
            self.tell(|spread_micros| ToShard::Drain { spread_micros }).await;
        } else {
            self.tell(|_| ToShard::End).await;
        }
        self.stop.send_replace(true);
        while self.clients.load(Ordering::Relaxed) > 0 {
            tokio::time::sleep(DRAIN_POLL).await;
        }
    }

    async fn tell(&self, message: impl Fn(u64) -> ToShard) {
        for shard in &self.shards {
            // A shard that is gone has no clients.
            let _ = shard.send(message(self.config.drain.spread_ms * MICROS_PER_MILLI)).await;
        }
    }
}

/// Listens with a queue as long as the kernel allows: after a failure elsewhere thousands come at once, and whoever finds
/// it full tries again after a second only.
fn bind(key: &str, address: SocketAddr) -> anyhow::Result<TcpListener> {
    let listen = || {
        let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
        socket.set_reuseaddr(true)?;
        socket.bind(address)?;
        socket.listen(BACKLOG)
    };
    listen().map_err(|error| anyhow::anyhow!("{key}: cannot listen on {address}: {error}"))
}

fn start_shards(
    config: &Config,
    clock: MarketClock,
    directory: &Arc<Directory>,
    hello: &Arc<Hello>,
    engine: &WeakEngineHandle,
) -> Vec<mpsc::Sender<ToShard>> {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let count = if config.stream.shards == 0 { cores } else { config.stream.shards };
    let start = |index| {
        let (sender, queue) = shard::channel();
        let shard = ShardConfig {
            index,
            fanout: fanout_config(config, hello),
            hello: Arc::clone(hello),
            clock,
            send_buffer_bytes: config.limits.send_buffer_bytes,
        };
        let (directory, engine) = (Arc::clone(directory), engine.clone());
        spawn(format!("shard-{index}"), move || shard::run(shard, directory, engine, queue));
        sender
    };
    (0..count).map(start).collect()
}

/// Brings the engine to the present and sets it going.
async fn start_engine(mut engine: Engine) -> anyhow::Result<oneshot::Receiver<EngineEnd>> {
    let (present, presented) = oneshot::channel();
    let (ended, end) = oneshot::channel();
    spawn("engine".into(), move || {
        let started = Instant::now();
        let caught_up = engine.catch_up();
        tracing::info!(took.ms = started.elapsed().as_millis(), "caught up with the market");
        let failed = caught_up.as_ref().err().cloned();
        let _ = present.send(caught_up);
        let end = match failed {
            Some(error) => EngineEnd::FeedFailed(error),
            None => engine.run(),
        };
        let _ = ended.send(end);
    });
    // What a damaged recording held was played; its error is the engine's end.
    if let Err(error) = presented.await? {
        tracing::error!(%error, "the source failed at the start");
    }
    Ok(end)
}

/// Starts a thread that ends with the process, or when nobody is left to listen.
fn spawn(name: String, body: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().name(name).spawn(body).expect("the machine can start a thread");
}

fn fanout_config(config: &Config, hello: &Hello) -> FanoutConfig {
    FanoutConfig {
        epoch: hello.epoch.clone(),
        limits: hello.limits,
        heartbeat_micros: config.stream.heartbeat_ms * MICROS_PER_MILLI,
    }
}

fn engine_configs(config: &Config, source: &dyn Source) -> (HubConfig, EngineConfig) {
    let wall_micros = config.stream.replay_ms * MICROS_PER_MILLI;
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "minutes, times a speed that is limited"
    )]
    let window_micros = (wall_micros as f64 * source.clock().speed()) as u64;
    let window = WindowConfig { micros: window_micros, bytes_max: config.stream.replay_bytes_max };
    let hub = HubConfig { trades_recent: config.stream.trades_recent, window };
    let flush = Duration::from_millis(config.stream.flush_ms);
    (hub, EngineConfig { flush, window_micros, answer_bytes_max: config.limits.control_bytes_max })
}

fn hello(config: &Config, source: &dyn Source) -> Hello {
    let (label, clock) = (source.label(), source.clock());
    Hello {
        protocol: Encoding::default().subprotocol().into(),
        session: String::new(),
        epoch: source.epoch().into(),
        server_ts: 0,
        feed: FeedInfo {
            kind: match label.kind {
                SourceKind::Simulated => FeedKind::Simulated,
                SourceKind::Replay => FeedKind::Replay,
                SourceKind::Metronome => FeedKind::Metronome,
            },
            label: label.text,
            clock: ClockMapping { speed: clock.speed(), anchor_ts: clock.anchor().0 },
        },
        flush_ms: config.stream.flush_ms,
        heartbeat_ms: config.stream.heartbeat_ms,
        replay_ms: config.stream.replay_ms,
        limits: config.limits.shown(&config.http),
    }
}
