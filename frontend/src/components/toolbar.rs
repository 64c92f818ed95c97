//! The buttons at the right of the head: commands, theme, settings, keys.

use leptos::prelude::*;

use crate::app::App;
use crate::dynamic::handler;
use crate::state::action::{Action, Dialog};
use crate::state::shortcut;

/// A lens.
const SEARCH: &str = "M7 2.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 0 0 0-9M10.5 10.5l3.5 3.5";
/// A disc, half of it hatched.
const HALF: &str = "M8 2a6 6 0 1 0 0 12a6 6 0 0 0 0-12M8 2v12M10 2.5v11M12 4v8";
/// Two sliders.
const SLIDERS: &str = "M2 4.5h7M13 4.5h1M2 11.5h1M7 11.5h7M9 4.5a2 2 0 1 0 4 0a2 2 0 1 0-4 0M3 11.5a2 2 0 1 0 4 0a2 2 0 1 0-4 0";
/// Keys and a space bar.
const KEYS: &str = "M1.5 4h13v8.5h-13zM4 6.7h.5M7 6.7h.5M10 6.7h.5M12 6.7h.5M5 10h6";

/// The buttons. Each is an action that has a key, too.
#[component]
pub(crate) fn Toolbar() -> impl IntoView {
    view! {
        <div class="toolbar">
            <Tool action=Action::Open(Dialog::Commands) id="commands" icon=SEARCH text="Search" />
            <Tool action=Action::OtherTheme id="theme" icon=HALF />
            <Tool action=Action::Open(Dialog::Settings) id="settings" icon=SLIDERS />
            <Tool action=Action::Open(Dialog::Shortcuts) id="shortcuts" icon=KEYS />
        </div>
    }
}

#[component]
fn Tool(
    action: Action,
    id: &'static str,
    icon: &'static str,
    #[prop(optional)] text: &'static str,
) -> impl IntoView {
    let app = App::get();
    let key = shortcut::of(action);
    let said = (!text.is_empty()).then(|| {
        view! {
            <span>{text}</span>
            <kbd>{key}</kbd>
        }
    });
    view! {
        <button
            type="button"
            class=if text.is_empty() { "tool" } else { "tool search" }
            data-testid=id
            aria-label=text.is_empty().then(|| action.label())
            title=format!("{} ({key})", action.label())
            on:click=handler(move |_| app.perform(action))
        >
            <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
                <path d=icon />
            </svg>
            {said}
        </button>
    }
}
