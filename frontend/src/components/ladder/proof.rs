//! Whether the book is proved right: a word and a sign, and on request how that is known.

use leptos::prelude::*;

use crate::app::App;
use crate::dynamic::{flag, handler, text, truth, when};
use crate::lasting::Lasting;
use crate::screen::book::BookSignals;
use crate::state::book::Proved;
use crate::state::format;

/// The word, and behind it the explanation.
#[component]
pub(super) fn ProofBadge(book: BookSignals) -> impl IntoView {
    let word = move || book.proof.with(|proof| proof.word);
    let sentence = move || match word() {
        "valid" => "\u{2713} verified",
        "invalid" => "\u{2717} wrong, resyncing",
        _ => "\u{2026} unverified",
    };
    let is_open = Lasting::new(false);
    view! {
        <button
            type="button"
            class=text(move || format!("proof {}", word()))
            aria-expanded=truth(move || is_open.get())
            aria-controls="proof"
            data-testid="proof"
            on:click=handler(move |_| is_open.update(|is_open| *is_open = !*is_open))
        >
            {text(sentence)}
        </button>
        <div id="proof" class="proof-detail" hidden=flag(move || !is_open.get())>
            {when(move || is_open.get(), move || view! { <ProofDetail book=book /> })}
        </div>
    }
}

#[component]
fn ProofDetail(book: BookSignals) -> impl IntoView {
    let health = App::get().screen.health.view;
    let of = move |show: fn(&Proved) -> String| {
        text(move || book.proof.get().last.as_ref().map_or_else(|| format::NONE.into(), show))
    };
    view! {
        <p>
            "Every event of the book carries a CRC-32 of the server's ten best levels of each side. This page computes the
            same of its own book and compares; after a difference or a gap it asks for the book anew."
        </p>
        <dl>
            <dt>"Last sequence number"</dt>
            <dd data-testid="proof-seq">{of(|proved| proved.seq.to_string())}</dd>
            <dt>"Its checksum, both sides"</dt>
            <dd data-testid="proof-checksum">{of(|proved| format!("{:08x}", proved.checksum))}</dd>
            <dt>"Right for this symbol"</dt>
            <dd>{text(move || format::count(book.proof.get().verified))}</dd>
            <dt>"Wrong since the page is open"</dt>
            <dd>{text(move || health.with(|view| format::count(view.checksum_failures)))}</dd>
        </dl>
    }
}
