//! The watchlist: all symbols, searched and sorted; arrows move a cursor, Enter chooses. Only the rows in view are there.

mod heads;
mod keys;
mod row;
mod rows;
mod search;

use leptos::prelude::*;

use self::heads::ColumnHeads;
use self::rows::Rows;
use self::search::{FavouritesToggle, SearchField};
use crate::app::App;
use crate::dynamic::{attribute, handler};
use crate::lasting::Lasting;

/// The watchlist; `on_choice` is called after the person chose a symbol.
#[component]
pub(crate) fn WatchlistPanel(on_choice: impl Fn() + Copy + Send + Sync + 'static) -> impl IntoView {
    let app = App::get();
    let list = app.screen.watchlist;
    let cursor = Lasting::new(None);
    let choose = move |row: usize| {
        cursor.set(Some(row));
        app.choose_symbol(row);
        on_choice();
    };
    let grid = NodeRef::new();
    // The cursor's row may be scrolled out of the page.
    let active = move || {
        cursor.get().filter(|row| {
            list.rows.with(|rows| {
                rows.iter().any(|slot| {
                    slot.place.with(|place| place.as_ref().is_some_and(|place| place.row == *row))
                })
            })
        })
    };
    view! {
        <section class="panel markets" aria-labelledby="markets-title" data-testid="watchlist">
            <header class="panel-head">
                <h3 id="markets-title">"Markets"</h3>
                <FavouritesToggle />
                <SearchField grid=grid choose=choose />
            </header>
            <div
                class="grid"
                role="grid"
                tabindex="0"
                node_ref=grid
                aria-labelledby="markets-title"
                aria-rowcount=attribute(move || (list.order.with(Vec::len) + 1).to_string())
                aria-activedescendant=attribute(move || active().map(row_id))
                on:keydown=handler(move |key| keys::on_key(&key, app, cursor, choose))
            >
                <ColumnHeads />
                <Rows cursor=cursor choose=choose />
            </div>
        </section>
    }
}

/// The `id` of a symbol's element.
fn row_id(row: usize) -> String {
    format!("market-{row}")
}
