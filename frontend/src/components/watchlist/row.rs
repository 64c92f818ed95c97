//! A row of the watchlist.

use leptos::prelude::*;

use super::row_id;
use crate::screen::Chosen;
use crate::screen::watchlist::RowSignals;
use crate::state::flash::Direction;
use crate::state::sparkline::{HEIGHT, WIDTH};

/// A row of the watchlist.
#[component]
pub(crate) fn WatchlistRow(
    row: usize,
    signals: RowSignals,
    chosen: RwSignal<Chosen>,
    cursor: RwSignal<Option<usize>>,
    on_click: impl Fn() + 'static,
) -> impl IntoView {
    let RowSignals { symbol, last, flash, change, bid, ask, volume, mood, spark } = signals;
    let name = symbol.clone();
    let is_chosen = move || chosen.with(|chosen| chosen.row == Some(row));
    let flash_class = move || {
        let (direction, lit) = flash.get();
        format!("last {}{}", direction.class(), if lit { " lit" } else { "" })
    };
    view! {
        <div
            class="market"
            class:cursor=move || cursor.get() == Some(row)
            id=row_id(row)
            role="row"
            data-testid="watchlist-row"
            data-symbol=symbol
            aria-selected=move || is_chosen().to_string()
            on:click=move |_| on_click()
        >
            <span class="symbol" role="gridcell">
                {name}
                <abbr class="mood" title=mood>
                    {move || initial(mood.get())}
                </abbr>
            </span>
            <span class=flash_class role="gridcell" data-testid="last">
                {last}
            </span>
            <span class=move || change.with(|(_, direction)| direction.class()) role="gridcell" data-testid="change">
                {move || change.with(|(text, _)| text.clone())}
            </span>
            <span role="gridcell" data-testid="bid">{bid}</span>
            <span role="gridcell" data-testid="ask">{ask}</span>
            <span role="gridcell" data-testid="volume">{volume}</span>
            <span class="spark" role="gridcell">
                <Sparkline spark=spark />
            </span>
        </div>
    }
}

/// The list has room for a letter; the headline has the word.
fn initial(mood: &str) -> String {
    mood.chars().take(1).flat_map(char::to_uppercase).collect()
}

#[component]
fn Sparkline(spark: RwSignal<(String, Direction)>) -> impl IntoView {
    let label = move || match spark.with(|(_, direction)| *direction) {
        Direction::Up => "up over the last hour",
        Direction::Down => "down over the last hour",
        Direction::None => "unchanged over the last hour",
    };
    view! {
        <svg
            class=move || spark.with(|(_, direction)| direction.class())
            viewBox=format!("0 0 {WIDTH} {HEIGHT}")
            preserveAspectRatio="none"
            role="img"
            aria-label=label
        >
            <polyline points=move || spark.with(|(points, _)| points.clone()) />
        </svg>
    }
}
