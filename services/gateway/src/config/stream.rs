//! How events are sent.

use super::reader::Reader;

/// How events are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stream {
    /// How long events are gathered before they are written; 0 for not at all. `TICKWIRE_STREAM__FLUSH_MS`, default `10`;
    /// 0 to 1000.
    pub flush_ms: u64,
    /// After how long without anything else a heartbeat is sent. `TICKWIRE_STREAM__HEARTBEAT_MS`, default `5000`; 100 to
    /// 60000.
    pub heartbeat_ms: u64,
    /// Threads that write to clients; 0 for one a core. `TICKWIRE_STREAM__SHARDS`, default `0`; 0 to 256.
    pub shards: usize,
    /// Past trades in the snapshot of a `trades` stream. `TICKWIRE_STREAM__TRADES_RECENT`, default `50`; 0 to 1000.
    pub trades_recent: usize,
}

impl Stream {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        Self {
            flush_ms: reader.integer("stream.flush_ms", 0..=1_000),
            heartbeat_ms: reader.integer("stream.heartbeat_ms", 100..=60_000),
            shards: reader.integer("stream.shards", 0..=256),
            trades_recent: reader.integer("stream.trades_recent", 0..=1_000),
        }
    }
}
