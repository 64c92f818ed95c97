//! Draws the trades.

use super::room::Room;
use super::{Pace, Paint};
use crate::app::App;
use crate::screen::Screen;
use crate::screen::put;
use crate::screen::tape::TAPE_ROWS_MAX;
use crate::state::aggregation::{Reading, Sizes, lines};
use crate::state::store::Store;
use crate::state::{MILLI, SECOND};

/// In microseconds: see the order book's.
const TAPE_MICROS: u64 = 100 * MILLI;
/// What is large among the recent trades, in microseconds: all of them are sorted for it.
const SIZES_MICROS: u64 = SECOND;

/// What the tape's frames remember of each other.
#[derive(Default)]
pub(crate) struct TapePainter {
    room: Room,
    pace: Pace,
    sizes_pace: Pace,
    sizes: Sizes,
    /// Lines and reading as they were drawn, and of which symbol.
    drawn: (usize, Reading, Option<usize>),
}

impl Paint for TapePainter {
    fn measure(&mut self, screen: Screen, now_us: u64) {
        let signals = screen.tape;
        self.room.measure(signals.room, signals.rows, TAPE_ROWS_MAX, now_us);
    }

    /// Shows the trades, if there are new ones and it does not stand still.
    fn draw(&mut self, store: &mut Store, app: App, now_us: u64) {
        let signals = app.screen.tape;
        let wanted = (signals.rows.get_untracked(), signals.reading.get_untracked(), store.focus.row);
        if wanted.2 != self.drawn.2 {
            put(signals.paused, false); // what stood still was another symbol's
        }
        let is_new = store.dirty.tape && !signals.paused.get_untracked();
        if !self.pace.is_due(TAPE_MICROS, now_us)
            || !self.room.is_there()
            || !(is_new || wanted != self.drawn)
        {
            return;
        }
        (store.dirty.tape, self.drawn) = (false, wanted);
        let (rows, reading, _) = wanted;
        let newest = || store.focus.tape.newest();
        if self.sizes_pace.is_due(SIZES_MICROS, now_us) {
            self.sizes = Sizes::of(newest(), reading);
        }
        signals.draw(rows, lines(newest(), reading, self.sizes));
    }
}
