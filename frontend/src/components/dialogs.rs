//! What can lie over the page. The browser's own `<dialog>` keeps the focus inside and gives it back.

mod commands;
mod contents;
mod settings;
mod shortcuts;

use leptos::prelude::*;
use leptos::web_sys::HtmlDialogElement;

use crate::actions::find;
use crate::app::App;
use crate::dynamic::{attribute, effect, handler};
use crate::later::later;
use crate::state::action::Action;

/// The one dialog, with whatever is open in it.
#[component]
pub(crate) fn Dialogs() -> impl IntoView {
    let app = App::get();
    let open = app.shell.dialog;
    let contents = later(app, move || open.with(Option::is_some), contents::contents);
    effect(move || {
        let Some(dialog) = find::<HtmlDialogElement>("dialog") else { return };
        match open.get() {
            Some(_) if !dialog.open() => drop(dialog.show_modal()),
            Some(_) => {}
            None => dialog.close(),
        }
    });
    let close_outside = move |event: leptos::ev::MouseEvent| {
        if event.target() == event.current_target() {
            open.set(None); // all of the dialog's own area is covered by what is in it
        }
    };
    let content = move || open.get().and_then(|which| contents.get().map(|view| view(which)));
    let label = move || open.get().map(|which| Action::Open(which).label());
    view! {
        <dialog
            data-testid="dialog"
            aria-label=attribute(label)
            on:close=handler(move |_| open.set(None))
            on:click=handler(close_outside)
        >
            {content}
        </dialog>
    }
}
