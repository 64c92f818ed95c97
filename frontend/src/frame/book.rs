//! Draws the order book.

use market::Price;

use super::room::Room;
use super::{Pace, Paint};
use crate::app::App;
use crate::screen::Screen;
use crate::screen::book::{BookSignals, LADDER_DEPTH_MAX, ProofView};
use crate::screen::put;
use crate::state::grouping::steps;
use crate::state::store::Store;
use crate::state::{MILLI, SECOND, format};

/// In microseconds: nobody reads a book faster, and each time most of its cells are painted anew, which is what a frame
/// costs.
const BOOK_MICROS: u64 = 50 * MILLI;
/// The steps that make sense, in microseconds: they change as slowly as the size of the price.
const STEPS_MICROS: u64 = SECOND;

/// What the book's frames remember of each other.
#[derive(Default)]
pub(crate) struct BookPainter {
    room: Room,
    pace: Pace,
    steps: Pace,
    /// Levels and step of the ladder as it was drawn.
    drawn: (usize, i64),
}

impl Paint for BookPainter {
    fn measure(&mut self, screen: Screen, now_us: u64) {
        let signals = screen.book;
        self.room.measure(signals.room, signals.depth, LADDER_DEPTH_MAX, now_us);
    }

    /// Shows the book, if it changed. What tells whether it is right is shown even where the ladder is not.
    fn draw(&mut self, store: &mut Store, app: App, now_us: u64) {
        let signals = app.screen.book;
        if self.steps.is_due(STEPS_MICROS, now_us) {
            draw_steps(store, signals);
        }
        let ladder = (signals.depth.get_untracked(), signals.step.get_untracked());
        if !self.pace.is_due(BOOK_MICROS, now_us) || !(store.dirty.book || ladder != self.drawn) {
            return;
        }
        (store.dirty.book, self.drawn) = (false, ladder);
        let book = &store.focus.book;
        let proof =
            ProofView { word: book.proof().word(), verified: book.verified(), last: book.last_proved() };
        put(signals.proof, proof);
        if self.room.is_there() {
            draw_ladder(store, signals, ladder);
        } else {
            self.drawn.0 = 0; // to be drawn as soon as it is seen
        }
    }
}

fn draw_ladder(store: &Store, signals: BookSignals, (depth, step): (usize, i64)) {
    let Some(row) = store.focused() else { return };
    let ladder = store.focus.book.ladder(depth, step, &row.instrument);
    BookSignals::set_rungs(signals.bids, ladder.bids, depth);
    BookSignals::set_rungs(signals.asks, ladder.asks, depth);
    put(signals.touch, ladder.touch);
    put(signals.bid_share, ladder.bid_share);
}

fn draw_steps(store: &Store, signals: BookSignals) {
    let (Some(row), Some(mid)) = (store.focused(), store.focus.book.mid()) else { return };
    let mut offered = steps(mid);
    // One that was chosen when the price was higher stays a choice.
    let chosen = *signals.step.read_untracked();
    if !offered.contains(&chosen) {
        offered.push(chosen);
    }
    let named =
        |step: i64| (step, format::decimal(format::trimmed(row.instrument.price_decimal(Price(step)))));
    put(signals.steps, offered.into_iter().map(named).collect());
}
