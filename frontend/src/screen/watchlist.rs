//! The watchlist as signals.

use leptos::prelude::{GetUntracked, RwSignal, Set, WithUntracked};

use super::put;
use crate::state::flash::Direction;
use crate::state::row::RowView;
use crate::state::store::Store;
use crate::state::watchlist::{Sorting, arrange};

/// All symbols.
#[derive(Clone, Copy)]
pub(crate) struct WatchlistSignals {
    /// The rows by their place in the market.
    pub(crate) rows: RwSignal<Vec<RowSignals>>,
    /// Which of them are shown, in order.
    pub(crate) order: RwSignal<Vec<usize>>,
    /// What the person searches for.
    pub(crate) search: RwSignal<String>,
    /// How the person sorts.
    pub(crate) sorting: RwSignal<Sorting>,
}

/// A row: a signal a cell, so that a moved bid redraws nothing else.
#[derive(Clone)]
pub(crate) struct RowSignals {
    /// The name.
    pub(crate) symbol: String,
    /// The last price.
    pub(crate) last: RwSignal<String>,
    /// Where it went, and whether it is highlighted.
    pub(crate) flash: RwSignal<(Direction, bool)>,
    /// The change over 24 hours.
    pub(crate) change: RwSignal<(String, Direction)>,
    /// The best bid.
    pub(crate) bid: RwSignal<String>,
    /// The best ask.
    pub(crate) ask: RwSignal<String>,
    /// The turnover.
    pub(crate) volume: RwSignal<String>,
    /// Halted, volatile, crash.
    pub(crate) mood: RwSignal<&'static str>,
    /// The points of the last hour's line, and where it went.
    pub(crate) spark: RwSignal<(String, Direction)>,
}

impl WatchlistSignals {
    /// An empty list.
    pub(super) fn new() -> Self {
        Self {
            rows: RwSignal::new(Vec::new()),
            order: RwSignal::new(Vec::new()),
            search: RwSignal::new(String::new()),
            sorting: RwSignal::new(Sorting::default()),
        }
    }

    /// The rows of the market, when there are others than before.
    pub(crate) fn set_rows(self, store: &Store) {
        let symbols = || store.rows.iter().map(|row| &row.instrument.symbol);
        if self.rows.with_untracked(|rows| !rows.iter().map(|row| &row.symbol).eq(symbols())) {
            self.order.set(Vec::new());
            self.rows.set(symbols().cloned().map(RowSignals::new).collect());
        }
        self.arrange(store);
    }

    /// Search and sort, as of now.
    pub(crate) fn arrange(self, store: &Store) {
        let order =
            self.search.with_untracked(|search| arrange(&store.rows, search, self.sorting.get_untracked()));
        put(self.order, order);
    }
}

impl RowSignals {
    fn new(symbol: String) -> Self {
        let text = || RwSignal::new(String::new());
        Self {
            symbol,
            last: text(),
            flash: RwSignal::new((Direction::None, false)),
            change: RwSignal::new((String::new(), Direction::None)),
            bid: text(),
            ask: text(),
            volume: text(),
            mood: RwSignal::new(""),
            spark: RwSignal::new((String::new(), Direction::None)),
        }
    }

    /// Shows the row as it is now.
    pub(crate) fn draw(&self, view: RowView) {
        put(self.last, view.last);
        put(self.flash, (view.direction, view.lit));
        put(self.change, (view.change, view.change_direction));
        put(self.bid, view.bid);
        put(self.ask, view.ask);
        put(self.volume, view.volume);
        put(self.mood, view.mood);
    }
}
