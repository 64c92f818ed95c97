//! What is shown, as signals, a file a panel: written by the frame, read by the components. A signal is set only if its
//! value changed.

pub(crate) mod book;
pub(crate) mod chart;
pub(crate) mod depth;
pub(crate) mod headline;
pub(crate) mod health;
pub(crate) mod messages;
pub(crate) mod overview;
pub(crate) mod tape;
pub(crate) mod watchlist;

use market::Interval;

use self::book::BookSignals;
use self::chart::ChartSignals;
use self::depth::DepthSignals;
use self::headline::Headline;
use self::health::HealthSignals;
use self::messages::MessagesSignals;
use self::overview::OverviewSignals;
use self::tape::TapeSignals;
use self::watchlist::WatchlistSignals;
use crate::lasting::Lasting;
use crate::state::store::Store;

/// All that is shown.
#[derive(Clone, Copy)]
pub(crate) struct Screen {
    /// The chosen symbol and interval.
    pub(crate) chosen: Lasting<Chosen>,
    /// All symbols.
    pub(crate) watchlist: WatchlistSignals,
    /// The chosen symbol's figures.
    pub(crate) headline: Lasting<Headline>,
    /// Its candles.
    pub(crate) chart: ChartSignals,
    /// Its order book.
    pub(crate) book: BookSignals,
    /// The same as curves.
    pub(crate) depth: DepthSignals,
    /// Its trades.
    pub(crate) tape: TapeSignals,
    /// How the stream does.
    pub(crate) health: HealthSignals,
    /// The market at a glance.
    pub(crate) overview: OverviewSignals,
    /// What goes over the wire.
    pub(crate) messages: MessagesSignals,
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

impl Screen {
    /// An empty screen.
    pub(crate) fn new(interval: Interval) -> Self {
        Self {
            chosen: Lasting::new(Chosen { row: None, symbol: String::new(), interval }),
            watchlist: WatchlistSignals::new(),
            headline: Lasting::new(Headline::default()),
            chart: ChartSignals::new(),
            book: BookSignals::new(),
            depth: DepthSignals::new(),
            tape: TapeSignals::new(),
            health: HealthSignals::new(),
            overview: OverviewSignals::new(),
            messages: MessagesSignals::new(),
        }
    }

    /// What is chosen, once there is something to choose from.
    pub(crate) fn set_chosen(self, store: &Store) -> Option<Chosen> {
        let symbol = store.focused()?.instrument.symbol.clone();
        let chosen = Chosen { row: store.focus.row, symbol, interval: store.focus.interval };
        put(self.chosen, chosen.clone());
        Some(chosen)
    }
}

/// Sets a signal if its value is another one.
pub(crate) fn put<T: PartialEq>(signal: Lasting<T>, value: T) {
    let same = *signal.read_untracked() == value;
    if !same {
        signal.set(value);
    }
}
