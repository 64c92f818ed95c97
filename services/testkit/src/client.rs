//! A WebSocket client that follows every stream it gets, and knows at any moment whether all is as it should be.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;

use futures_util::{FutureExt as _, SinkExt as _, StreamExt as _};
use protocol::{Broken, Event, Follower, Frame, Hello, RequestId, ServerMessage, decode_frame, rest};
use serde_json::Value;
use socket2::SockRef;
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::{HeaderName, HeaderValue};
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::{DEADLINE, get, within};

/// How much of what was seen a failure shows.
const SEEN_MAX: usize = 12;
const SEEN_CHARS_MAX: usize = 300;

/// How to knock.
#[derive(Clone, Debug, Default)]
pub struct Door<'a> {
    /// With the `?`, such as `?subscribe=ticker:*`.
    pub query: &'a str,
    /// More headers of the handshake.
    pub headers: &'a [(&'static str, &'a str)],
    /// A small receive buffer (`SO_RCVBUF`), in bytes: the server soon finds no more room.
    pub receive_buffer_bytes: Option<u32>,
}

/// A handshake that was not accepted.
#[derive(Clone, Debug)]
pub struct Refused {
    /// The status of the answer.
    pub status: u16,
    /// Its body.
    pub body: Value,
}

/// A client.
#[derive(Debug)]
pub struct TestClient {
    /// What the server said first.
    pub hello: Hello,
    /// The sub-protocol that the server chose.
    pub subprotocol: Option<String>,
    /// Every stream so far.
    pub follower: Follower,
    /// What was wrong with them.
    pub broken: Vec<Broken>,
    /// Payloads of pong frames.
    pub pongs: Vec<Vec<u8>>,
    socket: WebSocketStream<TcpStream>,
    controls: VecDeque<ServerMessage>,
    events: VecDeque<Event<'static>>,
    closed: Option<(u16, String)>,
    seen: VecDeque<String>,
    requests: u64,
}

impl TestClient {
    /// Connects, and waits for `hello`.
    pub async fn connect(address: SocketAddr, query: &str) -> Self {
        let door = Door { query, ..Door::default() };
        Self::open(address, &door).await.unwrap_or_else(|refused| panic!("{refused:?}"))
    }

    /// The same with all that can be chosen.
    ///
    /// # Errors
    /// When the server answers the handshake with anything else.
    pub async fn open(address: SocketAddr, door: &Door<'_>) -> Result<Self, Refused> {
        let instruments: rest::Instruments =
            serde_json::from_value(get(address, "/api/v1/instruments").await.json()).expect("instruments");
        let (mut socket, subprotocol) = within("the handshake", shake_hands(address, door)).await?;
        Ok(Self {
            hello: greeting(&mut socket).await,
            subprotocol,
            follower: Follower::new(instruments.instruments.into_iter().map(Into::into)),
            broken: Vec::new(),
            pongs: Vec::new(),
            socket,
            controls: VecDeque::new(),
            events: VecDeque::new(),
            closed: None,
            seen: VecDeque::new(),
            requests: 0,
        })
    }

    /// Asks, under an id of its own, and waits for the answer. Events that come before it are kept.
    pub async fn ask(&mut self, mut request: Value) -> ServerMessage {
        self.requests += 1;
        let id = RequestId::Number(1_000_000 + self.requests);
        request["id"] = serde_json::to_value(&id).expect("an id is JSON");
        self.send(Message::text(request.to_string())).await;
        self.next_control(&request.to_string(), |message| id_of(message) == Some(&id)).await
    }

    /// Sends a text as it is.
    pub async fn send_text(&mut self, text: &str) {
        self.send(Message::text(text)).await;
    }

    /// Sends a message as it is.
    pub async fn send(&mut self, message: Message) {
        self.try_send(message).await.unwrap_or_else(|error| panic!("{error}; {}", self.told()));
    }

    /// The same where the server may have closed.
    ///
    /// # Errors
    /// When it has.
    pub async fn try_send(&mut self, message: Message) -> Result<(), Error> {
        within("sending", self.socket.send(message)).await
    }

    /// The next control message that matches; others are passed over, events are kept.
    pub async fn next_control(
        &mut self,
        what: &str,
        matches: impl Fn(&ServerMessage) -> bool,
    ) -> ServerMessage {
        self.until(what, |client| {
            let at = client.controls.iter().position(&matches)?;
            client.controls.drain(..=at).next_back()
        })
        .await
    }

