//! What is in the list: a part of the name, or only what has a star.

use leptos::ev::KeyboardEvent;
use leptos::html::Div;
use leptos::prelude::*;

use crate::app::App;
use crate::dynamic::{handler, text, truth};

/// Searches for a part of the name: Enter chooses the first that was found, the arrow down goes to the list.
#[component]
pub(super) fn SearchField(grid: NodeRef<Div>, choose: impl Fn(usize) + Copy + 'static) -> impl IntoView {
    let app = App::get();
    let list = app.screen.watchlist;
    let search = move |text: String| {
        list.filter.update(|filter| filter.search = text);
        app.with_store(|store| list.arrange(store));
    };
    let on_key = move |key: KeyboardEvent| match key.key().as_str() {
        "Enter" => {
            if let Some(row) = list.order.with_untracked(|order| order.first().copied()) {
                choose(row);
            }
        }
        "Escape" => search(String::new()),
        "ArrowDown" => {
            key.prevent_default();
            if let Some(grid) = grid.get_untracked() {
                let _ = grid.focus();
            }
        }
        _ => {}
    };
    view! {
        <input
            type="search"
            placeholder="Search"
            aria-label="Search symbols"
            prop:value=text(move || list.filter.with(|filter| filter.search.clone()))
            on:input=handler(move |event| search(event_target_value(&event)))
            on:keydown=handler(on_key)
        />
    }
}

/// Shows all symbols, or those with a star.
#[component]
pub(super) fn FavouritesToggle() -> impl IntoView {
    let app = App::get();
    let list = app.screen.watchlist;
    let toggle = move |_| {
        list.filter.update(|filter| filter.favourites_only = !filter.favourites_only);
        app.with_store(|store| list.arrange(store));
    };
    view! {
        <button
            type="button"
            class="favourites"
            data-testid="favourites"
            aria-pressed=truth(move || list.filter.with(|filter| filter.favourites_only))
            on:click=handler(toggle)
        >
            "\u{2605} only"
        </button>
    }
}
