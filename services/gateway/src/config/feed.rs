//! Where events come from.

use std::path::PathBuf;

use ::feed::{METRONOME_SYMBOLS_MAX, METRONOME_UPDATES_PER_SECOND_MAX, MetronomeConfig};
use protocol::FeedKind;

use super::http::existing;
use super::reader::Reader;

/// Where events come from.
#[derive(Clone, Debug, PartialEq)]
pub struct Feed {
    /// The kind of source. `TICKWIRE_FEED__KIND`, default `"simulated"`; simulated, replay or metronome.
    pub kind: FeedKind,
    /// How many times faster than the clock. `TICKWIRE_FEED__SPEED`, default `1.0`; 0.01 to 1000.
    pub speed: f64,
    /// The recording. `TICKWIRE_FEED__FILE`, not set by default; an existing file, needed by replay.
    pub file: Option<PathBuf>,
    /// Whether the recording starts again when it ends. `TICKWIRE_FEED__LOOP`, default `true`.
    pub looped: bool,
    /// Of the kind `metronome`. `TICKWIRE_FEED__METRONOME__SYMBOLS`, default `10`; 1 to 1000.
    /// `TICKWIRE_FEED__METRONOME__UPDATES_PER_SECOND`, default `1000`, over all symbols; 1 to 1000000.
    /// `TICKWIRE_FEED__METRONOME__BOOK`, default `false`; whether updates change the book as well.
    pub metronome: MetronomeConfig,
}

const KINDS: [(&str, FeedKind); 3] =
    [("simulated", FeedKind::Simulated), ("replay", FeedKind::Replay), ("metronome", FeedKind::Metronome)];

impl Feed {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        Self {
            kind: reader.choice("feed.kind", &KINDS),
            speed: reader.float("feed.speed", ::feed::SPEED_MIN..=::feed::SPEED_MAX),
            file: existing(reader, "feed.file", "an existing file", |path| path.is_file()),
            looped: reader.boolean("feed.loop"),
            metronome: MetronomeConfig {
                symbols: reader.integer("feed.metronome.symbols", 1..=METRONOME_SYMBOLS_MAX),
                updates_per_second: reader
                    .integer("feed.metronome.updates_per_second", 1..=METRONOME_UPDATES_PER_SECOND_MAX),
                book: reader.boolean("feed.metronome.book"),
            },
        }
    }

    pub(super) fn check(&self, reader: &mut Reader<'_>) {
        if self.kind == FeedKind::Replay && reader.raw("feed.file").is_none() {
            reader.mistake("feed.file", "is not set, expected a recording: feed.kind is replay");
        }
    }
}