    /// All events that came since this was last asked, at least one.
    pub async fn next_events(&mut self) -> Vec<Event<'static>> {
        self.until("events", |client| {
            (!client.events.is_empty()).then(|| std::mem::take(&mut client.events).into())
        })
        .await
    }

    /// Reads on until `found` finds something.
    pub async fn until<T>(&mut self, what: &str, mut found: impl FnMut(&mut Self) -> Option<T>) -> T {
        let reading = async {
            loop {
                if let Some(found) = found(self) {
                    return Some(found);
                }
                if self.closed.is_some() {
                    return None;
                }
                self.read().await;
            }
        };
        match tokio::time::timeout(DEADLINE, reading).await {
            Ok(Some(found)) => found,
            Ok(None) => panic!("{what}: the connection has ended: {}", self.told()),
            Err(_) => panic!("{what}: not within {} s: {}", DEADLINE.as_secs(), self.told()),
        }
    }

    /// Goes on reading until `other` is done: who has to wait for something else must not become a slow client.
    pub async fn reading_until<T>(&mut self, other: impl Future<Output = T>) -> T {
        let mut other = std::pin::pin!(other);
        loop {
            tokio::select! {
                done = &mut other => return done,
                () = self.read(), if self.closed.is_none() => {}
            }
        }
    }

    /// Reads to the end, and tells code and reason of the close frame; 1006 stands for none.
    pub async fn closed(&mut self) -> (u16, String) {
        let reading = async {
            while self.closed.is_none() {
                self.read().await;
            }
        };
        let ended = tokio::time::timeout(DEADLINE, reading).await;
        assert!(ended.is_ok(), "still open: {}", self.told());
        self.closed.clone().expect("it was just read")
    }

    /// Fails unless every stream was what it should be.
    pub fn assert_whole(&self) {
        assert!(self.broken.is_empty(), "{:?}; {}", self.broken, self.told());
    }

    /// Ends the connection with a TCP reset, as a process that is killed with unread data does.
    pub fn reset(self) {
        let socket = self.socket.get_ref();
        SockRef::from(socket).set_linger(Some(Duration::ZERO)).expect("a socket can be reset");
    }

    /// Closes, and waits for the server's answer.
    pub async fn close(mut self) {
        // Refused where the server closed first.
        let _ = within("closing", self.socket.close(None)).await;
        while within("the end", self.socket.next()).await.is_some_and(|message| message.is_ok()) {}
    }

    async fn read(&mut self) {
        let message = self.socket.next().await;
        self.take(message);
        // What is there already is taken at once: the deadline is for waiting.
        while self.closed.is_none()
            && let Some(message) = self.socket.next().now_or_never()
        {
            self.take(message);
        }
    }

    fn take(&mut self, message: Option<Result<Message, Error>>) {
        match message {
            Some(Ok(Message::Text(text))) => self.take_text(&text),
            Some(Ok(Message::Pong(payload))) => self.pongs.push(payload.to_vec()),
            Some(Ok(Message::Close(frame))) => {
                let said = frame.map(|frame| (frame.code.into(), frame.reason.to_string()));
                self.closed = Some(said.unwrap_or((1005, String::new())));
            }
            Some(Ok(other)) => panic!("the server sends no {other:?}: {}", self.told()),
            Some(Err(error)) => self.closed = Some((1006, error.to_string())),
            None => self.closed = Some((1006, "the end".into())),
        }
    }

    fn take_text(&mut self, text: &str) {
        if self.seen.len() == SEEN_MAX {
            self.seen.pop_front();
        }
        self.seen.push_back(text.chars().take(SEEN_CHARS_MAX).collect());
        match decode_frame(text).unwrap_or_else(|error| panic!("{error}: {text}")) {
            Frame::Control(message) => self.controls.push_back(*message),
            Frame::Events(events) => {
                for event in events {
                    self.broken.extend(self.follower.take(&event).err());
                    self.events.push_back(owned(event));
                }
            }
        }
    }

    fn told(&self) -> String {
        let seen: Vec<_> = self.seen.iter().map(String::as_str).collect();
        format!("closed {:?}, broken {:?}, seen last:\n{}", self.closed, self.broken, seen.join("\n"))
    }
}

async fn shake_hands(
    address: SocketAddr,
    door: &Door<'_>,
) -> Result<(WebSocketStream<TcpStream>, Option<String>), Refused> {
    let url = format!("ws://{address}/ws{}", door.query);
    let mut request = url.into_client_request().expect("a proper address");
    for (name, value) in door.headers {
        let value = HeaderValue::from_str(value).expect("a proper header");
        request.headers_mut().insert(HeaderName::from_static(name), value);
    }
    let socket = TcpSocket::new_v4().expect("the machine has sockets");
    if let Some(bytes) = door.receive_buffer_bytes {
        socket.set_recv_buffer_size(bytes).expect("the buffer can be small");
    }
    let socket = socket.connect(address).await.expect("the server takes connections");
    socket.set_nodelay(true).expect("a socket can be in a hurry");
    match client_async(request, socket).await {
        Ok((socket, response)) => {
            let chosen = response.headers().get("sec-websocket-protocol");
            Ok((socket, chosen.and_then(|name| name.to_str().ok()).map(str::to_owned)))
        }
        Err(Error::Http(response)) => {
            let body = response.body().as_deref().unwrap_or_default();
            Err(Refused {
                status: response.status().as_u16(),
                body: serde_json::from_slice(body).unwrap_or_else(|_| String::from_utf8_lossy(body).into()),
            })
        }
        Err(error) => panic!("the handshake failed: {error}"),
    }
}

/// The first message.
async fn greeting(socket: &mut WebSocketStream<TcpStream>) -> Hello {
    let first = within("hello", socket.next()).await;
    let Some(Ok(Message::Text(text))) = &first else { panic!("instead of hello: {first:?}") };
    let Ok(Frame::Control(message)) = decode_frame(text) else { panic!("instead of hello: {text}") };
    let ServerMessage::Hello(hello) = *message else { panic!("instead of hello: {text}") };
    *hello
}

fn id_of(message: &ServerMessage) -> Option<&RequestId> {
    match message {
        ServerMessage::Subscribed { id, .. }
        | ServerMessage::Unsubscribed { id, .. }
        | ServerMessage::Resynced { id, .. }
        | ServerMessage::Configured { id, .. }
        | ServerMessage::Resumed { id, .. }
        | ServerMessage::List { id, .. }
        | ServerMessage::Pong { id, .. }
        | ServerMessage::Error { id, .. } => id.as_ref(),
        ServerMessage::Hello(_)
        | ServerMessage::Discontinuity { .. }
        | ServerMessage::Heartbeat { .. }
        | ServerMessage::Draining { .. } => None,
    }
}

fn owned(event: Event<'_>) -> Event<'static> {
    Event {
        ch: event.ch,
        sym: Cow::Owned(event.sym.into_owned()),
        seq: event.seq,
        prev_seq: event.prev_seq,
        ts: event.ts,
        snapshot: event.snapshot,
        conflated: event.conflated,
        payload: event.payload,
    }
}
