//! What is in the dialogs: its code comes with that of the panels that are asked for.
#![allow(unsafe_code, reason = "#[wasm_split] expands to it")]

use leptos::prelude::*;
use leptos::wasm_split::wasm_split;

use super::commands::Commands;
use super::settings::SettingsList;
use super::shortcuts::ShortcutsList;
use crate::actions::focus;
use crate::app::App;
use crate::dynamic::{Part, effect, handler, part};
use crate::later::SplitLoaderError;
use crate::state::action::{Action, Dialog};

/// The content of a dialog.
#[wasm_split(more, wasm_split_path = leptos::wasm_split, fallible)]
pub(super) fn contents() -> Result<fn(Dialog) -> Part, SplitLoaderError> {
    Ok(|which| match which {
        Dialog::Commands => part(Commands()),
        Dialog::Settings => part(titled(which, SettingsList())),
        Dialog::Shortcuts => part(titled(which, ShortcutsList())),
    })
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
