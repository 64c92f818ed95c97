//! Control messages: what the server says beside events, each an object tagged by `type`.

mod read;

use std::collections::BTreeMap;

use market::{Decimal, Instrument, InstrumentKind};
use serde::{Deserialize, Deserializer, Serialize, de};

pub(crate) use self::read::Source;
use crate::{ErrorBody, RequestId, StreamName};

/// A control message.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerMessage {
    /// The first message of a connection.
    Hello(Box<Hello>),
    /// The answer to `subscribe`: the first event of each stream that follows is its snapshot.
    Subscribed {
        /// The client's name for the request; absent for `?subscribe=`.
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<RequestId>,
        /// Which streams are on now.
        streams: Vec<StreamName>,
        /// Which of those asked for are not.
        errors: Vec<StreamError>,
    },
    /// The answer to `unsubscribe`: no event of these streams follows.
    Unsubscribed {
        /// The client's name for the request.
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<RequestId>,
        /// Which streams are off now.
        streams: Vec<StreamName>,
        /// Which of those named were not on.
        errors: Vec<StreamError>,
    },
    /// The answer to `resync`: the next event of each of these streams is a snapshot.
    Resynced {
        /// The client's name for the request.
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<RequestId>,
        /// Which streams.
        streams: Vec<StreamName>,
        /// Which of those named are not subscribed.
        errors: Vec<StreamError>,
    },
    /// The answer to `configure`.
    Configured {
        /// The client's name for the request.
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<RequestId>,
        /// Which streams come like that now.
        streams: Vec<StreamName>,
        /// Which of those named are not subscribed.
        errors: Vec<StreamError>,
    },
    /// The answer to `resume`: each of these streams goes on after the event that the client named, or starts anew with
    /// a `discontinuity` and a snapshot.
    Resumed {
        /// The client's name for the request.
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<RequestId>,
        /// Which streams are on now.
        streams: Vec<StreamName>,
        /// Which of those asked for are not.
        errors: Vec<StreamError>,
    },
    /// The next event of each of these streams is a snapshot that was not asked for: the steps before it are lost.
    Discontinuity {
        /// Why.
        reason: DiscontinuityReason,
        /// Which streams.
        streams: Vec<StreamName>,
    },
    /// The answer to `list`.
    List {
        /// The client's name for the request.
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<RequestId>,
        /// The names of all channels.
        channels: Vec<String>,
        /// All instruments.
        instruments: Vec<InstrumentInfo>,
        /// The streams that this connection has.
        subscriptions: Vec<StreamName>,
    },
    /// The answer to `ping`.
    Pong {
        /// The client's name for the request.
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<RequestId>,
        /// The `ts` of the ping, as it came.
        #[serde(skip_serializing_if = "Option::is_none")]
        client_ts: Option<u64>,
        /// The server's clock, in microseconds since 1970.
        server_ts: u64,
    },
    /// Nothing else was sent for `heartbeat_ms`.
    Heartbeat {
        /// Market time of the latest event, in microseconds since 1970.
        event_ts: u64,
        /// When the engine last looked for events, server clock.
        engine_ts: u64,
        /// When this was sent, server clock.
        send_ts: u64,
        /// The `seq` of the latest event of each subscribed stream: one that is ahead of the client's was lost.
        seqs: BTreeMap<String, u64>,
    },
    /// A request was refused, or could not be read.
    Error {
        /// The client's name for the request, if it could be read.
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<RequestId>,
        /// What was wrong.
        #[serde(flatten)]
        error: ErrorBody,
    },
    /// The server will close this connection: connect again, to another replica or the next version.
    Draining {
        /// By when it is closed, server clock in microseconds since 1970.
        deadline_ts: u64,
        /// How long to wait before connecting again: differs between clients, so that they do not come at once.
        reconnect_after_ms: u64,
    },
}

/// Why steps of a stream are lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum DiscontinuityReason {
    /// The events come from another source than those of the epoch that the client named.
    EpochChanged,
    /// The event that the client named lies further back than the server remembers.
    TooOld,
    /// The event that the client named is none of this stream.
    UnknownSeq,
    /// The client was too slow, and the book changed in more levels than wait for a client.
    TooSlow,
    /// The server itself passed over events: it had stopped for a while.
    ServerPaused,
}

impl DiscontinuityReason {
    /// All of them, in the order of declaration.
    pub const ALL: [Self; 5] =
        [Self::EpochChanged, Self::TooOld, Self::UnknownSeq, Self::TooSlow, Self::ServerPaused];

    /// Its name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::EpochChanged => "epoch_changed",
            Self::TooOld => "too_old",
            Self::UnknownSeq => "unknown_seq",
            Self::TooSlow => "too_slow",
            Self::ServerPaused => "server_paused",
        }
    }
}

