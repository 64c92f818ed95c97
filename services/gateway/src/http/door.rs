//! The door: who may become a client, and the hand-over of its connection to a shard.

use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream;
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use protocol::{Encoding, ErrorBody, ErrorCode, Op};
use serde::Deserialize;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tungstenite::handshake::derive_accept_key;

use super::App;
use super::error::ApiError;
use crate::shard::{Newcomer, Place, ToShard, Transport};

/// The only version of the WebSocket protocol (RFC 6455).
const WEBSOCKET_VERSION: &str = "13";
/// Frames that wait in the body of an event stream for its reader.
const BODY_FRAMES_MAX: usize = 16;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Subscribe {
    #[serde(default)]
    subscribe: String,
}

type Asked = Result<Query<Subscribe>, QueryRejection>;

/// `GET /ws`: upgrades to a WebSocket.
pub(super) async fn websocket(
    State(app): State<App>,
    asked: Asked,
    mut request: Request,
) -> Result<Response, ApiError> {
    let Query(Subscribe { subscribe }) = asked?;
    let headers = request.headers();
    let key = handshake_key(headers)?.to_vec();
    check_origin(&app, headers)?;
    let subprotocol = choose_subprotocol(headers)?;
    let place = admit(&app)?;
    let upgrade = request
        .extensions_mut()
        .remove::<OnUpgrade>()
        .ok_or_else(|| ErrorCode::BadRequest.with("this connection cannot be upgraded"))?;
    let shard = choose_shard(&app);
    let targets = Op::subscribe_list(&subscribe);
    let encoding = subprotocol.unwrap_or_default();
    tokio::spawn(async move {
        match upgrade.await.map_err(Into::into).and_then(|upgraded| into_socket(upgraded, encoding)) {
            Ok(transport) => {
                // A shard that is gone takes nobody: the socket is dropped, and with it closed.
                let _ = shard.send(ToShard::Connect(Newcomer { transport, targets, place })).await;
            }
            Err(error) => tracing::debug!(%error, "an upgrade failed"),
        }
    });
    Ok(switching(&key, subprotocol))
}

/// `GET /api/v1/stream`: the same events as Server-Sent Events.
pub(super) async fn server_sent_events(
    State(app): State<App>,
    asked: Asked,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let Query(Subscribe { subscribe }) = asked?;
    check_origin(&app, &headers)?;
    let targets = Op::subscribe_list(&subscribe);
    if targets.is_empty() {
        return Err(ErrorCode::BadRequest.with("expected ?subscribe=ticker:*,trades:BTC-USDT").into());
    }
    let place = admit(&app)?;
    let (body, frames) = mpsc::channel::<Bytes>(BODY_FRAMES_MAX);
    let newcomer = Newcomer { transport: Transport::ServerSentEvents(body), targets, place };
    let stopped = |_| ErrorCode::Unavailable.with("the server is stopping");
    choose_shard(&app).send(ToShard::Connect(newcomer)).await.map_err(stopped)?;
    let frames = stream::unfold(frames, async |mut frames| {
        frames.recv().await.map(|frame| (Ok::<_, std::convert::Infallible>(frame), frames))
    });
    let kind = [(header::CONTENT_TYPE, "text/event-stream"), (header::CACHE_CONTROL, "no-store")];
    Ok((kind, Body::from_stream(frames)).into_response())
}

/// The `Sec-WebSocket-Key` of a request that is a proper handshake.
fn handshake_key(headers: &HeaderMap) -> Result<&[u8], ErrorBody> {
    let lists = |name, token: &str| {
        headers
            .get_all(name)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .any(|value| value.split(',').any(|part| part.trim().eq_ignore_ascii_case(token)))
    };
    if !lists(header::CONNECTION, "upgrade") || !lists(header::UPGRADE, "websocket") {
        return Err(ErrorCode::BadRequest
            .with("expected a WebSocket handshake: Connection: Upgrade, Upgrade: websocket"));
    }
    if headers.get(header::SEC_WEBSOCKET_VERSION).is_none_or(|version| version != WEBSOCKET_VERSION) {
        return Err(ErrorCode::BadRequest.with("expected Sec-WebSocket-Version: 13"));
    }
    headers
        .get(header::SEC_WEBSOCKET_KEY)
        .map(HeaderValue::as_bytes)
        .ok_or_else(|| ErrorCode::BadRequest.with("expected a Sec-WebSocket-Key"))
}

/// The first of the sub-protocols offered that this server speaks: none if none was offered, and then it is the default.
fn choose_subprotocol(headers: &HeaderMap) -> Result<Option<Encoding>, ErrorBody> {
    let mut offered = headers
        .get_all(header::SEC_WEBSOCKET_PROTOCOL)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(',').map(str::trim))
        .peekable();
    if offered.peek().is_none() {
        return Ok(None);
    }
    offered.find_map(Encoding::from_subprotocol).map(Some).ok_or_else(|| {
        let names = Encoding::ALL.map(Encoding::subprotocol).join(" or ");
        ErrorCode::BadRequest.with(format!("expected the sub-protocol {names}, or none"))
    })
}

fn check_origin(app: &App, headers: &HeaderMap) -> Result<(), ErrorBody> {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    if headers.contains_key(header::ORIGIN) && text(header::ORIGIN).is_none() {
        return Err(ErrorCode::OriginForbidden.with("the Origin is not readable"));
    }
    match app.http.allowed_origins.allows(text(header::ORIGIN), text(header::HOST)) {
        true => Ok(()),
        false => Err(ErrorCode::OriginForbidden
            .with("pages of this origin may not connect: http.allowed_origins lists those that may")),
    }
}

fn admit(app: &App) -> Result<Place, ErrorBody> {
    if !app.health.is_ready() {
        return Err(ErrorCode::Unavailable.with("the server is starting or stopping"));
    }
    let max = app.http.connections_max;
    Place::take(&app.clients, max).ok_or_else(|| {
        ErrorCode::TooManyConnections.with(format!("the server has {max} connections, and takes no more"))
    })
}

/// Shards take turns.
fn choose_shard(app: &App) -> mpsc::Sender<ToShard> {
    let turn = app.turn.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    app.shards[turn % app.shards.len()].clone()
}

fn switching(key: &[u8], subprotocol: Option<Encoding>) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = response.headers_mut();
    headers.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    let accept = HeaderValue::from_str(&derive_accept_key(key)).expect("base64 is a header value");
    headers.insert(header::SEC_WEBSOCKET_ACCEPT, accept);
    if let Some(subprotocol) = subprotocol {
        headers.insert(header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(subprotocol.subprotocol()));
    }
    response
}

/// Takes the bare socket out of an upgraded connection, off this runtime.
fn into_socket(upgraded: Upgraded, encoding: Encoding) -> anyhow::Result<Transport> {
    let parts = upgraded
        .downcast::<TokioIo<TcpStream>>()
        .map_err(|_| anyhow::anyhow!("the connection is not a bare TCP socket"))?;
    Ok(Transport::WebSocket { socket: parts.io.into_inner().into_std()?, early: parts.read_buf, encoding })
}
