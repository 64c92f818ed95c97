//! The order book as a ladder: asks above, bids below, the spread between them, depth as bars.

use leptos::prelude::*;

use crate::app::App;
use crate::screen::book::BookSignals;
use crate::state::book::Rung;
use crate::state::format;

/// The order book.
#[component]
pub(crate) fn LadderPanel() -> impl IntoView {
    let book = App::get().screen.book;
    let rungs = |side: leptos::prelude::StoredValue<Vec<RwSignal<Rung>>>| {
        side.with_value(|rungs| {
            rungs.iter().map(|rung| view! { <LadderRow rung=*rung /> }).collect::<Vec<_>>()
        })
    };
    view! {
        <section
            class="panel book"
            aria-labelledby="book-title"
            data-testid="book"
            data-checksum=move || book.proof.get().word
            data-verified=move || book.proof.get().verified.to_string()
        >
            <header class="panel-head">
                <h3 id="book-title">"Order book"</h3>
                <ProofBadge book=book />
            </header>
            <div class="table" role="table" aria-labelledby="book-title">
                <div class="columns" role="row">
                    <span role="columnheader">"Price"</span>
                    <span role="columnheader">"Quantity"</span>
                    <span role="columnheader">"Total"</span>
                </div>
                <div class="asks" role="rowgroup" aria-label="Asks, best last">{rungs(book.asks)}</div>
                <TouchRow book=book />
                <div class="bids" role="rowgroup" aria-label="Bids, best first">{rungs(book.bids)}</div>
            </div>
        </section>
    }
}

#[component]
fn LadderRow(rung: RwSignal<Rung>) -> impl IntoView {
    let depth =
        move || rung.with(|rung| format!("{}.{}%", rung.depth_permille / 10, rung.depth_permille % 10));
    view! {
        <div class="rung" role="row" style=("--depth", depth)>
            <span class="price" role="cell">{move || rung.with(|rung| rung.price.clone())}</span>
            <span role="cell">{move || rung.with(|rung| rung.qty.clone())}</span>
            <span role="cell">{move || rung.with(|rung| rung.total.clone())}</span>
        </div>
    }
}

#[component]
fn TouchRow(book: BookSignals) -> impl IntoView {
    let mid = move || book.touch.with(|touch| touch.as_ref().map(|touch| touch.mid.clone()));
    let spread = move || {
        book.touch.with(|touch| {
            touch.as_ref().map(|touch| format!("{} ({} bp)", touch.spread, format::fixed(touch.spread_bp, 1)))
        })
    };
    view! {
        <div class="touch" role="row">
            <span class="mid" role="cell" data-testid="mid">
                <span class="name">"mid "</span>
                {mid}
            </span>
            <span class="spread" role="cell" data-testid="spread">
                <span class="name">"spread "</span>
                {spread}
            </span>
        </div>
    }
}

/// Whether the book is proved right, in a word and a sign.
#[component]
fn ProofBadge(book: BookSignals) -> impl IntoView {
    let class = move || format!("proof {}", book.proof.get().word);
    let text = move || match book.proof.get().word {
        "valid" => "\u{2713} verified",
        "invalid" => "\u{2717} wrong, resyncing",
        _ => "\u{2026} unverified",
    };
    view! {
        <span class=class title="The checksum of the top ten levels, compared with every event">
            {text}
        </span>
    }
}
