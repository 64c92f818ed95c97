//! The order book as a ladder: asks above, bids below, the spread between them, depth as bars.

mod proof;

use leptos::prelude::*;

use self::proof::ProofBadge;
use crate::app::App;
use crate::notes;
use crate::screen::book::BookSignals;
use crate::screen::put;
use crate::state::book::{Rung, Touch};
use crate::state::format;

/// The order book.
#[component]
pub(crate) fn LadderPanel() -> impl IntoView {
    let book = App::get().screen.book;
    view! {
        <section
            class="panel book"
            aria-labelledby="book-title"
            data-testid="book"
            data-checksum=move || book.proof.get().word
            data-verified=move || book.proof.get().verified.to_string()
            data-step=move || book.step.get().to_string()
        >
            <header class="panel-head">
                <h3 id="book-title">"Order book"</h3>
                <StepChoice book=book />
                <ProofBadge book=book />
            </header>
            <div class="table" role="table" aria-labelledby="book-title">
                <div class="columns" role="row">
                    <span role="columnheader">"Price"</span>
                    <span role="columnheader">"Quantity"</span>
                    <span role="columnheader">"Total"</span>
                </div>
                <div class="asks" role="rowgroup" aria-label="Asks, best first">
                    <Rungs side=book.asks depth=book.depth />
                </div>
                <TouchRow touch=book.touch />
                <div class="bids" role="rowgroup" aria-label="Bids, best first" node_ref=book.room>
                    <Rungs side=book.bids depth=book.depth />
                </div>
            </div>
            <Balance share=book.bid_share />
        </section>
    }
}

#[component]
fn Rungs(side: StoredValue<Vec<RwSignal<Rung>>>, depth: RwSignal<usize>) -> impl IntoView {
    let rung = move |at: usize| side.with_value(|rungs| rungs.get(at).copied());
    view! {
        <For each=move || 0..depth.get() key=|at| *at let:at>
            {rung(at).map(|rung| view! { <LadderRow rung=rung /> })}
        </For>
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

/// In which steps prices are put together; remembered for each symbol.
#[component]
fn StepChoice(book: BookSignals) -> impl IntoView {
    let app = App::get();
    let symbol = Memo::new(move |_| app.screen.chosen.with(|chosen| chosen.symbol.clone()));
    Effect::new(move || {
        let kept = notes::get(app, &notes::book(&symbol.get()));
        put(book.step, kept.parse().ok().filter(|step| *step > 0).unwrap_or(1));
    });
    let choose = move |value: String| {
        let text = if value == "1" { "" } else { &value };
        notes::set(app, &notes::book(&symbol.get_untracked()), text);
    };
    let option = move |(step, name): (i64, String)| {
        view! {
            <option value=step.to_string() prop:selected=move || book.step.get() == step>
                {name}
            </option>
        }
    };
    view! {
        <label class="choice">
            <span class="name">"step "</span>
            <select data-testid="step" on:change=move |event| choose(event_target_value(&event))>
                <For each=move || book.steps.get() key=|step| step.clone() children=option />
            </select>
        </label>
    }
}

#[component]
fn TouchRow(touch: RwSignal<Option<Touch>>) -> impl IntoView {
    let of = move |show: fn(&Touch) -> String| move || touch.with(|touch| touch.as_ref().map(show));
    view! {
        <div class="touch" role="row">
            <span class="mid" role="cell" data-testid="mid">
                <span class="name">"mid "</span>
                {of(|touch| touch.mid.clone())}
            </span>
            <span class="spread" role="cell" data-testid="spread">
                <span class="name">"spread "</span>
                {of(|touch| format!("{} ({} bp)", touch.spread, format::fixed(touch.spread_bp, 1)))}
            </span>
        </div>
    }
}

/// How bids and asks compare, in numbers and as a bar.
#[component]
fn Balance(share: RwSignal<Option<u32>>) -> impl IntoView {
    let width = move || format!("{}%", share.get().unwrap_or(50));
    let bids = move || share.get().map(|share| format!("Bids {share}%"));
    let asks = move || share.get().map(|share| format!("{}% Asks", 100 - share));
    view! {
        <p class="balance" title="Bids and asks among the levels that are shown" style=("--share", width) data-testid="balance">
            <span class="up">{bids}</span>
            <span class="down">{asks}</span>
        </p>
    }
}
