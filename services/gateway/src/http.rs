//! The public port and the private one: routes, the door for clients, errors as JSON.

mod addresses;
mod admin;
mod api;
mod cors;
mod dashboard;
mod door;
mod error;
mod forwarded;
mod handshake;
mod leave;
mod listen;

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use axum::routing::{get, post};
use axum::{Router, middleware};
use hub::Directory;
use protocol::{Hello, rest};
use tokio::sync::mpsc;

pub(crate) use self::addresses::Stay;
pub(crate) use self::admin::{Health, admin_app};
pub(crate) use self::listen::{ListenLimits, serve};

use crate::config::Http;
use crate::engine::EngineHandle;
use crate::shard::ToShard;

/// What handlers need.
#[derive(Clone)]
pub(crate) struct App {
    pub(crate) engine: EngineHandle,
    pub(crate) directory: Arc<Directory>,
    pub(crate) hello: Arc<Hello>,
    pub(crate) shards: Arc<[mpsc::Sender<ToShard>]>,
    /// Clients in all shards.
    pub(crate) clients: Arc<AtomicUsize>,
    /// Whose turn it is to get the next client.
    pub(crate) turn: Arc<AtomicUsize>,
    pub(crate) http: Arc<Http>,
    pub(crate) rest_rows_max: usize,
    /// Over which time clients are sent away, in microseconds.
    pub(crate) spread_micros: u64,
    pub(crate) health: Health,
}

/// The routes of the public port.
pub(crate) fn public_app(app: App) -> Router {
    let router = Router::new()
        .route(rest::SOCKET_PATH, get(door::websocket))
        .route(rest::STREAM_PATH, get(door::server_sent_events))
        .route(rest::INSTRUMENTS_PATH, get(api::instruments))
        .route(rest::TICKER_PATH, get(api::ticker))
        .route(rest::CANDLES_PATH, get(api::candles))
        .route(rest::TRADES_PATH, get(api::trades))
        .route(rest::BOOK_PATH, get(api::book))
        .route("/api/{*rest}", get(error::not_found))
        .route_layer(middleware::from_fn_with_state(app.clone(), cors::allow));
    let router = router.route("/leave", post(leave::leave));
    match app.http.dashboard.as_deref() {
        Some(directory) => dashboard::add(router, directory),
        None => router.fallback(error::not_found),
    }
    .with_state(app)
}
