//! Draws the trades.

use super::Pace;
use crate::screen::tape::TapeSignals;
use crate::state::MILLI;
use crate::state::store::Store;

/// In microseconds: see the order book's.
const TAPE_MICROS: u64 = 100 * MILLI;

/// What the tape's frames remember of each other.
#[derive(Default)]
pub(super) struct TapePainter {
    pace: Pace,
}

impl TapePainter {
    /// Shows the trades, if there are new ones.
    pub(super) fn draw(&mut self, store: &mut Store, signals: TapeSignals, now_us: u64) {
        if self.pace.is_due(TAPE_MICROS, now_us) && std::mem::take(&mut store.dirty.tape) {
            signals.draw(store.focus.tape.newest());
        }
    }
}
