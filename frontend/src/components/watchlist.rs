//! The watchlist: all symbols, searched and sorted; arrows move a cursor, Enter chooses.

mod row;

use leptos::prelude::*;
use leptos::web_sys::KeyboardEvent;

use self::row::WatchlistRow;
use crate::app::App;
use crate::screen::Screen;
use crate::state::watchlist::Column;

const COLUMNS: [(Column, &str); 6] = [
    (Column::Symbol, "Symbol"),
    (Column::Last, "Last"),
    (Column::Change, "24h"),
    (Column::Bid, "Bid"),
    (Column::Ask, "Ask"),
    (Column::Volume, "Volume"),
];

/// The watchlist; `on_choice` is called after the person chose a symbol.
#[component]
pub(crate) fn WatchlistPanel(on_choice: impl Fn() + Copy + Send + Sync + 'static) -> impl IntoView {
    let app = App::get();
    let screen = app.screen;
    let cursor = RwSignal::new(None);
    let choose = move |row: usize| {
        cursor.set(Some(row));
        app.choose_symbol(row);
        on_choice();
    };
    view! {
        <section class="panel markets" aria-labelledby="markets-title" data-testid="watchlist">
            <header class="panel-head">
                <h3 id="markets-title">"Markets"</h3>
                <SearchField screen=screen />
            </header>
            <div
                class="grid"
                role="grid"
                tabindex="0"
                aria-labelledby="markets-title"
                aria-activedescendant=move || cursor.get().map(row_id)
                on:keydown=move |key| on_key(&key, screen, cursor, choose)
            >
                <ColumnHeads screen=screen />
                <div class="rows" role="rowgroup">
                    <Rows screen=screen cursor=cursor choose=choose />
                </div>
            </div>
        </section>
    }
}

#[component]
fn Rows(
    screen: Screen,
    cursor: RwSignal<Option<usize>>,
    choose: impl Fn(usize) + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let symbol = move |row: usize| {
        screen.watchlist.rows.with_untracked(|rows| rows.get(row).map(|row| row.symbol.clone()))
    };
    view! {
        <For each=move || screen.watchlist.order.get() key=move |row| symbol(*row) let:row>
            {screen
                .watchlist
                .rows
                .with_untracked(|rows| rows.get(row).cloned())
                .map(|signals| {
                    view! {
                        <WatchlistRow
                            row=row
                            signals=signals
                            chosen=screen.chosen
                            cursor=cursor
                            on_click=move || choose(row)
                        />
                    }
                })}
        </For>
    }
}

#[component]
fn SearchField(screen: Screen) -> impl IntoView {
    let app = App::get();
    let search = move |event| {
        screen.watchlist.search.set(event_target_value(&event));
        app.with_store(|store| screen.watchlist.arrange(store));
    };
    view! {
        <input
            type="search"
            placeholder="Search"
            aria-label="Search symbols"
            prop:value=move || screen.watchlist.search.get()
            on:input=search
        />
    }
}

#[component]
fn ColumnHeads(screen: Screen) -> impl IntoView {
    let app = App::get();
    let click = move |column| {
        screen.watchlist.sorting.set(screen.watchlist.sorting.get_untracked().clicked(column));
        app.with_store(|store| screen.watchlist.arrange(store));
    };
    let head = move |(column, label): (Column, &'static str)| {
        view! {
            <span role="columnheader" aria-sort=move || screen.watchlist.sorting.get().aria(column)>
                <button type="button" on:click=move |_| click(column)>{label}</button>
            </span>
        }
    };
    view! {
        <div class="columns" role="row">
            {COLUMNS.map(head).into_iter().collect::<Vec<_>>()}
            <span role="columnheader" title="The last hour">"1h"</span>
        </div>
    }
}

/// The `id` of a row's element.
fn row_id(row: usize) -> String {
    format!("market-{row}")
}

fn on_key(key: &KeyboardEvent, screen: Screen, cursor: RwSignal<Option<usize>>, choose: impl Fn(usize)) {
    let order = screen.watchlist.order.get_untracked();
    let present = cursor.get_untracked().or_else(|| screen.chosen.get_untracked().row);
    let at = present.and_then(|row| order.iter().position(|shown| *shown == row));
    let target = match (key.key().as_str(), at) {
        ("Enter", _) => {
            // On a column's head, Enter sorts.
            if let Some(row) = present.filter(|_| key.target() == key.current_target()) {
                choose(row);
            }
            return;
        }
        ("ArrowDown", at) => at.map_or(0, |at| at + 1),
        ("ArrowUp", at) => at.map_or(0, |at| at.saturating_sub(1)),
        ("Home", _) => 0,
        ("End", _) => order.len().saturating_sub(1),
        _ => return,
    };
    key.prevent_default();
    if let Some(row) = order.get(target.min(order.len().saturating_sub(1))) {
        cursor.set(Some(*row));
        if let Some(element) = document().get_element_by_id(&row_id(*row)) {
            let nearest = leptos::web_sys::ScrollIntoViewOptions::new();
            nearest.set_block(leptos::web_sys::ScrollLogicalPosition::Nearest);
            element.scroll_into_view_with_scroll_into_view_options(&nearest);
        }
    }
}
