//! Listening: accepts connections and serves HTTP/1.1 on them until told to stop.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};

/// How long a client may take to send the head of a request.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// The largest head of a request, in bytes. hyper wants at least 8 KiB.
const HEAD_BYTES_MAX: usize = 16 * 1_024;
/// Plain HTTP connections beyond those of streaming clients.
const REQUEST_CONNECTIONS_MAX: usize = 1_024;
/// How long to wait after an accept failed: out of file descriptors, mostly.
const ACCEPT_RETRY: Duration = Duration::from_millis(100);

/// Serves `app` until `stop` turns true; then accepts nobody, lets requests under way end, and returns.
pub(crate) async fn serve(
    listener: TcpListener,
    app: Router,
    connections_max: usize,
    mut stop: watch::Receiver<bool>,
) {
    let places_max = connections_max.saturating_add(REQUEST_CONNECTIONS_MAX);
    let places = Arc::new(Semaphore::new(places_max.min(Semaphore::MAX_PERMITS)));
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.wait_for(|stop| *stop) => return,
        };
        match accepted {
            Ok((socket, _)) => {
                // Without a place the socket is dropped, and with it closed: there is nothing left to say it with.
                if let Ok(place) = Arc::clone(&places).try_acquire_owned() {
                    let (app, stop) = (app.clone(), stop.clone());
                    tokio::spawn(async move {
                        serve_connection(socket, app, stop).await;
                        drop(place);
                    });
                } else {
                    metrics::counter!("tickwire_refused_connections_total").increment(1);
                }
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_RETRY).await;
            }
        }
    }
}

async fn serve_connection(socket: TcpStream, app: Router, mut stop: watch::Receiver<bool>) {
    let _ = socket.set_nodelay(true);
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(HEAD_BYTES_MAX)
        .serve_connection(TokioIo::new(socket), TowerToHyperService::new(app))
        .with_upgrades();
    let mut connection = std::pin::pin!(connection);
    tokio::select! {
        _ = connection.as_mut() => return,
        _ = stop.wait_for(|stop| *stop) => {}
    }
    connection.as_mut().graceful_shutdown();
    let _ = connection.await;
}
