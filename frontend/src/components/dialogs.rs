//! What can lie over the page. The browser's own `<dialog>` keeps the focus inside and gives it back.

mod commands;
mod settings;
mod shortcuts;

use leptos::prelude::*;
use leptos::web_sys::HtmlDialogElement;

use self::commands::Commands;
use self::settings::SettingsList;
use self::shortcuts::ShortcutsList;
use crate::actions::{find, focus};
use crate::app::App;
use crate::dynamic::{attribute, effect, handler, part};
use crate::state::action::{Action, Dialog};

/// The one dialog, with whatever is open in it.
#[component]
pub(crate) fn Dialogs() -> impl IntoView {
    let open = App::get().shell.dialog;
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
    let content = move || {
        open.get().map(|which| match which {
            Dialog::Commands => part(Commands()),
            Dialog::Settings => part(titled(which, SettingsList())),
            Dialog::Shortcuts => part(titled(which, ShortcutsList())),
        })
    };
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

/// A title and a button that closes.
fn titled(dialog: Dialog, content: impl IntoView) -> impl IntoView {
    let open = App::get().shell.dialog;
    effect(|| focus(".sheet-head button"));
    view! {
        <div class="sheet">
            <header class="sheet-head">
                <h2>{Action::Open(dialog).label()}</h2>
                <button type="button" on:click=handler(move |_| open.set(None))>"Close"</button>
            </header>
            {content}
        </div>
    }
}
