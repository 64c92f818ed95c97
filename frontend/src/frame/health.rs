//! Draws how the stream does.

use super::Pace;
use crate::screen::health::HealthSignals;
use crate::screen::put;
use crate::state::MILLI;
use crate::state::store::Store;

/// Counters that nobody reads 60 times a second, in microseconds.
const SLOW_MICROS: u64 = 250 * MILLI;

/// What the frames of the health line remember of each other.
#[derive(Default)]
pub(super) struct HealthPainter {
    slow: Pace,
}

impl HealthPainter {
    /// Shows the counters.
    pub(super) fn draw(&mut self, store: &mut Store, signals: HealthSignals, now_us: u64) {
        if self.slow.is_due(SLOW_MICROS, now_us) {
            put(signals.view, store.health.view(now_us));
            put(signals.notice, store.health.notice.clone());
        }
    }
}
