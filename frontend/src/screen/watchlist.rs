//! The watchlist as signals. The page has as many rows as fit the panel, not as many as the market: each shows whichever
//! symbol is in its place now.

use leptos::prelude::{GetUntracked, RwSignal, Set, Update, WithUntracked};

use super::put;
use crate::state::favourites::Favourites;
use crate::state::flash::Direction;
use crate::state::row::RowView;
use crate::state::store::Store;
use crate::state::viewport::Viewport;
use crate::state::watchlist::{Filter, Sorting, arrange};

/// All symbols.
#[derive(Clone, Copy)]
pub(crate) struct WatchlistSignals {
    /// The names by their place in the market.
    pub(crate) symbols: RwSignal<Vec<String>>,
    /// Which of them are in the list, in order.
    pub(crate) order: RwSignal<Vec<usize>>,
    /// The list's box.
    pub(crate) viewport: RwSignal<Viewport>,
    /// Where to scroll to.
    pub(crate) scroll: RwSignal<Option<usize>>,
    /// Where in the list the first row of the page is.
    pub(crate) first: RwSignal<usize>,
    /// The rows of the page, from top to bottom.
    pub(crate) rows: RwSignal<Vec<RowSignals>>,
    /// What the person looks for.
    pub(crate) filter: RwSignal<Filter>,
    /// How the person sorts.
    pub(crate) sorting: RwSignal<Sorting>,
    /// What the person marked.
    pub(crate) favourites: RwSignal<Favourites>,
}

/// A row of the page: a signal a cell, so that a moved bid redraws nothing else.
#[derive(Clone, Copy)]
pub(crate) struct RowSignals {
    /// What it shows; `None` if the list is shorter than the panel.
    pub(crate) place: RwSignal<Option<Place>>,
    /// The last price.
    pub(crate) last: RwSignal<String>,
    /// Where it went, and how much it is highlighted.
    pub(crate) flash: RwSignal<(Direction, u8)>,
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

/// What a row of the page shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// Which symbol, by its place in the market.
    pub(crate) row: usize,
    /// Its place in the list.
    pub(crate) at: usize,
    /// Its name.
    pub(crate) symbol: String,
}

impl WatchlistSignals {
    /// An empty list.
    pub(super) fn new() -> Self {
        Self {
            symbols: RwSignal::new(Vec::new()),
            order: RwSignal::new(Vec::new()),
            viewport: RwSignal::new(Viewport::default()),
            scroll: RwSignal::new(None),
            first: RwSignal::new(0),
            rows: RwSignal::new(Vec::new()),
            filter: RwSignal::new(Filter::default()),
            sorting: RwSignal::new(Sorting::default()),
            favourites: RwSignal::new(Favourites::default()),
        }
    }

    /// The symbols of the market, when there are others than before.
    pub(crate) fn set_symbols(self, store: &Store) {
        let symbols: Vec<String> = store.rows.iter().map(|row| row.instrument.symbol.clone()).collect();
        if self.symbols.with_untracked(|before| *before != symbols) {
            self.symbols.set(symbols);
            self.rows.with_untracked(|rows| rows.iter().for_each(|row| row.place.set(None)));
        }
        self.arrange(store);
    }

    /// Search and sort, as of now.
    pub(crate) fn arrange(self, store: &Store) {
        let sorting = self.sorting.get_untracked();
        let order = self.filter.with_untracked(|filter| {
            self.favourites.with_untracked(|favourites| arrange(&store.rows, filter, favourites, sorting))
        });
        put(self.order, order);
    }

    /// Scrolls no further than it must for this place to be in view.
    pub(crate) fn scroll_to(self, at: usize) {
        if let Some(scroll_px) = self.viewport.get_untracked().reveal(at) {
            self.scroll.set(Some(scroll_px));
        }
    }

    /// The page has at least so many rows; those that are too many stay, and are hidden.
    pub(crate) fn grow(self, count: usize) {
        let missing = count.saturating_sub(self.rows.with_untracked(Vec::len));
        if missing > 0 {
            self.rows.update(|rows| rows.extend((0..missing).map(|_| RowSignals::new())));
        }
    }
}

impl RowSignals {
    fn new() -> Self {
        let text = || RwSignal::new(String::new());
        Self {
            place: RwSignal::new(None),
            last: text(),
            flash: RwSignal::new((Direction::None, 0)),
            change: RwSignal::new((String::new(), Direction::None)),
            bid: text(),
            ask: text(),
            volume: text(),
            mood: RwSignal::new(""),
            spark: RwSignal::new((String::new(), Direction::None)),
        }
    }

    /// Gives it another symbol to show; whether that is another than before.
    pub(crate) fn assign(self, row: Option<usize>, at: usize, store: &Store) -> bool {
        let is_same = self.place.with_untracked(|place| {
            place.as_ref().map(|place| (place.row, place.at)) == row.map(|row| (row, at))
        });
        if is_same {
            return false;
        }
        let symbol = |row: usize| store.rows.get(row).map(|row| row.instrument.symbol.clone());
        self.place.set(row.and_then(|row| Some(Place { row, at, symbol: symbol(row)? })));
        true
    }

    /// Shows the symbol as it is now.
    pub(crate) fn draw(self, view: RowView) {
        put(self.last, view.last);
        put(self.flash, (view.direction, view.lit));
        put(self.change, (view.change, view.change_direction));
        put(self.bid, view.bid);
        put(self.ask, view.ask);
        put(self.volume, view.volume);
        put(self.mood, view.mood);
    }
}
