//! The command palette: a few letters, then Enter.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

use crate::actions::{focus, scroll_near};
use crate::app::App;
use crate::dynamic::{attribute, effect, handler, parts, text, truth};
use crate::state::action::Action;
use crate::state::commands::{self, Entry};
use crate::state::shortcut;

/// The palette. The list is made when it opens.
#[component]
pub(crate) fn Commands() -> impl IntoView {
    let app = App::get();
    let symbols = |store: &mut crate::state::store::Store| {
        commands::all(store.rows.iter().map(|row| row.instrument.symbol.clone()))
    };
    let entries = app.with_store(symbols);
    let query = RwSignal::new(String::new());
    let found = Memo::new(move |_| commands::find(&entries, &query.get()));
    let cursor = RwSignal::new(0);
    let run = move |action: Action| {
        app.shell.dialog.set(None);
        app.perform(action);
    };
    let on_key = move |key: KeyboardEvent| {
        if key.key() == "Enter" {
            if let Some(entry) = found.with(|found| found.get(cursor.get_untracked()).cloned()) {
                run(entry.action);
            }
        } else if let Some(at) = moved(&key.key(), cursor.get_untracked(), found.with(Vec::len)) {
            cursor.set(at);
            scroll_near(&option_id(at));
        } else {
            return;
        }
        key.prevent_default();
    };
    let option = move |(at, entry)| view! { <EntryOption at=at entry=entry cursor=cursor run=run /> };
    view! {
        <div class="sheet commands">
            <Query query=query cursor=cursor on_key=on_key />
            <ul role="listbox" id="commands" aria-label="Commands" tabindex="-1">
                {parts(move || found.get().into_iter().enumerate().map(option).collect())}
            </ul>
            <p class="hint" role="status">
                {text(move || match found.with(Vec::len) {
                    0 => "Nothing fits".into(),
                    count => format!("{count} found: arrows choose, Enter does it, Esc closes"),
                })}
            </p>
        </div>
    }
}

#[component]
fn Query(
    query: RwSignal<String>,
    cursor: RwSignal<usize>,
    on_key: impl Fn(KeyboardEvent) + 'static,
) -> impl IntoView {
    effect(|| focus(".commands input"));
    let on_input = move |event| {
        query.set(event_target_value(&event));
        cursor.set(0);
    };
    view! {
        <input
            type="text"
            role="combobox"
            placeholder="Symbol, interval, panel, theme\u{2026}"
            aria-label="Command or symbol"
            aria-expanded="true"
            aria-controls="commands"
            aria-autocomplete="list"
            aria-activedescendant=attribute(move || option_id(cursor.get()))
            autocomplete="off"
            spellcheck="false"
            on:input=handler(on_input)
            on:keydown=handler(on_key)
        />
    }
}

#[component]
fn EntryOption(
    at: usize,
    entry: Entry,
    cursor: RwSignal<usize>,
    run: impl Fn(Action) + 'static,
) -> impl IntoView {
    let shell = App::get().shell;
    let Entry { label, action } = entry;
    let is_set =
        shell.settings.with_untracked(|settings| settings.is_set(action, shell.form.get_untracked()));
    view! {
        <li
            role="option"
            id=option_id(at)
            aria-selected=truth(move || cursor.get() == at)
            on:click=handler(move |_| run(action))
        >
            <span>{label}</span>
            {is_set.then(|| view! { <span class="set">"\u{2713} on"</span> })}
            <kbd>{shortcut::of(action)}</kbd>
        </li>
    }
}

fn option_id(at: usize) -> String {
    format!("command-{at}")
}

/// Where a key moves the cursor in a list of `count`; `None` if it is no such key.
fn moved(key: &str, at: usize, count: usize) -> Option<usize> {
    let last = count.saturating_sub(1);
    match key {
        "ArrowDown" => Some(if at >= last { 0 } else { at + 1 }),
        "ArrowUp" => Some(if at == 0 { last } else { at - 1 }),
        "PageDown" => Some((at + 8).min(last)),
        "PageUp" => Some(at.saturating_sub(8)),
        _ => None,
    }
}
