//! The panels' names, on a phone: a tap brings one to the front.

use leptos::prelude::*;
use leptos::web_sys::{HtmlElement, ScrollIntoViewOptions, ScrollLogicalPosition};

use crate::actions::find;
use crate::app::App;
use crate::dynamic::{attribute, effect, handler};
use crate::state::panel::Panel;

/// The bar.
#[component]
pub(crate) fn TabBar() -> impl IntoView {
    let tab = App::get().shell.tab;
    let bar = move |panel: Panel| {
        let is_front = move || tab.get() == panel;
        effect(move || {
            if is_front()
                && let Some(button) = find::<HtmlElement>(&format!(".tabs [data-panel={}]", panel.word()))
            {
                let near = ScrollIntoViewOptions::new();
                near.set_inline(ScrollLogicalPosition::Nearest);
                button.scroll_into_view_with_scroll_into_view_options(&near);
            }
        });
        view! {
            <button
                type="button"
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
