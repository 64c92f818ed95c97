//! The panels' names, on a phone: a tap brings one to the front.

use leptos::prelude::*;
use leptos::web_sys::{ScrollIntoViewOptions, ScrollLogicalPosition};

use crate::app::App;
use crate::dynamic::{attribute, effect, handler};
use crate::state::panel::Panel;

/// The bar.
#[component]
pub(crate) fn TabBar() -> impl IntoView {
    let tab = App::get().shell.tab;
    let bar = move |panel: Panel| {
        let button = NodeRef::<leptos::html::Button>::new();
        let is_front = move || tab.get() == panel;
        effect(move || {
            if let Some(button) = button.get().filter(|_| is_front()) {
                let near = ScrollIntoViewOptions::new();
                near.set_inline(ScrollLogicalPosition::Nearest);
                button.scroll_into_view_with_scroll_into_view_options(&near);
            }
        });
        view! {
            <button
                type="button"
                node_ref=button
                data-panel=panel.word()
                aria-current=attribute(move || is_front().then(|| "true".to_owned()))
                on:click=handler(move |_| tab.set(panel))
            >
                {panel.label()}
            </button>
        }
    };
    view! {
        <nav class="tabs" aria-label="Panels">
            {Panel::ALL.iter().copied().map(bar).collect::<Vec<_>>()}
        </nav>
    }
}
