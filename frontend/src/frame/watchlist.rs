//! Draws the watchlist: prices with every frame, sparklines and order calmly.

use leptos::prelude::ReadUntracked;

use super::Pace;
use crate::screen::put;
use crate::screen::watchlist::WatchlistSignals;
use crate::state::SECOND;
use crate::state::flash::Direction;
use crate::state::store::Store;

/// Sparklines and the order of the rows, in microseconds: what moves under the eye must not do so often.
const CALM_MICROS: u64 = SECOND;

/// What the watchlist's frames remember of each other.
#[derive(Default)]
pub(super) struct WatchlistPainter {
    /// The rows that are highlighted.
    lit: Vec<usize>,
    calm: Pace,
}

impl WatchlistPainter {
    /// Rows whose highlight is over are to be drawn again.
    pub(super) fn end_flashes(&mut self, store: &mut Store, now_us: u64) {
        for row in self.lit.drain(..) {
            if store.rows.get(row).is_some_and(|row| !row.flash.is_lit(now_us)) {
                store.dirty.mark(row);
            }
        }
    }

    /// Shows the rows that changed.
    pub(super) fn draw(
        &mut self,
        store: &mut Store,
        changed: &[usize],
        signals: WatchlistSignals,
        now_us: u64,
    ) {
        let rows = signals.rows.read_untracked();
        for at in changed {
            if let (Some(row), Some(signals)) = (store.rows.get(*at), rows.get(*at)) {
                signals.draw(row.view(now_us));
            }
        }
        self.lit.extend((0..store.rows.len()).filter(|row| store.rows[*row].flash.is_lit(now_us)));
        if self.calm.is_due(CALM_MICROS, now_us) {
            draw_calm(store, signals);
        }
    }
}

fn draw_calm(store: &mut Store, signals: WatchlistSignals) {
    signals.arrange(store);
    let rows = signals.rows.read_untracked();
    for (row, signals) in store.rows.iter_mut().zip(rows.iter()) {
        if std::mem::take(&mut row.spark_dirty) {
            let direction =
                row.spark.change().map_or(Direction::None, |change| Direction::between(0.0, change));
            put(signals.spark, (row.spark.svg_points(), direction));
        }
    }
}
