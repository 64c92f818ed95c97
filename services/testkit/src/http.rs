//! HTTP/1.1 as bytes: what a library would put right on its own must reach the server as it is.

use std::net::{IpAddr, SocketAddr};

use protocol::{Event, Frame, ServerMessage, decode_frame};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpSocket, TcpStream};

use crate::within;

/// An answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body, if it has a length or the connection ends.
    pub body: Vec<u8>,
}

impl Answer {
    /// The value of a header; empty if there is none.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(found, _)| found == name).map_or("", |(_, value)| value)
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {} {}", self.status, self.text()))
    }

    /// Status and code of an answer that is an error.
    #[must_use]
    pub fn error(&self) -> (u16, String) {
        let body = self.json();
        assert!(
            body["message"].is_string() && body["retryable"].is_boolean(),
            "not an error of ours: {body}"
        );
        (self.status, body["code"].as_str().unwrap_or_default().to_owned())
    }
}

/// A connection that is kept.
#[derive(Debug)]
pub struct Connection(BufReader<TcpStream>);

impl Connection {
    /// Connects.
    pub async fn open(address: SocketAddr) -> Self {
        let socket = within("connecting", TcpStream::connect(address)).await;
        Self(BufReader::new(socket.expect("the server takes connections")))
    }

    /// Connects from this address of the machine.
    pub async fn open_from(source: IpAddr, address: SocketAddr) -> Self {
        let socket = TcpSocket::new_v4().expect("the machine has sockets");
        socket.bind((source, 0).into()).expect("the machine has this address");
        let socket = within("connecting", socket.connect(address)).await;
        Self(BufReader::new(socket.expect("the server takes connections")))
    }

    /// Sends bytes as they are.
    pub async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        within("sending", self.0.get_mut().write_all(bytes.as_ref())).await.expect("the server reads");
    }

    /// The next answer.
    pub async fn answer(&mut self) -> Answer {
        within("an answer", async {
            let mut answer = self.head().await;
            match answer.header("content-length").parse() {
                Ok(bytes) => {
                    answer.body = vec![0; bytes];
                    self.0.read_exact(&mut answer.body).await.expect("the body is as long as it says");
                }
                Err(_) if answer.status == 101 || answer.header("transfer-encoding") == "chunked" => {}
                Err(_) => drop(self.0.read_to_end(&mut answer.body).await),
            }
            answer
        })
        .await
    }

    /// Reads on until `text` came.
    pub async fn heard(&mut self, text: &str) {
        let mut heard = Vec::new();
        within(text, async {
            while !String::from_utf8_lossy(&heard).contains(text) {
                let read = self.0.read_buf(&mut heard).await;
                assert!(
                    read.is_ok_and(|bytes| bytes > 0),
                    "it ended after {:?}",
                    String::from_utf8_lossy(&heard)
                );
            }
        })
        .await;
    }

    /// The next frame of a WebSocket: its first byte and its payload.
    pub async fn frame(&mut self) -> (u8, Vec<u8>) {
        within("a frame", async {
            let first = self.0.read_u8().await.expect("a frame");
            let length = match self.0.read_u8().await.expect("its length") {
                126 => usize::from(self.0.read_u16().await.expect("its length")),
                127 => usize::try_from(self.0.read_u64().await.expect("its length")).expect("it fits"),
                short => usize::from(short),
            };
            let mut payload = vec![0; length];
            self.0.read_exact(&mut payload).await.expect("its payload");
            (first, payload)
        })
        .await
    }

    /// What still comes until the server closes; `None` if it resets.
    pub async fn rest(&mut self) -> Option<Vec<u8>> {
        let mut rest = Vec::new();
        within("the end", self.0.read_to_end(&mut rest)).await.ok().map(|_| rest)
    }

    async fn head(&mut self) -> Answer {
        let mut lines = Vec::new();
        loop {
            let line = self.line().await.unwrap_or_else(|| panic!("the head ended after {lines:?}"));
            if line.is_empty() {
                break;
            }
            lines.push(line);
        }
        let status = lines[0].split(' ').nth(1).and_then(|status| status.parse().ok());
        let header = |line: &String| {
            line.split_once(": ").map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        };
        Answer {
            status: status.unwrap_or_else(|| panic!("no status: {}", lines[0])),
            headers: lines[1..].iter().filter_map(header).collect(),
            body: Vec::new(),
        }
    }

    async fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        let read = self.0.read_line(&mut line).await.ok()?;
        (read > 0).then(|| line.trim_end().to_owned())
    }
}

/// `GET` of a path.
pub async fn get(address: SocketAddr, path: &str) -> Answer {
    request(address, path, "").await
}

/// `GET` of a path with more headers, each ended by `\r\n`.
pub async fn request(address: SocketAddr, path: &str, headers: &str) -> Answer {
    exchange(
        address,
        &format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{headers}\r\n"),
    )
    .await
}

/// Sends bytes as they are, and reads one answer.
pub async fn exchange(address: SocketAddr, bytes: &str) -> Answer {
    let mut connection = Connection::open(address).await;
    connection.send(bytes).await;
    connection.answer().await
}

/// Server-Sent Events.
#[derive(Debug)]
pub struct EventStream {
    connection: Connection,
    /// The head of the answer.
    pub head: Answer,
}

impl EventStream {
    /// Opens `/api/v1/stream?subscribe=...`.
    pub async fn open(address: SocketAddr, subscribe: &str) -> Self {
        let mut connection = Connection::open(address).await;
        let path = format!("/api/v1/stream?subscribe={subscribe}");
        connection.send(format!("GET {path} HTTP/1.1\r\nHost: {address}\r\n\r\n")).await;
        let head = connection.answer().await;
        Self { connection, head }
    }

    /// The next message; `None` at the end. A message is one line of one chunk: sizes of chunks stand on lines between.
    pub async fn next(&mut self) -> Option<String> {
        within("a message of the event stream", async {
            loop {
                let line = self.connection.line().await?;
                if let Some(message) = line.strip_prefix("data: ") {
                    return Some(message.to_owned());
                }
                let is_chunk_size = line.chars().all(|c| c.is_ascii_hexdigit());
                assert!(is_chunk_size, "not of an event stream: {line:?}");
            }
        })
        .await
    }

    /// The next control message; events before it are passed over.
    pub async fn next_control(&mut self) -> ServerMessage {
        loop {
            let text = self.next().await.expect("the stream goes on");
            if let Ok(Frame::Control(message)) = decode_frame(&text) {
                return *message;
            }
        }
    }

    /// Has `each` look at the next events; control messages before them are passed over.
    pub async fn next_events(&mut self, mut each: impl FnMut(&Event<'_>)) {
        loop {
            let text = self.next().await.expect("the stream goes on");
            match decode_frame(&text).unwrap_or_else(|error| panic!("{error}: {text}")) {
                Frame::Events(events) => return events.iter().for_each(&mut each),
                Frame::Control(_) => {}
            }
        }
    }
}
