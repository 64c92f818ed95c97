//! The door: who may become a client, and the hand-over of its connection to a shard.

use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::body::{Body, HttpBody as _};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, Request, State};
use axum::http::{HeaderMap, Method, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream;
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use protocol::rest::StreamQuery;
use protocol::{Encoding, ErrorBody, ErrorCode, Op};
use tokio::net::TcpStream;
use tokio::sync::mpsc;

use super::App;
use super::addresses::{Stay, Visit};
use super::error::ApiError;
use super::handshake;
use crate::metrics::{Refusal, accepted};
use crate::shard::{Newcomer, Place, ToShard, Transport};

/// Frames that wait in the body of an event stream for its reader.
const BODY_FRAMES_MAX: usize = 16;

type Asked = Result<Query<StreamQuery>, QueryRejection>;

/// `GET /ws`: upgrades to a WebSocket.
pub(super) async fn websocket(
    State(app): State<App>,
    Extension(visit): Extension<Arc<Visit>>,
    asked: Asked,
    mut request: Request,
) -> Result<Response, ApiError> {
    let Query(StreamQuery { subscribe }) = asked?;
    // The upgrade would wait for a body to end, and HEAD has no answer to upgrade with.
    if request.method() != Method::GET || !request.body().is_end_stream() {
        return Err(ErrorCode::BadRequest.with("expected a GET without a body").into());
    }
    let headers = request.headers();
    let key = handshake::key(headers)?.to_vec();
    check_origin(&app, headers)?;
    let subprotocol = handshake::subprotocol(headers)?;
    let place = admit(&app, &visit)?;
    let upgrade = request
        .extensions_mut()
        .remove::<OnUpgrade>()
        .ok_or_else(|| ErrorCode::BadRequest.with("this connection cannot be upgraded"))?;
    let shard = choose_shard(&app);
    let through = visit.through();
    let targets = Op::subscribe_list(&subscribe);
    let encoding = subprotocol.unwrap_or_default();
    let patience = Duration::from_millis(app.hello.limits.handshake_ms_max);
    tokio::spawn(async move {
        let upgraded = tokio::time::timeout(patience, into_socket(upgrade, encoding)).await;
        match upgraded.map_err(Into::into).flatten() {
            Ok(transport) => {
                // A shard that is gone takes nobody: the socket is dropped, and with it closed.
                let _ = shard.send(ToShard::Connect(Newcomer { transport, through, targets, place })).await;
            }
            Err(error) => tracing::debug!(%error, "an upgrade failed"),
        }
    });
    Ok(handshake::accept(&key, subprotocol))
}

/// `GET /api/v1/stream`: the same events as Server-Sent Events.
pub(super) async fn server_sent_events(
    State(app): State<App>,
    Extension(visit): Extension<Arc<Visit>>,
    asked: Asked,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let Query(StreamQuery { subscribe }) = asked?;
    check_origin(&app, &headers)?;
    let targets = Op::subscribe_list(&subscribe);
    if targets.is_empty() {
        return Err(ErrorCode::BadRequest.with("expected ?subscribe=ticker:*,trades:BTC-USDT").into());
    }
    let place = admit(&app, &visit)?;
    let (body, frames) = mpsc::channel::<Bytes>(BODY_FRAMES_MAX);
    let transport = Transport::ServerSentEvents(body);
    let newcomer = Newcomer { transport, through: visit.through(), targets, place };
    let stopped = |_| ErrorCode::Unavailable.with("the server is stopping");
    choose_shard(&app).send(ToShard::Connect(newcomer)).await.map_err(stopped)?;
    let frames = stream::unfold(frames, async |mut frames| {
        frames.recv().await.map(|frame| (Ok::<_, std::convert::Infallible>(frame), frames))
    });
    let kind = [(header::CONTENT_TYPE, "text/event-stream"), (header::CACHE_CONTROL, "no-store")];
    Ok((kind, Body::from_stream(frames)).into_response())
}

fn check_origin(app: &App, headers: &HeaderMap) -> Result<(), ErrorBody> {
    let text = |name| handshake::only(headers, &name).and_then(|value| value.to_str().ok());
    if headers.contains_key(header::ORIGIN) && text(header::ORIGIN).is_none() {
        return Err(ErrorCode::OriginForbidden.with("expected one Origin that is readable"));
    }
    match app.http.allowed_origins.allows(text(header::ORIGIN), text(header::HOST)) {
        true => Ok(()),
        false => Err(refused(Refusal::Origin)
            .with("pages of this origin may not connect: http.allowed_origins lists those that may")),
    }
}

fn admit(app: &App, visit: &Arc<Visit>) -> Result<(Place, Stay), ErrorBody> {
    if !app.health.is_ready() {
        return Err(refused(Refusal::Unavailable).with("the server is starting or stopping"));
    }
    let (max, of_address_max) = (app.http.connections_max, app.http.connections_per_address_max);
    let place = Place::take(&app.clients, max).ok_or_else(|| {
        refused(Refusal::Capacity)
            .with(format!("connections_max: the server has {max} connections, and takes no more"))
    })?;
    let stay = visit.stay(of_address_max).ok_or_else(|| {
        let message = format!(
            "connections_per_address_max: your address has {of_address_max} connections, and may have no more"
        );
        refused(Refusal::Address).with(message)
    })?;
    accepted();
    tracing::debug!(client.address = %visit.address(), "a client connects");
    Ok((place, stay))
}

/// Counts a refusal, and says it.
fn refused(refusal: Refusal) -> ErrorCode {
    refusal.count();
    match refusal {
        Refusal::Capacity | Refusal::Address => ErrorCode::TooManyConnections,
        Refusal::Origin => ErrorCode::OriginForbidden,
        Refusal::Unavailable => ErrorCode::Unavailable,
    }
}

/// Shards take turns.
fn choose_shard(app: &App) -> mpsc::Sender<ToShard> {
    let turn = app.turn.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    app.shards[turn % app.shards.len()].clone()
}

/// Takes the bare socket out of an upgraded connection, off this runtime.
async fn into_socket(upgrade: OnUpgrade, encoding: Encoding) -> anyhow::Result<Transport> {
    let parts = upgrade
        .await?
        .downcast::<TokioIo<TcpStream>>()
        .map_err(|_| anyhow::anyhow!("the connection is not a bare TCP socket"))?;
    // A copy: what was read early is a slice of a buffer of 8 KiB, which would live as long as the connection.
    let early = Bytes::copy_from_slice(&parts.read_buf);
    Ok(Transport::WebSocket { socket: parts.io.into_inner().into_std()?, early, encoding })
}
