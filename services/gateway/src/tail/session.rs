//! One connection to a server: the handshake, text frames, and the ways in which it ends.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use protocol::{CloseReason, Encoding, ErrorBody, Request};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use tungstenite::client::IntoClientRequest as _;
use tungstenite::http::HeaderValue;
use tungstenite::http::header::SEC_WEBSOCKET_PROTOCOL;
use tungstenite::protocol::CloseFrame;
use tungstenite::{Error, Message, Utf8Bytes};

use crate::exit::Exit;

/// How long a connection may take to open, and to say hello.
const OPEN_MAX: Duration = Duration::from_secs(10);
/// How long the server may take to answer a close.
const CLOSE_MAX: Duration = Duration::from_secs(1);
/// The sub-protocol of people.
pub(super) const SUBPROTOCOL: &str = Encoding::Json.subprotocol();
/// How many heartbeats may be missed, and how long a pause counts as one at least.
const HEARTBEATS_MISSED_MAX: u32 = 3;
const HEARTBEAT_MIN: Duration = Duration::from_secs(1);

/// An open connection.
#[derive(Debug)]
pub(super) struct Session {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    silence_max: Duration,
}

/// There is no connection, or no longer.
#[derive(Debug, thiserror::Error)]
pub(super) enum SessionError {
    /// Not an address that can be asked.
    #[error("{url}: {error}; expected an address such as ws://127.0.0.1:8000/ws")]
    Url { url: String, error: String },
    /// Nobody there.
    #[error("{url}: cannot connect: {error}")]
    Unreachable { url: String, error: String },
    /// The server is there and does not want us.
    #[error("{url}: refused with status {status}: {message}")]
    Refused { url: String, status: u16, retryable: bool, message: String },
    /// Not our protocol.
    #[error("the server speaks `{found}`, expected `{SUBPROTOCOL}`")]
    Protocol { found: String },
    /// Nor this.
    #[error("the server did not begin with `hello`")]
    NoHello,
    /// The server closed.
    #[error("the server closed the connection: {code} {text}")]
    Closed { code: u16, text: String },
    /// The connection broke.
    #[error("the connection is lost: {0}")]
    Lost(Error),
    /// Neither event nor heartbeat.
    #[error("nothing was heard for {} ms", .0.as_millis())]
    Silent(Duration),
}

impl SessionError {
    /// How the process ends after this; `None` to connect again. A server that was never there is a wrong address.
    pub(super) fn ends_with(&self, has_connected: bool) -> Option<Exit> {
        let again = match self {
            Self::Url { .. } | Self::Protocol { .. } | Self::NoHello => false,
            Self::Unreachable { .. } => has_connected,
            Self::Refused { retryable, .. } => has_connected && *retryable,
            Self::Closed { code, .. } => {
                CloseReason::from_code(*code).is_none_or(CloseReason::should_reconnect)
            }
            Self::Lost(_) | Self::Silent(_) => true,
        };
        let is_end =
            |code| matches!(CloseReason::from_code(code), Some(CloseReason::Normal | CloseReason::FeedEnded));
        match self {
            _ if again => None,
            Self::Url { .. } => Some(Exit::Usage),
            Self::Closed { code, .. } if is_end(*code) => Some(Exit::Ok),
            _ => Some(Exit::Failed),
        }
    }
}

impl Session {
    pub(super) async fn open(url: &str) -> Result<Self, SessionError> {
        let invalid = |error: String| SessionError::Url { url: url.to_owned(), error };
        let mut request = url.into_client_request().map_err(|error| invalid(error.to_string()))?;
        if request.uri().scheme_str() != Some("ws") {
            return Err(invalid("only ws:// is spoken, without TLS".to_owned()));
        }
        request.headers_mut().insert(SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(SUBPROTOCOL));
        let unreachable = |error: String| SessionError::Unreachable { url: url.to_owned(), error };
        let (socket, response) = timeout(OPEN_MAX, connect_async(request))
            .await
            .map_err(|_| unreachable(format!("no answer in {} ms", OPEN_MAX.as_millis())))?
            .map_err(|error| match error {
                Error::Http(response) => refused(url, &response),
                Error::Url(_) | Error::HttpFormat(_) => invalid(error.to_string()),
                // The library speaks of a SubProtocol error: it asked for ours and got another or none.
                Error::Protocol(tungstenite::error::ProtocolError::SecWebSocketSubProtocolError(error)) => {
                    SessionError::Protocol { found: error.to_string() }
                }
                error => unreachable(error.to_string()),
            })?;
        let chosen = response.headers().get(SEC_WEBSOCKET_PROTOCOL).and_then(|name| name.to_str().ok());
        if chosen != Some(SUBPROTOCOL) {
            return Err(SessionError::Protocol { found: chosen.unwrap_or_default().to_owned() });
        }
        Ok(Self { socket, silence_max: OPEN_MAX })
    }

    /// From now on the server says something this often.
    pub(super) fn expect_within(&mut self, heartbeat: Duration) {
        self.silence_max = heartbeat.max(HEARTBEAT_MIN) * HEARTBEATS_MISSED_MAX;
    }

    pub(super) async fn send(&mut self, request: &Request) -> Result<(), SessionError> {
        self.socket.send(Message::text(request.encode())).await.map_err(SessionError::Lost)
    }

    /// The next text frame.
    pub(super) async fn frame(&mut self) -> Result<Utf8Bytes, SessionError> {
        loop {
            let silence_max = self.silence_max;
            let message = timeout(silence_max, self.socket.next())
                .await
                .map_err(|_| SessionError::Silent(silence_max))?;
            match message {
                Some(Ok(Message::Text(text))) => return Ok(text),
                Some(Ok(Message::Close(frame))) => return Err(closed(frame)),
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(SessionError::Lost(error)),
                None => return Err(SessionError::Lost(Error::ConnectionClosed)),
            }
        }
    }

    /// Says goodbye, or answers the server's, and waits a moment until it is out.
    pub(super) async fn close(&mut self) {
        let goodbye = async {
            // Refused where the server closed first: reading on sends the answer.
            let _ = self.socket.close(None).await;
            while let Some(Ok(_)) = self.socket.next().await {}
        };
        // Whether the server answers or not: this is the end.
        let _ = timeout(CLOSE_MAX, goodbye).await;
    }
}

fn closed(frame: Option<CloseFrame>) -> SessionError {
    // RFC 6455, 7.1.5: 1005 stands for a close without a code.
    let (code, text) =
        frame.map_or((1005, String::new()), |frame| (frame.code.into(), frame.reason.to_string()));
    SessionError::Closed { code, text }
}

/// What the server says in its answer, if it says it as all our errors are said.
fn refused(url: &str, response: &tungstenite::http::Response<Option<Vec<u8>>>) -> SessionError {
    let body = response.body().as_deref().unwrap_or_default();
    let status = response.status();
    let (retryable, message) = match serde_json::from_slice::<ErrorBody>(body) {
        Ok(error) => (error.retryable, error.message),
        Err(_) => (status.is_server_error(), status.canonical_reason().unwrap_or_default().to_owned()),
    };
    SessionError::Refused { url: url.to_owned(), status: status.as_u16(), retryable, message }
}
