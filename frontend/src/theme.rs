//! How the page looks, as attributes of its root that the stylesheets know. `static/theme.js` sets the same attributes
//! before the first paint.

use leptos::prelude::{document, window};
use leptos::web_sys::Event;

use crate::events::listen;
use crate::state::choice::Theme;

/// Dark on light, if the system wishes that.
const LIGHT: &str = "(prefers-color-scheme: light)";

/// Shows theme, palette, density and motion.
pub(crate) fn apply(look: [&str; 4]) {
    let Some(root) = document().document_element() else { return };
    for (name, word) in ["data-theme", "data-palette", "data-density", "data-motion"].into_iter().zip(look) {
        let _ = root.set_attribute(name, word);
    }
}

/// The theme that is another one than that which is shown now.
pub(crate) fn other(theme: Theme) -> Theme {
    match theme {
        Theme::Light => Theme::Dark,
        Theme::System if system_is_light() => Theme::Dark,
        Theme::Dark | Theme::System => Theme::Light,
    }
}

/// Calls `change` each time the system changes from dark to light or back.
pub(crate) fn on_system_change(change: impl Fn() + 'static) {
    if let Ok(Some(query)) = window().match_media(LIGHT) {
        listen(&query, &["change"], move |_: Event| change());
    }
}

fn system_is_light() -> bool {
    matches!(window().match_media(LIGHT), Ok(Some(query)) if query.matches())
}
