//! What is shown, as signals: written by the frame, read by the components. A signal is set only if its value changed.

use leptos::prelude::{GetUntracked, ReadUntracked, RwSignal, Set, StoredValue, WithUntracked, WithValue};
use market::Interval;
use protocol::Trade;

use crate::state::book::{Rung, Touch};
use crate::state::flash::Direction;
use crate::state::health::HealthView;
use crate::state::row::RowView;
use crate::state::store::Store;
use crate::state::watchlist::{Sorting, arrange};

/// How many levels of each side the ladder has.
pub(crate) const LADDER_DEPTH: usize = 26;
/// How many trades the tape shows.
pub(crate) const TAPE_ROWS: usize = 50;

/// All that is shown.
#[derive(Clone, Copy)]
pub(crate) struct Screen {
    /// The watchlist's rows by their place in the market.
    pub(crate) rows: RwSignal<Vec<RowSignals>>,
    /// Which of them are shown, in order.
    pub(crate) order: RwSignal<Vec<usize>>,
    /// What the person searches for.
    pub(crate) search: RwSignal<String>,
    /// How the person sorts.
    pub(crate) sorting: RwSignal<Sorting>,
    /// The chosen symbol and interval.
    pub(crate) chosen: RwSignal<Chosen>,
    /// The chosen symbol's figures.
    pub(crate) headline: RwSignal<Headline>,
    /// Asks, best first.
    pub(crate) asks: StoredValue<Vec<RwSignal<Rung>>>,
    /// Bids, best first.
    pub(crate) bids: StoredValue<Vec<RwSignal<Rung>>>,
    /// Between them.
    pub(crate) touch: RwSignal<Option<Touch>>,
    /// Whether the book is proved right.
    pub(crate) proof: RwSignal<ProofView>,
    /// Trades, newest first.
    pub(crate) tape: StoredValue<Vec<RwSignal<Option<Trade>>>>,
    /// The candle under the cursor, or the last one.
    pub(crate) legend: RwSignal<Option<Legend>>,
    /// What tests read of the chart.
    pub(crate) chart: RwSignal<ChartView>,
    /// The health line.
    pub(crate) health: RwSignal<HealthView>,
    /// A sentence for the person.
    pub(crate) notice: RwSignal<Option<String>>,
}

/// A row of the watchlist: a signal a cell, so that a moved bid redraws nothing else.
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

/// What the person chose.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Chosen {
    /// The row; `None` until there are rows.
    pub(crate) row: Option<usize>,
    /// Its name.
    pub(crate) symbol: String,
    /// The length of candles.
    pub(crate) interval: Interval,
}

/// The figures of the chosen symbol.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Headline {
    /// As in its row.
    pub(crate) row: RowView,
    /// The highest price of 24 hours.
    pub(crate) high: String,
    /// The lowest price of 24 hours.
    pub(crate) low: String,
}

/// Whether the book is proved right.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct ProofView {
    /// `valid`, `invalid` or `unknown`.
    pub(crate) word: &'static str,
    /// How many checksums were right.
    pub(crate) verified: u64,
}

/// A candle as it is shown above the chart.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Legend {
    /// Its start, UTC.
    pub(crate) time: String,
    /// Open, high, low, close, volume.
    pub(crate) values: [String; 5],
    /// From open to close.
    pub(crate) direction: Direction,
    /// Out of the model of the market's past.
    pub(crate) modelled: bool,
}

/// What tests read of the chart.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct ChartView {
    /// The start of the last candle in microseconds since 1970.
    pub(crate) last_time: u64,
    /// Its close.
    pub(crate) last_close: String,
    /// How many candles there are.
    pub(crate) candles: usize,
}

impl Screen {
    /// An empty screen.
    pub(crate) fn new(interval: Interval) -> Self {
        let rungs = || StoredValue::new((0..LADDER_DEPTH).map(|_| RwSignal::new(Rung::default())).collect());
        Self {
            rows: RwSignal::new(Vec::new()),
            order: RwSignal::new(Vec::new()),
            search: RwSignal::new(String::new()),
            sorting: RwSignal::new(Sorting::default()),
            chosen: RwSignal::new(Chosen { row: None, symbol: String::new(), interval }),
            headline: RwSignal::new(Headline::default()),
            asks: rungs(),
            bids: rungs(),
            touch: RwSignal::new(None),
            proof: RwSignal::new(ProofView { word: "unknown", verified: 0 }),
            tape: StoredValue::new((0..TAPE_ROWS).map(|_| RwSignal::new(None)).collect()),
            legend: RwSignal::new(None),
            chart: RwSignal::new(ChartView::default()),
            health: RwSignal::new(HealthView::default()),
            notice: RwSignal::new(None),
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

    /// What is chosen, once there is something to choose from.
    pub(crate) fn set_chosen(self, store: &Store) -> Option<Chosen> {
        let symbol = store.focused()?.instrument.symbol.clone();
        let chosen = Chosen { row: store.focus.row, symbol, interval: store.focus.interval };
        put(self.chosen, chosen.clone());
        Some(chosen)
    }

    /// Levels of one side; those that are not there are empty.
    pub(crate) fn set_rungs(side: StoredValue<Vec<RwSignal<Rung>>>, rungs: Vec<Rung>) {
        side.with_value(|signals| {
            let mut rungs = rungs.into_iter();
            for signal in signals {
                put(*signal, rungs.next().unwrap_or_default());
            }
        });
    }

    /// Trades, newest first.
    pub(crate) fn set_tape<'a>(self, mut newest: impl Iterator<Item = &'a Trade>) {
        self.tape.with_value(|signals| {
            for signal in signals {
                put(*signal, newest.next().copied());
            }
        });
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

/// Sets a signal if its value is another one.
pub(crate) fn put<T: PartialEq + Send + Sync + 'static>(signal: RwSignal<T>, value: T) {
    let same = *signal.read_untracked() == value;
    if !same {
        signal.set(value);
    }
}
