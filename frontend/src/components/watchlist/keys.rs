//! Keys of the list.

use leptos::web_sys::{Element, KeyboardEvent};
use wasm_bindgen::JsCast;

use crate::app::App;
use crate::lasting::Lasting;
use crate::screen::watchlist::WatchlistSignals;
use crate::state::viewport::{Viewport, follow_key};

/// Arrows, pages, Home and End move the cursor; Enter chooses, Space gives a star or takes it away.
pub(super) fn on_key(key: &KeyboardEvent, app: App, cursor: Lasting<Option<usize>>, choose: impl Fn(usize)) {
    let list = app.screen.watchlist;
    let present = cursor.get_untracked().or_else(|| app.screen.chosen.with_untracked(|chosen| chosen.row));
    // On the head of a column, or on a star, these are that button's keys.
    let element = key.target().and_then(|target| target.dyn_into::<Element>().ok());
    let is_mine = element.is_none_or(|element| element.tag_name() != "BUTTON");
    match (key.key().as_str(), present) {
        ("Enter", Some(row)) if is_mine => choose(row),
        (" ", Some(row)) if is_mine => {
            key.prevent_default();
            let symbol = list.symbols.with_untracked(|symbols| symbols.get(row).cloned());
            symbol.into_iter().for_each(|symbol| app.toggle_favourite(&symbol));
        }
        (name, present) => {
            let viewport = list.viewport.get_untracked();
            if let Some((at, row)) = target(list, name, present, viewport) {
                key.prevent_default();
                cursor.set(Some(row));
                list.scroll_to(at);
            }
        }
    }
}

/// The place in the list that a key leads to, and the symbol there.
fn target(
    list: WatchlistSignals,
    key: &str,
    present: Option<usize>,
    viewport: Viewport,
) -> Option<(usize, usize)> {
    list.order.with_untracked(|order| {
        let at = present.and_then(|row| order.iter().position(|shown| *shown == row));
        let target = follow_key(key, at, order.len(), viewport.page())?;
        Some((target, *order.get(target)?))
    })
}
