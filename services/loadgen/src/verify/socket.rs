//! A WebSocket in one of the encodings: connecting, sending requests, and the first words.

use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use futures_util::{SinkExt as _, StreamExt as _};
use protocol::{Encoding, Frame, Hello, InstrumentInfo, Op, Request, ServerMessage};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

/// Read buffer of a client, in bytes.
const READ_BUFFER_BYTES: usize = 16 * 1_024;
/// How long a server may take to let a client in.
const CONNECT_MAX: Duration = Duration::from_secs(10);
/// The port of `ws://` without one.
const PORT: u16 = 80;

/// How a client connects.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Manner {
    pub(crate) encoding: Encoding,
    /// `SO_RCVBUF` in bytes: with a small one the server soon finds no more room.
    pub(crate) receive_buffer_bytes: Option<u32>,
}

pub(crate) struct Socket {
    pub(crate) stream: WebSocketStream<TcpStream>,
    pub(crate) encoding: Encoding,
}

impl Socket {
    /// Connects, and waits for `hello`.
    pub(crate) async fn connect(address: &str, manner: Manner) -> anyhow::Result<(Self, Hello)> {
        let connecting = async {
            let mut socket = Self::shake_hands(address, manner).await?;
            match socket.control().await? {
                ServerMessage::Hello(hello) => Ok((socket, *hello)),
                other => bail!("expected hello first, got {other:?}"),
            }
        };
        tokio::time::timeout(CONNECT_MAX, connecting).await.context("no answer")?
    }

    async fn shake_hands(address: &str, manner: Manner) -> anyhow::Result<Self> {
        let mut request = address.into_client_request()?;
        let subprotocol = HeaderValue::from_static(manner.encoding.subprotocol());
        request.headers_mut().insert("sec-websocket-protocol", subprotocol);
        let uri = request.uri();
        let host = (uri.host().context("an address has a host")?, uri.port_u16().unwrap_or(PORT));
        let host = tokio::net::lookup_host(host).await?.next().context("no such host")?;
        let socket = if host.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
        if let Some(bytes) = manner.receive_buffer_bytes {
            socket.set_recv_buffer_size(bytes)?;
        }
        let socket = socket.connect(host).await?;
        socket.set_nodelay(true)?;
        let config = WebSocketConfig::default().read_buffer_size(READ_BUFFER_BYTES);
        let (stream, answer) = client_async_with_config(request, socket, Some(config)).await?;
        let chosen = answer.headers().get("sec-websocket-protocol").and_then(|name| name.to_str().ok());
        let expected = manner.encoding.subprotocol();
        ensure!(chosen == Some(expected), "expected the sub-protocol {expected}, got {chosen:?}");
        Ok(Self { stream, encoding: manner.encoding })
    }

    pub(crate) async fn send(&mut self, request: &Request) -> Result<(), Error> {
        let message = match self.encoding {
            Encoding::Json => Message::text(request.encode()),
            Encoding::MessagePack => Message::binary(self.encoding.encode_request(request)),
        };
        self.stream.send(message).await
    }

    /// All instruments of the server.
    pub(crate) async fn instruments(&mut self) -> anyhow::Result<Vec<InstrumentInfo>> {
        self.send(&Request { id: None, op: Op::List }).await?;
        match self.control().await? {
            ServerMessage::List { instruments, .. } => Ok(instruments),
            other => bail!("expected the answer to `list`, got {other:?}"),
        }
    }

    async fn control(&mut self) -> anyhow::Result<ServerMessage> {
        loop {
            let message = self.stream.next().await.context("the end of the connection")??;
            let frame = match &message {
                Message::Text(text) => Encoding::Json.decode_frame(text.as_bytes())?,
                Message::Binary(bytes) => Encoding::MessagePack.decode_frame(bytes)?,
                Message::Close(close) => bail!("closed: {close:?}"),
                _ => continue,
            };
            match frame {
                Frame::Control(message) => return Ok(*message),
                Frame::Events(_) => bail!("events came of no subscription"),
            }
        }
    }
}
