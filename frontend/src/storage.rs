//! The browser's storage: one text. Where it is forbidden or full, a choice lasts as long as the page.

use leptos::prelude::window;
use leptos::web_sys::Storage;

use crate::state::settings::Settings;

/// Where the settings are; `static/theme.js` reads them.
const KEY: &str = "tickwire.settings";

/// What was kept.
pub(crate) fn load() -> Settings {
    let text = storage().and_then(|storage| storage.get_item(KEY).ok().flatten());
    Settings::parse(&text.unwrap_or_default())
}

/// Keeps them.
pub(crate) fn save(settings: &Settings) {
    if let Some(storage) = storage() {
        let _ = storage.set_item(KEY, &settings.to_text());
    }
}

fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}
