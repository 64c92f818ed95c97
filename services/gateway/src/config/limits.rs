//! What a client may ask, and what it may cost.

use super::http::Http;
use super::reader::Reader;

/// What a client may ask, and what it may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Streams of one connection. `TICKWIRE_LIMITS__SUBSCRIPTIONS_MAX`, default `4096`; 1 to 65536.
    pub subscriptions_max: usize,
    /// Bytes of one frame from a client. `TICKWIRE_LIMITS__REQUEST_BYTES_MAX`, default `65536`; 1024 to 1048576.
    pub request_bytes_max: usize,
    /// Requests of one connection in each second, WebSocket pings counted, all of which may come at once; unused ones are
    /// not saved up.
    /// `TICKWIRE_LIMITS__REQUESTS_PER_SECOND`, default `20`; 1 to 10000.
    pub requests_per_second: u32,
    /// Streams that one request may name. `TICKWIRE_LIMITS__REQUEST_STREAMS_MAX`, default `1024`; 1 to 65536.
    pub request_streams_max: usize,
    /// How long a request for a connection may take to arrive. `TICKWIRE_LIMITS__HANDSHAKE_MS_MAX`, default `10000`; 100
    /// to 600000.
    pub handshake_ms_max: u64,
    /// How long a connection without a subscription may ask nothing. `TICKWIRE_LIMITS__IDLE_MS_MAX`, default `60000`; 100
    /// to 3600000.
    pub idle_ms_max: u64,
    /// Trades that wait for a slow client, per connection; more are skipped with a notice.
    /// `TICKWIRE_LIMITS__PENDING_TRADES_MAX`, default `1000`; 1 to 100000.
    pub pending_trades_max: usize,
    /// Levels of all books that wait for a slow client; with more a book is sent anew.
    /// `TICKWIRE_LIMITS__PENDING_LEVELS_MAX`, default `10000`; 20 to 1000000.
    pub pending_levels_max: usize,
    /// Events of streams with policy `disconnect`, and closed candles, that wait for a slow client; more: closed as slow,
    /// or merged.
    /// `TICKWIRE_LIMITS__PENDING_EVENTS_MAX`, default `1000`; 1 to 1000000.
    pub pending_events_max: usize,
    /// How long a client may leave its socket unread. `TICKWIRE_LIMITS__STALL_MS_MAX`, default `30000`; 1000 to 600000.
    pub stall_ms_max: u64,
    /// Bytes of answers and snapshots that wait for one client; with more, its requests are left unread.
    /// `TICKWIRE_LIMITS__CONTROL_BYTES_MAX`, default `262144`; 65536 to 16777216.
    pub control_bytes_max: usize,
    /// The kernel's send buffer of one client (`SO_SNDBUF`). `TICKWIRE_LIMITS__SEND_BUFFER_BYTES`, default `262144`; 4096
    /// to 16777216.
    pub send_buffer_bytes: usize,
    /// Rows of one REST answer. `TICKWIRE_LIMITS__REST_ROWS_MAX`, default `1000`; 1 to 10000.
    pub rest_rows_max: usize,
}

impl Limits {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        Self {
            subscriptions_max: reader.integer("limits.subscriptions_max", 1..=65_536),
            request_bytes_max: reader.integer("limits.request_bytes_max", 1_024..=1_048_576),
            requests_per_second: reader.integer("limits.requests_per_second", 1..=10_000),
            request_streams_max: reader.integer("limits.request_streams_max", 1..=65_536),
            handshake_ms_max: reader.integer("limits.handshake_ms_max", 100..=600_000),
            idle_ms_max: reader.integer("limits.idle_ms_max", 100..=3_600_000),
            pending_trades_max: reader.integer("limits.pending_trades_max", 1..=100_000),
            pending_levels_max: reader.integer("limits.pending_levels_max", 20..=1_000_000),
            pending_events_max: reader.integer("limits.pending_events_max", 1..=1_000_000),
            stall_ms_max: reader.integer("limits.stall_ms_max", 1_000..=600_000),
            control_bytes_max: reader.integer("limits.control_bytes_max", 65_536..=16_777_216),
            send_buffer_bytes: reader.integer("limits.send_buffer_bytes", 4_096..=16_777_216),
            rest_rows_max: reader.integer("limits.rest_rows_max", 1..=10_000),
        }
    }
}

impl Limits {
    /// What `hello` says of them.
    #[must_use]
    pub fn shown(&self, http: &Http) -> protocol::Limits {
        protocol::Limits {
            subscriptions_max: self.subscriptions_max,
            request_bytes_max: self.request_bytes_max,
            requests_per_second: self.requests_per_second,
            request_streams_max: self.request_streams_max,
            connections_max: http.connections_max,
            connections_per_address_max: http.connections_per_address_max,
            handshake_ms_max: self.handshake_ms_max,
            idle_ms_max: self.idle_ms_max,
            pending_trades_max: self.pending_trades_max,
            pending_levels_max: self.pending_levels_max,
            pending_events_max: self.pending_events_max,
            control_bytes_max: self.control_bytes_max,
            send_buffer_bytes: self.send_buffer_bytes,
            stall_ms_max: self.stall_ms_max,
            rest_rows_max: self.rest_rows_max,
        }
    }
}
