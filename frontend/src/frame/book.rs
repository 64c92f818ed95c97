//! Draws the order book.

use super::Pace;
use crate::screen::book::{BookSignals, LADDER_DEPTH, ProofView};
use crate::screen::put;
use crate::state::MILLI;
use crate::state::store::Store;

/// In microseconds: nobody reads a book faster, and each time most of its cells are painted anew, which is what a frame
/// costs.
const BOOK_MICROS: u64 = 50 * MILLI;

/// What the book's frames remember of each other.
#[derive(Default)]
pub(super) struct BookPainter {
    pace: Pace,
}

impl BookPainter {
    /// Shows the book, if it changed.
    pub(super) fn draw(&mut self, store: &mut Store, signals: BookSignals, now_us: u64) {
        if !self.pace.is_due(BOOK_MICROS, now_us) || !std::mem::take(&mut store.dirty.book) {
            return;
        }
        let Some(row) = store.focused() else { return };
        let ladder = store.focus.book.ladder(LADDER_DEPTH, &row.instrument);
        BookSignals::set_rungs(signals.bids, ladder.bids);
        BookSignals::set_rungs(signals.asks, ladder.asks);
        put(signals.touch, ladder.touch);
        let book = &store.focus.book;
        put(signals.proof, ProofView { word: book.proof().word(), verified: book.verified() });
    }
}
