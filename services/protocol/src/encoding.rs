//! Encodings: the sub-protocols of the WebSocket. The messages are the same in all of them.

use crate::{Event, Request, RequestError, ServerMessage, json, msgpack};

/// What a frame from the server holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Frame<'a> {
    /// An array: events.
    Events(Vec<Event<'a>>),
    /// An object: a control message.
    Control(Box<ServerMessage>),
}

/// A frame that is not of this protocol.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// Not JSON, or no message.
    #[error("not a tickwire.v1.json frame: {0}")]
    Json(#[from] serde_json::Error),
    /// Not text.
    #[error("not a tickwire.v1.json frame: {0}")]
    Text(#[from] std::str::Utf8Error),
    /// Not MessagePack, or no message.
    #[error("not a tickwire.v1.msgpack frame: {0}")]
    MessagePack(#[from] serde::de::value::Error),
}

/// How messages are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Encoding {
    /// `tickwire.v1.json`, the default: text frames of JSON.
    #[default]
    Json,
    /// `tickwire.v1.msgpack`: binary frames of MessagePack.
    MessagePack,
}

impl Encoding {
    /// All of them, the default first.
    pub const ALL: [Self; 2] = [Self::Json, Self::MessagePack];

    /// The name in `Sec-WebSocket-Protocol`.
    #[must_use]
    pub const fn subprotocol(self) -> &'static str {
        match self {
            Self::Json => "tickwire.v1.json",
            Self::MessagePack => "tickwire.v1.msgpack",
        }
    }

    /// The encoding of that name.
    #[must_use]
    pub fn from_subprotocol(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|encoding| encoding.subprotocol() == name)
    }

    /// Whether messages are text frames; otherwise they are binary ones.
    #[must_use]
    pub const fn is_text(self) -> bool {
        matches!(self, Self::Json)
    }

    /// A frame of events.
    #[must_use]
    pub fn encode_events(self, events: &[Event<'_>]) -> Vec<u8> {
        match self {
            Self::Json => json::encode_events(events),
            Self::MessagePack => msgpack::encode_events(events),
        }
    }

    /// Appends an event to `out`: an element of a frame's array.
    pub fn encode_event(self, event: &Event<'_>, out: &mut Vec<u8>) {
        match self {
            Self::Json => json::encode_event(event, out),
            Self::MessagePack => msgpack::encode_event(event, out),
        }
    }

    /// A control message.
    #[must_use]
    pub fn encode_control(self, message: &ServerMessage) -> Vec<u8> {
        match self {
            Self::Json => json::encode_control(message).into_bytes(),
            Self::MessagePack => msgpack::encode_control(message),
        }
    }

    /// A request, as a client sends it.
    #[must_use]
    pub fn encode_request(self, request: &Request) -> Vec<u8> {
        match self {
            Self::Json => request.encode().into_bytes(),
            Self::MessagePack => msgpack::encode_request(request),
        }
    }

    /// Reads a frame of a client.
    ///
    /// # Errors
    /// The answer to give: `bad_frame`, `bad_request` or `unknown_op`.
    pub fn parse_request(self, frame: &[u8]) -> Result<Request, RequestError> {
        match self {
            Self::Json => Request::parse_json(frame),
            Self::MessagePack => Request::parse_msgpack(frame),
        }
    }

    /// Reads a frame of the server.
    ///
    /// # Errors
    /// When it is no message of this version in this encoding.
    pub fn decode_frame(self, frame: &[u8]) -> Result<Frame<'_>, DecodeError> {
        match self {
            Self::Json => json::decode_frame(std::str::from_utf8(frame)?),
            Self::MessagePack => msgpack::decode_frame(frame),
        }
    }
}
