//! What stands around the chart, as signals. The candles themselves are drawn by the chart's library.

use crate::lasting::Lasting;
use protocol::Candle;

use crate::state::chart_options::ChartOptions;

/// What stands around the chart.
#[derive(Clone, Copy)]
pub(crate) struct ChartSignals {
    /// What is switched on.
    pub(crate) options: Lasting<ChartOptions>,
    /// The candle under the cursor, or the last one.
    pub(crate) legend: Lasting<Option<Legend>>,
    /// What is seen of the candles.
    pub(crate) view: Lasting<ChartView>,
    /// Whether the table is shown in place of the picture.
    pub(crate) as_table: Lasting<bool>,
    /// The candles of the table, newest first.
    pub(crate) table: Lasting<Vec<Candle>>,
    /// What a screen reader says.
    pub(crate) spoken: Lasting<String>,
}

/// A candle as it is shown above the chart.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Legend {
    /// The candle.
    pub(crate) candle: Candle,
    /// The lines that are on, by their places, and their values at it.
    pub(crate) lines: Vec<(usize, String)>,
}

/// What is seen of the candles.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct ChartView {
    /// Their length, such as `5m`.
    pub(crate) interval: String,
    /// The start of the first candle in microseconds since 1970.
    pub(crate) first_time: u64,
    /// The start of the last one.
    pub(crate) last_time: u64,
    /// Its close.
    pub(crate) last_close: String,
    /// How many candles there are.
    pub(crate) candles: usize,
    /// Whether the last one is in view.
    pub(crate) is_live: bool,
    /// What the person should know of the candles before the first one.
    pub(crate) past: &'static str,
}

impl ChartSignals {
    /// No candle yet.
    pub(super) fn new() -> Self {
        Self {
            options: Lasting::new(ChartOptions::default()),
            legend: Lasting::new(None),
            view: Lasting::new(ChartView::default()),
            as_table: Lasting::new(false),
            table: Lasting::new(Vec::new()),
            spoken: Lasting::new(String::new()),
        }
    }
}
