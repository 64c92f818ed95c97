//! For engineers: what goes over the wire, as it is. Open, it copies each frame's start; closed, it is not there.

use leptos::prelude::*;

use crate::app::App;
use crate::dynamic::{handler, list, text, truth};
use crate::state::wiretap::{Line, Way};

/// The messages.
#[component]
pub(crate) fn MessagesPanel() -> impl IntoView {
    let app = App::get();
    app.with_wiretap(|tap| tap.set_open(true));
    on_cleanup(move || app.with_wiretap(|tap| tap.set_open(false)));
    let lines = app.screen.messages.lines;
    view! {
        <section class="panel messages" aria-labelledby="messages-title" data-testid="messages">
            <header class="panel-head">
                <h3 id="messages-title">"Messages"</h3>
                <Tools />
            </header>
            <div class="frames" role="log" aria-live="off" tabindex="0" aria-labelledby="messages-title">
                {list(move || lines.get(), |line| line.nth, |line| view! { <FrameLine line=line /> })}
            </div>
        </section>
    }
}

#[component]
fn FrameLine(line: Line) -> impl IntoView {
    let (class, way) = match line.way {
        Way::In => ("frame", "\u{2190}"),
        Way::Out => ("frame out", "\u{2192}"),
    };
    view! {
        <p class=class data-testid="frame">
            <span class="time">{line.time}</span>
            <span class="way">{way}</span>
            <span class="bytes">{line.bytes} " B"</span>
            <code>{line.text}</code>
        </p>
    }
}

/// Filter, pause, copy, clear.
#[component]
fn Tools() -> impl IntoView {
    let app = App::get();
    let filter = app.screen.messages.filter;
    let paused = RwSignal::new(false);
    let on_filter = move |event| {
        filter.set(event_target_value(&event));
        app.with_wiretap(|tap| tap.list_again());
    };
    let pause = move |_| {
        paused.update(|paused| *paused = !*paused);
        app.with_wiretap(|tap| tap.set_paused(paused.get_untracked()));
    };
    let copy = move |_| {
        let text = app.with_wiretap(|tap| filter.with_untracked(|words| tap.copy(words)));
        app.copy(&text, "The messages are in the clipboard.");
    };
    view! {
        <input
            type="search"
            placeholder="Filter"
            aria-label="Only messages with these words"
            prop:value=text(move || filter.get())
            on:input=handler(on_filter)
        />
        <button type="button" data-testid="pause" aria-pressed=truth(move || paused.get()) on:click=handler(pause)>
            "Pause"
        </button>
        <button type="button" on:click=handler(copy)>"Copy"</button>
        <button type="button" on:click=handler(move |_| app.with_wiretap(|tap| tap.clear()))>"Clear"</button>
    }
}
