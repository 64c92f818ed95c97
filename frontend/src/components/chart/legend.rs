//! The figures of the candle under the cursor, or of the last one. Its attributes are the exact numbers.

use leptos::prelude::*;
use market::Decimal;
use protocol::Candle;

use crate::dynamic::{attribute, text};
use crate::lasting::Lasting;
use crate::screen::chart::{ChartSignals, Legend};
use crate::state::flash::Direction;
use crate::state::format;
use crate::state::indicators::Indicator;

/// A number of a candle.
type Figure = fn(&Candle) -> Decimal;

/// Its numbers, and their names.
const FIGURES: [(&str, Figure); 5] = [
    ("O", |candle| candle.open),
    ("H", |candle| candle.high),
    ("L", |candle| candle.low),
    ("C", |candle| candle.close),
    ("V", |candle| candle.volume),
];

/// The legend.
#[component]
pub(super) fn LegendLine(signals: ChartSignals) -> impl IntoView {
    let candle = move || signals.legend.with(|legend| legend.as_ref().map(|legend| legend.candle));
    let of = move |show: fn(&Candle) -> String| text(move || candle().as_ref().map(show).unwrap_or_default());
    let time = attribute(move || candle().map(|candle| candle.open_ts.to_string()));
    let exact = move |pick: Figure| attribute(move || candle().map(|candle| pick(&candle).to_string()));
    let class = text(move || format!("legend {}", candle().as_ref().map_or("", tone)));
    let figure = move |(name, pick): (&'static str, Figure)| {
        view! {
            <span class="ohlcv">
                <span class="name">{name}</span>
                {text(move || candle().map(|candle| format::decimal(pick(&candle))).unwrap_or_default())}
            </span>
        }
    };
    view! {
        <p
            class=class
            data-testid="legend"
            data-time=time
            data-open=exact(|candle| candle.open)
            data-high=exact(|candle| candle.high)
            data-low=exact(|candle| candle.low)
            data-close=exact(|candle| candle.close)
            data-volume=exact(|candle| candle.volume)
        >
            <span class="time">{of(|candle| format!("{} UTC", format::date_time(candle.open_ts)))}</span>
            {FIGURES.map(figure).into_iter().collect::<Vec<_>>()}
            <span class="change">{of(change)}</span>
            <span class="note">{of(|candle| if candle.modelled { "modelled".into() } else { String::new() })}</span>
            <Lines legend=signals.legend />
        </p>
    }
}

#[component]
fn Lines(legend: Lasting<Option<Legend>>) -> impl IntoView {
    let lines = move || legend.with(|legend| legend.as_ref().map(|legend| legend.lines.clone()));
    let line = |(at, value): (usize, String)| {
        view! {
            <span class=format!("line line-{at}")>
                <span class="name">{Indicator::ALL[at].name()}</span>
                {value}
            </span>
        }
    };
    move || lines().unwrap_or_default().into_iter().map(line).collect::<Vec<_>>()
}

fn direction(candle: &Candle) -> Direction {
    Direction::between(candle.open.to_f64(), candle.close.to_f64())
}

fn tone(candle: &Candle) -> &'static str {
    direction(candle).class()
}

/// From open to close, with a sign: colour is not the only one.
#[allow(clippy::cast_possible_truncation, reason = "a percentage")]
fn change(candle: &Candle) -> String {
    let (open, close) = (candle.open.to_f64(), candle.close.to_f64());
    if open > 0.0 {
        format::percent((10_000.0 * (close - open) / open).round() as i64)
    } else {
        String::new()
    }
}
