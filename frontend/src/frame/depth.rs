//! Draws the depth chart, its table, and what the cursor reads.

use market::{Instrument, Side};

use super::room::Room;
use super::{Pace, Paint};
use crate::app::App;
use crate::screen::Screen;
use crate::screen::depth::DepthSignals;
use crate::screen::put;
use crate::state::book::LiveBook;
use crate::state::depth::table;
use crate::state::store::Store;
use crate::state::{MILLI, SECOND, format};

/// In microseconds: the curves are a few hundred steps, and each time all of them are painted anew.
const DEPTH_MICROS: u64 = 100 * MILLI;
/// The table, in microseconds: who reads it does not want it to move.
const TABLE_MICROS: u64 = SECOND;

/// What the frames of the depth chart remember of each other.
#[derive(Default)]
pub(crate) struct DepthPainter {
    room: Room,
    pace: Pace,
    table: Pace,
}

impl Paint for DepthPainter {
    fn measure(&mut self, screen: Screen, now_us: u64) {
        self.room.look(screen.depth.picture, now_us);
    }

    /// Shows the book as it is now, if somebody can see it.
    fn draw(&mut self, store: &mut Store, app: App, now_us: u64) {
        let signals = app.screen.depth;
        let Some(row) = store.focused() else { return };
        if self.room.is_there() && self.pace.is_due(DEPTH_MICROS, now_us) {
            draw_picture(&store.focus.book, signals, &row.instrument);
        }
        if signals.as_table.get_untracked() && self.table.is_due(TABLE_MICROS, now_us) {
            put(signals.table, table(&store.focus.book, &row.instrument));
        }
    }
}

fn draw_picture(book: &LiveBook, signals: DepthSignals, instrument: &Instrument) {
    let Some(depth) = book.depth(signals.reach_bp.get_untracked()) else { return };
    put(signals.paths, (depth.path(Side::Buy), depth.path(Side::Sell)));
    put(signals.marks, depth.marks(instrument).map(format::decimal));
    let total = |side| format::decimal(depth.whole(side, instrument).0);
    put(signals.totals, [Side::Buy, Side::Sell].map(total));
    put(signals.reading, signals.cursor.get_untracked().and_then(|x| depth.read(x, instrument)));
}
