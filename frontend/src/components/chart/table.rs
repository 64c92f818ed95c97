//! The chart's twin: the latest candles as a table.

use leptos::prelude::*;
use protocol::Candle;

use crate::components::twin::Twin;
use crate::lasting::Lasting;
use crate::state::format;

const HEADINGS: [&str; 7] = ["Time (UTC)", "Open", "High", "Low", "Close", "Volume", "State"];

/// The latest candles, newest first.
#[component]
pub(super) fn CandleTable(candles: Lasting<Vec<Candle>>) -> impl IntoView {
    let rows = Box::new(move || candles.with(|candles| candles.iter().map(cells).collect()));
    view! {
        <Twin
            name="candle-table"
            caption="The latest candles, newest first"
            headings=&HEADINGS
            rows=rows
        />
    }
}

fn cells(candle: &Candle) -> Vec<String> {
    let [open, high, low, close, volume] =
        [candle.open, candle.high, candle.low, candle.close, candle.volume].map(format::decimal);
    let state = match candle {
        candle if candle.modelled => "modelled",
        candle if candle.closed => "closed",
        _ => "live",
    };
    vec![format::date_time(candle.open_ts), open, high, low, close, volume, state.into()]
}
