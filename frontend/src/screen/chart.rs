//! What stands around the chart, as signals. The candles themselves are drawn by the chart's library.

use leptos::prelude::RwSignal;

use crate::state::flash::Direction;

/// What stands around the chart.
#[derive(Clone, Copy)]
pub(crate) struct ChartSignals {
    /// The candle under the cursor, or the last one.
    pub(crate) legend: RwSignal<Option<Legend>>,
    /// What tests read of it.
    pub(crate) view: RwSignal<ChartView>,
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

impl ChartSignals {
    /// No candle yet.
    pub(super) fn new() -> Self {
        Self { legend: RwSignal::new(None), view: RwSignal::new(ChartView::default()) }
    }
}
