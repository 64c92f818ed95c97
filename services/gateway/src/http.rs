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
mod listen;

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use axum::routing::get;
use axum::{Router, middleware};
use hub::Directory;
use protocol::Hello;
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
    pub(crate) health: Health,
}

/// The routes of the public port.
pub(crate) fn public_app(app: App) -> Router {
    let router = Router::new()
        .route("/ws", get(door::websocket))
        .route("/api/v1/stream", get(door::server_sent_events))
        .route("/api/v1/instruments", get(api::instruments))
        .route("/api/v1/ticker", get(api::ticker))
        .route("/api/v1/candles", get(api::candles))
        .route("/api/v1/trades", get(api::trades))
        .route("/api/v1/book", get(api::book))
        .route("/api/{*rest}", get(error::not_found))
        .route_layer(middleware::from_fn_with_state(app.clone(), cors::allow));
    match app.http.dashboard.as_deref() {
        Some(directory) => dashboard::add(router, directory),
        None => router.fallback(error::not_found),
    }
    .with_state(app)
}
