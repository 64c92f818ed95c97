//! Draws the rows of the watchlist that are in view: prices with every frame, sparklines and order calmly.

use super::Pace;
use crate::app::App;
use crate::screen::put;
use crate::screen::watchlist::RowSignals;
use crate::state::SECOND;
use crate::state::flash::Direction;
use crate::state::store::Store;

/// Sparklines and the order of the rows, in microseconds: what moves under the eye must not do so often.
const CALM_MICROS: u64 = SECOND;

/// What the watchlist's frames remember of each other.
#[derive(Default)]
pub(super) struct WatchlistPainter {
    /// What each row of the page shows.
    shown: Vec<Shown>,
    /// Symbols that changed since the last frame, by their place in the market.
    changed: Vec<bool>,
    calm: Pace,
}

/// What a row of the page shows.
#[derive(Clone, Copy, Default)]
struct Shown {
    row: Option<usize>,
    /// How much it is highlighted.
    lit: u8,
}

impl WatchlistPainter {
    /// Shows the rows that changed.
    pub(super) fn draw(&mut self, store: &mut Store, changed: &[usize], app: App, now_us: u64) {
        self.changed.clear();
        self.changed.resize(store.rows.len(), false);
        for row in changed {
            self.changed[*row] = true;
        }
        let signals = app.screen.watchlist;
        let is_calm = self.calm.is_due(CALM_MICROS, now_us);
        if is_calm && signals.sorting.get_untracked().is_moving() {
            signals.arrange(store);
        }
        let window = signals.viewport.get_untracked().window(signals.order.with_untracked(Vec::len));
        signals.grow(window.len());
        put(signals.first, window.start);
        let (rows, order) = (signals.rows.read_untracked(), signals.order.read_untracked());
        self.shown.resize(rows.len(), Shown::default());
        for ((slot, signals), at) in self.shown.iter_mut().zip(rows.iter()).zip(window.start..) {
            let row = order.get(at).copied().filter(|_| at < window.end);
            let is_new = signals.assign(row, at, store);
            slot.row = row;
            if is_new || slot.is_changed(&self.changed, store, now_us) {
                slot.draw(*signals, store, now_us);
            }
            if is_new || is_calm {
                slot.draw_spark(*signals, store, is_new);
            }
        }
        // One after the other, and only what is looked at: thousands at once would stand in the way of everything.
        if let Some(symbol) = store.want_hour(self.shown.iter().filter_map(|slot| slot.row), now_us) {
            app.load_hour(symbol);
        }
    }
}

impl Shown {
    fn is_changed(self, changed: &[bool], store: &Store, now_us: u64) -> bool {
        let Some(row) = self.row else { return false };
        changed.get(row) == Some(&true)
            || self.lit > 0 && store.rows.get(row).is_some_and(|row| row.flash.strength(now_us) != self.lit)
    }

    fn draw(&mut self, signals: RowSignals, store: &Store, now_us: u64) {
        if let Some(row) = self.row.and_then(|row| store.rows.get(row)) {
            let view = row.view(now_us);
            self.lit = view.lit;
            signals.draw(view);
        }
    }

    fn draw_spark(self, signals: RowSignals, store: &mut Store, is_new: bool) {
        let Some(row) = self.row.and_then(|row| store.rows.get_mut(row)) else { return };
        if std::mem::take(&mut row.spark_dirty) || is_new {
            let direction =
                row.spark.change().map_or(Direction::None, |change| Direction::between(0.0, change));
            put(signals.spark, (row.spark.svg_points(), direction));
        }
    }
}
