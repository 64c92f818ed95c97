//! The favourites in the browser's storage. A browser may refuse: then a star lasts as long as the page.

use leptos::prelude::window;
use leptos::web_sys::Storage;

use crate::state::favourites::Favourites;

/// Where they are.
const KEY: &str = "tickwire.favourites";

/// What was kept.
pub(crate) fn load() -> Favourites {
    let text = storage().and_then(|storage| storage.get_item(KEY).ok().flatten());
    Favourites::parse(&text.unwrap_or_default())
}

/// Keeps them.
pub(crate) fn save(favourites: &Favourites) {
    if let Some(storage) = storage() {
        let _ = storage.set_item(KEY, &favourites.to_text());
    }
}

fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}
