//! Listening: accepts connections and serves HTTP/1.1 on them until told to stop.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::Request;
use hyper::body::Incoming;
use hyper::header::HeaderMap;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use socket2::SockRef;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use super::addresses::{Addresses, Visit};
use super::forwarded;
use crate::config::{Config, TrustedProxies};
use crate::metrics::Refusal;
use crate::socket;

/// The largest head of a request, in bytes. hyper wants at least 8 KiB, and takes 100 headers.
const HEAD_BYTES_MAX: usize = 16 * 1_024;
/// Plain HTTP connections beyond those of streaming clients.
const REQUEST_CONNECTIONS_MAX: usize = 1_024;
/// The same of one address: a part of them, so that no address can take all.
const REQUEST_CONNECTIONS_PER_ADDRESS_MAX: usize = 256;
/// How long to wait after an accept failed: out of file descriptors, mostly.
const ACCEPT_RETRY: Duration = Duration::from_millis(100);

/// What connections may cost.
#[derive(Clone, Debug)]
pub(crate) struct ListenLimits {
    connections_max: usize,
    connections_per_address_max: usize,
    /// How long the head of a request may take to arrive, the first one as well as those that follow it.
    head_timeout: Duration,
    send_buffer_bytes: usize,
    stall_ms_max: u64,
    /// Proxies that are told from their clients, and do the counting of connections.
    trusted_proxies: TrustedProxies,
}

impl ListenLimits {
    /// Of the public port.
    pub(crate) fn public(config: &Config) -> Self {
        let (http, limits) = (&config.http, &config.limits);
        Self {
            connections_max: http.connections_max.saturating_add(REQUEST_CONNECTIONS_MAX),
            connections_per_address_max: http
                .connections_per_address_max
                .saturating_add(REQUEST_CONNECTIONS_PER_ADDRESS_MAX),
            head_timeout: Duration::from_millis(limits.handshake_ms_max),
            send_buffer_bytes: limits.send_buffer_bytes,
            stall_ms_max: limits.stall_ms_max,
            trusted_proxies: http.trusted_proxies.clone(),
        }
    }

    /// Of the private port: no streaming clients, and few that ask.
    pub(crate) fn private(config: &Config) -> Self {
        let max = REQUEST_CONNECTIONS_MAX;
        let trusted_proxies = TrustedProxies::default();
        Self {
            connections_max: max,
            connections_per_address_max: max,
            trusted_proxies,
            ..Self::public(config)
        }
    }
}

/// Serves `app` until `stop` turns true; then accepts nobody, lets requests under way end, and returns.
pub(crate) async fn serve(
    listener: TcpListener,
    app: Router,
    limits: ListenLimits,
    mut stop: watch::Receiver<bool>,
) {
    let places = Arc::new(Semaphore::new(limits.connections_max.min(Semaphore::MAX_PERMITS)));
    let addresses = Arc::new(Addresses::default());
    let limits = Arc::new(limits);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.wait_for(|stop| *stop) => return,
        };
        match accepted {
            Ok((socket, peer)) => {
                // Without a place the socket is dropped, and with it closed: there is nothing left to say it with.
                match admit(&places, &addresses, peer, &limits) {
                    Ok((place, visit)) => {
                        let limits = Arc::clone(&limits);
                        let connection = serve_connection(socket, app.clone(), visit, limits, stop.clone());
                        tokio::spawn(async move {
                            connection.await;
                            drop(place);
                        });
                    }
                    Err(refusal) => refusal.count(),
                }
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_RETRY).await;
            }
        }
    }
}

fn admit(
    places: &Arc<Semaphore>,
    addresses: &Arc<Addresses>,
    peer: SocketAddr,
    limits: &ListenLimits,
) -> Result<(OwnedSemaphorePermit, Arc<Visit>), Refusal> {
    let place = Arc::clone(places).try_acquire_owned().map_err(|_| Refusal::Capacity)?;
    let is_proxy = limits.trusted_proxies.contains(peer.ip());
    let max = if is_proxy { limits.connections_max } else { limits.connections_per_address_max };
    let visit = addresses.enter(peer.ip(), max).ok_or(Refusal::Address)?;
    Ok((place, Arc::new(visit)))
}

async fn serve_connection(
    socket: TcpStream,
    app: Router,
    visit: Arc<Visit>,
    limits: Arc<ListenLimits>,
    mut stop: watch::Receiver<bool>,
) {
    let _ = socket.set_nodelay(true);
    // Who asks and does not read the answer is cut off by the kernel.
    if let Err(error) = socket::limit(&SockRef::from(&socket), limits.send_buffer_bytes, limits.stall_ms_max)
    {
        tracing::debug!(%error, "a socket could not be limited");
        return;
    }
    let app = TowerToHyperService::new(app);
    let head_timeout = limits.head_timeout;
    let service = service_fn(move |mut request: Request<Incoming>| {
        let asking = asking(&visit, request.headers(), &limits.trusted_proxies);
        request.extensions_mut().insert(asking);
        app.call(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(head_timeout)
        // Who has said all it wants to say may still want the answer.
        .half_close(true)
        .max_buf_size(HEAD_BYTES_MAX)
        .serve_connection(TokioIo::new(socket), service)
        .with_upgrades();
    let mut connection = std::pin::pin!(connection);
    tokio::select! {
        _ = connection.as_mut() => return,
        _ = stop.wait_for(|stop| *stop) => {}
    }
    connection.as_mut().graceful_shutdown();
    let _ = connection.await;
}

/// Whose visit a request is: that of its connection, or that of the client for whom a trusted proxy asks.
fn asking(visit: &Arc<Visit>, headers: &HeaderMap, trusted: &TrustedProxies) -> Arc<Visit> {
    visit.on_behalf_of(forwarded::client(visit.address(), headers, trusted))
}
