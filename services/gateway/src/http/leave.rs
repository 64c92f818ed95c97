//! A proxy that will end asks that its clients be told: it cannot speak the protocol, and would cut them off.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};

use super::addresses::Visit;
use super::error::{self, ApiError};
use super::{App, forwarded};
use crate::shard::ToShard;

/// `POST /leave`: tells each client that came through the address that asks to connect again, spread over
/// `drain.spread_ms` as in a drain of the server. Only a trusted proxy may ask, and only by itself: what it passes on for
/// others, it says so. For everybody else there is no such page.
pub(super) async fn leave(
    State(app): State<App>,
    Extension(visit): Extension<Arc<Visit>>,
    headers: HeaderMap,
) -> Result<StatusCode, ApiError> {
    let proxy = visit.through();
    if !app.http.trusted_proxies.contains(proxy) || forwarded::is_forwarded(&headers) {
        return Err(error::not_found().await);
    }
    tracing::info!(%proxy, "a proxy will end: its clients are told to connect again");
    for shard in app.shards.iter() {
        // A shard that is gone has no clients.
        let _ = shard.send(ToShard::DrainThrough { proxy, spread_micros: app.spread_micros }).await;
    }
    Ok(StatusCode::ACCEPTED)
}
