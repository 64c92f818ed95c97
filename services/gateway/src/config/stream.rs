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
    /// How far back clients may resume. `TICKWIRE_STREAM__REPLAY_MS`, default `60000`; 0 to 300000, the length of the
    /// block that a simulated market starts with.
    pub replay_ms: u64,
    /// Memory for that, in bytes; when it is full, clients may resume less far back. `TICKWIRE_STREAM__REPLAY_BYTES_MAX`,
    /// default `268435456`; 1048576 to 17179869184.
    pub replay_bytes_max: usize,
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
            replay_ms: reader.integer("stream.replay_ms", 0..=300_000),
            replay_bytes_max: reader.integer("stream.replay_bytes_max", 1_048_576..=17_179_869_184),
            shards: reader.integer("stream.shards", 0..=256),
            trades_recent: reader.integer("stream.trades_recent", 0..=1_000),
        }
    }
}
