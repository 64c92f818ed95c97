//! A row of the watchlist.

use leptos::ev::MouseEvent;
use leptos::prelude::*;

use super::row_id;
use crate::app::App;
use crate::dynamic::{attribute, flag, handler, text, truth};
use crate::lasting::Lasting;
use crate::screen::watchlist::{Place, RowSignals};
use crate::state::flash::Direction;
use crate::state::sparkline::{HEIGHT, WIDTH};

/// A row of the page, which shows whichever symbol is in its place.
#[component]
pub(super) fn WatchlistRow(
    row: RowSignals,
    cursor: Lasting<Option<usize>>,
    choose: impl Fn(usize) + 'static,
) -> impl IntoView {
    let chosen = App::get().screen.chosen;
    let RowSignals { place, last, flash, change, bid, ask, volume, mood, spark } = row;
    let at = move || place.with(|place| place.as_ref().map(|place| place.row));
    let is_chosen = move || chosen.with(|chosen| chosen.row.is_some() && chosen.row == at());
    let class = move || {
        let is_at_cursor = cursor.get().is_some() && cursor.get() == at();
        if is_at_cursor { "market cursor" } else { "market" }
    };
    let click = move |_| place.with_untracked(|place| place.iter().for_each(|place| choose(place.row)));
    let part =
        move |part: fn(&Place) -> String| attribute(move || place.with(|place| place.as_ref().map(part)));
    let name =
        move || place.with(|place| place.as_ref().map(|place| place.symbol.clone()).unwrap_or_default());
    let cell = |signal: Lasting<String>| text(move || signal.get());
    view! {
        <div
            class=text(class)
            id=part(|place| row_id(place.row))
            role="row"
            hidden=flag(move || at().is_none())
            data-testid=part(|_| "watchlist-row".into())
            data-symbol=part(|place| place.symbol.clone())
            aria-rowindex=part(|place| (place.at + 2).to_string())
            aria-selected=truth(is_chosen)
            on:click=handler(click)
        >
            <span class="symbol" role="gridcell">
                <Star place=place />
                {text(name)}
                <abbr class="mood" title=attribute(move || mood.get().to_owned())>
                    {text(move || initial(mood.get()))}
                </abbr>
            </span>
            <span class=text(move || flash_class(flash.get())) role="gridcell" data-testid="last">
                {cell(last)}
            </span>
            <span class=text(move || change.with(|(_, direction)| direction.class())) role="gridcell" data-testid="change">
                {text(move || change.with(|(share, _)| share.clone()))}
            </span>
            <span role="gridcell" data-testid="bid">{cell(bid)}</span>
            <span role="gridcell" data-testid="ask">{cell(ask)}</span>
            <span role="gridcell" data-testid="volume">{cell(volume)}</span>
            <span class="spark" role="gridcell">
                <Sparkline spark=spark />
            </span>
        </div>
    }
}

const fn flash_class((direction, lit): (Direction, u8)) -> &'static str {
    match (direction, lit) {
        (Direction::None, _) => "last",
        (Direction::Up, 0) => "last up",
        (Direction::Up, 1) => "last up lit-1",
        (Direction::Up, 2) => "last up lit-2",
        (Direction::Up, _) => "last up lit-3",
        (Direction::Down, 0) => "last down",
        (Direction::Down, 1) => "last down lit-1",
        (Direction::Down, 2) => "last down lit-2",
        (Direction::Down, _) => "last down lit-3",
    }
}

/// The list has room for a letter; the headline has the word.
fn initial(mood: &str) -> String {
    mood.chars().take(1).map(|letter| letter.to_ascii_uppercase()).collect()
}

/// Whether the symbol is a favourite. With the keyboard: Space on the row.
#[component]
fn Star(place: Lasting<Option<Place>>) -> impl IntoView {
    let app = App::get();
    let symbol = move || place.with(|place| place.as_ref().map(|place| place.symbol.clone()));
    let is_on = move || {
        let favourites = app.screen.watchlist.favourites;
        place.with(|place| {
            place.as_ref().is_some_and(|place| favourites.with(|favourites| favourites.has(&place.symbol)))
        })
    };
    let toggle = move |click: MouseEvent| {
        click.stop_propagation();
        symbol().into_iter().for_each(|symbol| app.toggle_favourite(&symbol));
    };
    view! {
        <button
            type="button"
            class="star"
            tabindex="-1"
            data-testid="star"
            aria-label=attribute(move || symbol().map(|symbol| format!("Favourite {symbol}")))
            aria-pressed=truth(is_on)
            on:click=handler(toggle)
        >
            {text(move || if is_on() { "\u{2605}" } else { "\u{2606}" })}
        </button>
    }
}

#[component]
fn Sparkline(spark: Lasting<(String, Direction)>) -> impl IntoView {
    let label = move || match spark.with(|(_, direction)| *direction) {
        Direction::Up => "up over the last hour",
        Direction::Down => "down over the last hour",
        Direction::None => "unchanged over the last hour",
    };
    view! {
        <svg
            class=text(move || spark.with(|(_, direction)| direction.class()))
            viewBox=format!("0 0 {WIDTH} {HEIGHT}")
            preserveAspectRatio="none"
            role="img"
            aria-label=attribute(move || label().to_owned())
        >
            <polyline points=attribute(move || spark.with(|(points, _)| points.clone())) />
        </svg>
    }
}
