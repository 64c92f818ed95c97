//! The heads of the columns: each sorts.

use leptos::prelude::*;

use crate::app::App;
use crate::dynamic::{attribute, handler};
use crate::state::watchlist::Column;

const COLUMNS: [(Column, &str, &str); 7] = [
    (Column::Symbol, "Symbol", "Symbol"),
    (Column::Last, "Last", "Last price"),
    (Column::Change, "24h", "Change over 24 hours"),
    (Column::Bid, "Bid", "Best bid"),
    (Column::Ask, "Ask", "Best ask"),
    (Column::Volume, "Volume", "Turnover of 24 hours"),
    (Column::Hour, "1h", "The last hour"),
];

/// The heads of the columns.
#[component]
pub(super) fn ColumnHeads() -> impl IntoView {
    let app = App::get();
    let list = app.screen.watchlist;
    let click = move |column| {
        list.sorting.update(|sorting| *sorting = sorting.clicked(column));
        app.with_store(|store| list.arrange(store));
    };
    let head = move |(column, label, title): (Column, &'static str, &'static str)| {
        view! {
            <span role="columnheader" title=title aria-sort=attribute(move || list.sorting.get().aria(column).to_owned())>
                <button type="button" on:click=handler(move |_| click(column))>{label}</button>
            </span>
        }
    };
    view! {
        <div class="columns" role="row" aria-rowindex="1">
            {COLUMNS.map(head).into_iter().collect::<Vec<_>>()}
        </div>
    }
}
