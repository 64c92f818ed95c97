//! Dark or light: the system's wish until the person chooses. `static/theme.js` applies a choice before the first paint.

use leptos::prelude::{document, window};

/// Where the choice is remembered; `static/theme.js` reads it.
const STORAGE_KEY: &str = "tickwire.theme";

/// Dark or light.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Theme {
    /// Light on dark.
    Dark,
    /// Dark on light.
    Light,
}

impl Theme {
    /// What is shown now.
    pub(crate) fn current() -> Self {
        let chosen = document().document_element().and_then(|root| root.get_attribute("data-theme"));
        match chosen.as_deref() {
            Some("light") => Self::Light,
            Some("dark") => Self::Dark,
            _ if system_is_light() => Self::Light,
            _ => Self::Dark,
        }
    }

    /// The other one.
    pub(crate) const fn other(self) -> Self {
        match self {
            Self::Dark => Self::Light,
            Self::Light => Self::Dark,
        }
    }

    /// Its name.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Dark => "dark",
            Self::Light => "light",
        }
    }

    /// Shows it, and remembers the choice where the browser allows that.
    pub(crate) fn apply(self) {
        if let Some(root) = document().document_element() {
            let _ = root.set_attribute("data-theme", self.name());
        }
        if let Ok(Some(storage)) = window().local_storage() {
            let _ = storage.set_item(STORAGE_KEY, self.name());
        }
    }
}

fn system_is_light() -> bool {
    matches!(window().match_media("(prefers-color-scheme: light)"), Ok(Some(query)) if query.matches())
}
