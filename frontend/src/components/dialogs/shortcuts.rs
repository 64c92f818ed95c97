//! The list of keys: `state/shortcut.rs` as a person reads it.

use leptos::prelude::*;

use crate::state::shortcut::{SHORTCUTS, Shortcut};

/// All keys.
#[component]
pub(crate) fn ShortcutsList() -> impl IntoView {
    let line = |shortcut: &'static Shortcut| {
        view! {
            <div>
                <dt>{shortcut.action.label()}</dt>
                <dd><kbd>{shortcut.shown}</kbd></dd>
            </div>
        }
    };
    view! {
        <dl class="shortcuts">{SHORTCUTS.iter().map(line).collect::<Vec<_>>()}</dl>
        <p class="hint">
            "On a Mac, Cmd does what Ctrl does here. In a list, arrows move and Enter chooses; on an edge between panels, \
             arrows move it. Single letters can be turned off in the settings."
        </p>
    }
}