/// The first message of a connection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Hello {
    /// `tickwire.v1.json`.
    pub protocol: String,
    /// Names this connection in the server's log.
    pub session: String,
    /// Names the source of the events: within one epoch a `seq` means the same event on every replica.
    pub epoch: String,
    /// The server's clock, in microseconds since 1970.
    pub server_ts: u64,
    /// Where the events come from.
    pub feed: FeedInfo,
    /// How long the server gathers events before it writes; 0 for not at all.
    pub flush_ms: u64,
    /// When nothing else was sent for so long, a heartbeat is.
    pub heartbeat_ms: u64,
    /// How far back `resume` reaches, as long as the server's memory for it is large enough.
    pub replay_ms: u64,
    /// Every limit in force.
    pub limits: Limits,
}

/// Where events come from. Simulated and replayed data is labelled as such, always.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FeedInfo {
    /// What kind of source.
    pub kind: FeedKind,
    /// For people: `simulated exchange, seed 42`.
    pub label: String,
    /// How market time follows the server's clock.
    pub clock: ClockMapping,
}

/// A kind of source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum FeedKind {
    /// The simulated exchange.
    Simulated,
    /// A recording of a real market.
    Replay,
    /// Evenly spaced synthetic updates, for benchmarks.
    Metronome,
}

/// `market time = anchor_ts + (server clock - anchor_ts) * speed`: at speed 1 the same.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ClockMapping {
    /// How many times faster than the server's clock market time runs.
    #[serde(deserialize_with = "finite")]
    pub speed: f64,
    /// The moment at which both show the same, in microseconds since 1970.
    pub anchor_ts: u64,
}

/// MessagePack has numbers that JSON does not: infinity, and what is none.
fn finite<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    let number = f64::deserialize(deserializer)?;
    let error = || de::Error::invalid_value(de::Unexpected::Float(number), &"a finite number");
    number.is_finite().then_some(number).ok_or_else(error)
}

/// Every limit in force; what goes beyond gets the error named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Limits {
    /// Streams of one connection; more: `too_many_subscriptions`.
    pub subscriptions_max: usize,
    /// Bytes of one frame from the client; more: `frame_too_large`, and the connection is closed.
    pub request_bytes_max: usize,
    /// Requests of one connection in a second, WebSocket pings counted; more: `too_many_requests`, and if it goes on,
    /// closed.
    pub requests_per_second: u32,
    /// Streams that one request may name; more: `bad_request`.
    pub request_streams_max: usize,
    /// Connections in all; more: `too_many_connections`.
    pub connections_max: usize,
    /// Connections from one address; more: `too_many_connections`.
    pub connections_per_address_max: usize,
    /// How long a request for a WebSocket may take to arrive; longer: the socket is closed.
    pub handshake_ms_max: u64,
    /// How long a connection without a subscription may ask nothing; longer: closed as idle.
    pub idle_ms_max: u64,
    /// Trades that wait for a slow client, per connection; more are skipped, with a notice.
    pub pending_trades_max: usize,
    /// Price levels of all books that wait for a slow client; with more, a book is sent anew.
    pub pending_levels_max: usize,
    /// Events of streams with `policy: disconnect` that wait for a slow client; with more, it is closed as slow.
    pub pending_events_max: usize,
    /// Bytes of answers and snapshots that wait for a client; with more, its requests are left unread.
    pub control_bytes_max: usize,
    /// Bytes that the server's kernel holds for a client that does not read.
    pub send_buffer_bytes: usize,
    /// How long a client may leave its socket unread before it is closed as slow.
    pub stall_ms_max: u64,
    /// Rows of one REST answer; more: `bad_request`.
    pub rest_rows_max: usize,
}

/// A stream that a request named and did not get.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(from = "read::FlatStreamError")]
pub struct StreamError {
    /// As the client named it.
    pub stream: String,
    /// Why not.
    #[serde(flatten)]
    pub error: ErrorBody,
}

/// An instrument as a client sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct InstrumentInfo {
    /// Its name.
    pub symbol: String,
    /// The kind of thing traded.
    pub kind: InstrumentKind,
    /// The smallest step of a price.
    pub tick_size: Decimal,
    /// The smallest step of a quantity.
    pub lot_size: Decimal,
}

impl From<&Instrument> for InstrumentInfo {
    fn from(instrument: &Instrument) -> Self {
        Self {
            symbol: instrument.symbol.clone(),
            kind: instrument.kind,
            tick_size: instrument.tick_size,
            lot_size: instrument.lot_size,
        }
    }
}

impl From<InstrumentInfo> for Instrument {
    fn from(info: InstrumentInfo) -> Self {
        Self { symbol: info.symbol, kind: info.kind, tick_size: info.tick_size, lot_size: info.lot_size }
    }
}
