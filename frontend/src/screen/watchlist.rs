//! The watchlist as signals. The page has as many rows as fit the panel, not as many as the market: each shows whichever
//! symbol is in its place now.

use super::put;
use crate::lasting::Lasting;
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
    pub(crate) symbols: Lasting<Vec<String>>,
    /// Which of them are in the list, in order.
    pub(crate) order: Lasting<Vec<usize>>,
    /// The list's box.
    pub(crate) viewport: Lasting<Viewport>,
    /// Where to scroll to.
    pub(crate) scroll: Lasting<Option<usize>>,
    /// Where in the list the first row of the page is.
    pub(crate) first: Lasting<usize>,
    /// The rows of the page, from top to bottom.
    pub(crate) rows: Lasting<Vec<RowSignals>>,
    /// What the person looks for.
    pub(crate) filter: Lasting<Filter>,
    /// How the person sorts.
    pub(crate) sorting: Lasting<Sorting>,
    /// What the person marked.
    pub(crate) favourites: Lasting<Favourites>,
}

/// A row of the page: a signal a cell, so that a moved bid redraws nothing else.
#[derive(Clone, Copy)]
pub(crate) struct RowSignals {
    /// What it shows; `None` if the list is shorter than the panel.
    pub(crate) place: Lasting<Option<Place>>,
    /// The last price.
    pub(crate) last: Lasting<String>,
    /// Where it went, and how much it is highlighted.
    pub(crate) flash: Lasting<(Direction, u8)>,
    /// The change over 24 hours.
    pub(crate) change: Lasting<(String, Direction)>,
    /// The best bid.
    pub(crate) bid: Lasting<String>,
    /// The best ask.
    pub(crate) ask: Lasting<String>,
    /// The turnover.
    pub(crate) volume: Lasting<String>,
    /// Halted, volatile, crash.
    pub(crate) mood: Lasting<&'static str>,
    /// The points of the last hour's line, and where it went.
    pub(crate) spark: Lasting<(String, Direction)>,
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
            symbols: Lasting::new(Vec::new()),
            order: Lasting::new(Vec::new()),
            viewport: Lasting::new(Viewport::default()),
            scroll: Lasting::new(None),
            first: Lasting::new(0),
            rows: Lasting::new(Vec::new()),
            filter: Lasting::new(Filter::default()),
            sorting: Lasting::new(Sorting::default()),
            favourites: Lasting::new(Favourites::default()),
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
        let text = || Lasting::new(String::new());
        Self {
            place: Lasting::new(None),
            last: text(),
            flash: Lasting::new((Direction::None, 0)),
            change: Lasting::new((String::new(), Direction::None)),
            bid: text(),
            ask: text(),
            volume: text(),
            mood: Lasting::new(""),
            spark: Lasting::new((String::new(), Direction::None)),
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
