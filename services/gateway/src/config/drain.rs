//! How the server ends.

use super::reader::Reader;

/// How the server ends after SIGTERM.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drain {
    /// How long the port stays open while `/ready` fails. `TICKWIRE_DRAIN__PAUSE_MS`, default `500`; 0 to 60000.
    pub pause_ms: u64,
    /// Over how long clients are closed one after the other. `TICKWIRE_DRAIN__SPREAD_MS`, default `3000`; 0 to 600000.
    pub spread_ms: u64,
    /// From the signal to the end, whatever is left. `TICKWIRE_DRAIN__DEADLINE_MS`, default `10000`; 100 to 900000, at
    /// least `pause_ms + spread_ms`.
    pub deadline_ms: u64,
}

impl Drain {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        Self {
            pause_ms: reader.integer("drain.pause_ms", 0..=60_000),
            spread_ms: reader.integer("drain.spread_ms", 0..=600_000),
            deadline_ms: reader.integer("drain.deadline_ms", 100..=900_000),
        }
    }

    pub(super) fn check(&self, reader: &mut Reader<'_>) {
        let Self { pause_ms, spread_ms, deadline_ms } = self;
        if pause_ms + spread_ms > *deadline_ms {
            let problem = format!(
                "found {deadline_ms}, expected at least drain.pause_ms + drain.spread_ms: {pause_ms} + {spread_ms}"
            );
            reader.mistake("drain.deadline_ms", problem);
        }
    }
}
