//! Keys of the whole page: from the browser to the table in `state/shortcut.rs`.

use leptos::prelude::window;
use leptos::web_sys::{Element, KeyboardEvent};
use wasm_bindgen::JsCast;

use crate::app::App;
use crate::events;
use crate::state::choice::Keys;
use crate::state::shortcut;

/// Where letters are typed, not meant as commands.
const TYPED_INTO: &str = "input, textarea, select, [contenteditable]";

/// Listens from now on.
pub(crate) fn listen(app: App) {
    events::listen(&window(), &["keydown"], move |key: KeyboardEvent| on_key(app, &key));
}

fn on_key(app: App, key: &KeyboardEvent) {
    let command = key.ctrl_key() || key.meta_key();
    if key.default_prevented() || key.alt_key() || app.shell.dialog.get_untracked().is_some() {
        return;
    }
    let single = !is_typed(key) && app.shell.settings.with_untracked(|settings| settings.keys == Keys::On);
    if let Some(action) = shortcut::find(&key.key(), command, single) {
        key.prevent_default();
        app.perform(action);
    }
}

fn is_typed(key: &KeyboardEvent) -> bool {
    let target = key.target().and_then(|target| target.dyn_into::<Element>().ok());
    target.is_some_and(|element| matches!(element.closest(TYPED_INTO), Ok(Some(_))))
}
