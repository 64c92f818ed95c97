//! The server inside the test's own process.

use std::net::SocketAddr;
use std::sync::OnceLock;

use gateway::cli::ServeFlags;
use gateway::config::{self, Config};
use gateway::server::{Server, ServerEnd};
use metrics_exporter_prometheus::PrometheusHandle;
use testkit::{Scratch, TestClient, within};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::{MARKET, METRONOME};

/// A server; it ends with the test.
pub(crate) struct TestServer {
    pub(crate) address: SocketAddr,
    pub(crate) admin_address: SocketAddr,
    shutdown: oneshot::Sender<()>,
    end: JoinHandle<ServerEnd>,
}

impl TestServer {
    /// The simulated market of [`MARKET`].
    pub(crate) async fn market(settings: &[(&str, &str)]) -> Self {
        Self::start(load(settings)).await
    }

    /// The metronome.
    pub(crate) async fn metronome(settings: &[(&str, &str)]) -> Self {
        Self::start(load(&[METRONOME, settings].concat())).await
    }

    async fn start(config: Config) -> Self {
        let server = within("the start", Server::start(config, metrics())).await.unwrap();
        let (address, admin_address) = (server.address, server.admin_address);
        let (shutdown, asked) = oneshot::channel();
        let end = tokio::spawn(server.run(async {
            if asked.await.is_err() {
                std::future::pending::<()>().await;
            }
        }));
        Self { address, admin_address, shutdown, end }
    }

    pub(crate) async fn connect(&self, query: &str) -> TestClient {
        TestClient::connect(self.address, query).await
    }

    /// As SIGTERM does.
    pub(crate) fn shut_down(self) -> JoinHandle<ServerEnd> {
        self.shutdown.send(()).unwrap();
        self.end
    }
}

fn load(settings: &[(&str, &str)]) -> Config {
    let scratch = Scratch::new();
    let flags =
        ServeFlags { config: Some(scratch.write("market.toml", MARKET).into()), ..ServeFlags::default() };
    let ports = [("TICKWIRE_HTTP__LISTEN", "127.0.0.1:0"), ("TICKWIRE_HTTP__ADMIN_LISTEN", "127.0.0.1:0")];
    config::load(&flags, ports.iter().chain(settings).copied())
        .unwrap_or_else(|errors| panic!("{errors}"))
        .config
}

/// The recorder is the process's, and so that of every server in it.
fn metrics() -> PrometheusHandle {
    static METRICS: OnceLock<PrometheusHandle> = OnceLock::new();
    METRICS.get_or_init(|| gateway::metrics::install().unwrap()).clone()
}
