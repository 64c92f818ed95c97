//! The order book as a ladder: asks above, bids below, the spread between them, depth as bars.

mod proof;

use leptos::prelude::*;

use self::proof::ProofBadge;
use crate::app::App;
use crate::dynamic::{attribute, effect, handler, parts, rows, text};
use crate::lasting::Lasting;
use crate::notes;
use crate::screen::book::BookSignals;
use crate::screen::{Chosen, put};
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
            data-checksum=attribute(move || book.proof.with(|proof| proof.word.to_owned()))
            data-verified=attribute(move || book.proof.with(|proof| proof.verified.to_string()))
            data-step=attribute(move || book.step.get().to_string())
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
                    {rungs(book.asks, book.depth)}
                </div>
                <TouchRow touch=book.touch />
                <div class="bids" role="rowgroup" aria-label="Bids, best first" node_ref=book.room>
                    {rungs(book.bids, book.depth)}
                </div>
            </div>
            <Balance share=book.bid_share />
        </section>
    }
}

fn rungs(side: &'static [Lasting<Rung>], depth: Lasting<usize>) -> impl IntoView {
    rows(move || depth.get(), move |at| side.get(at).map(|rung| view! { <LadderRow rung=*rung /> }))
}

#[component]
fn LadderRow(rung: Lasting<Rung>) -> impl IntoView {
    let depth =
        move || rung.with(|rung| format!("{}.{}%", rung.depth_permille / 10, rung.depth_permille % 10));
    let of = move |part: fn(&Rung) -> &String| text(move || rung.with(|rung| part(rung).clone()));
    view! {
        <div class="rung" role="row" style=("--depth", attribute(depth))>
            <span class="price" role="cell">{of(|rung| &rung.price)}</span>
            <span role="cell">{of(|rung| &rung.qty)}</span>
            <span role="cell">{of(|rung| &rung.total)}</span>
        </div>
    }
}

/// In which steps prices are put together; remembered for each symbol.
#[component]
fn StepChoice(book: BookSignals) -> impl IntoView {
    let app = App::get();
    let name = |chosen: &Chosen| notes::book(&chosen.symbol);
    effect(move || {
        let kept = notes::get(app, &app.screen.chosen.with(name));
        put(book.step, kept.parse().ok().filter(|step| *step > 0).unwrap_or(1));
    });
    let choose = move |value: String| {
        let text = if value == "1" { "" } else { &value };
        notes::set(app, &app.screen.chosen.with_untracked(name), text);
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
            <select data-testid="step" on:change=handler(move |event| choose(event_target_value(&event)))>
                {parts(move || book.steps.get().into_iter().map(option).collect())}
            </select>
        </label>
    }
}

#[component]
fn TouchRow(touch: Lasting<Option<Touch>>) -> impl IntoView {
    let of = move |show: fn(&Touch) -> String| {
        text(move || touch.with(|touch| touch.as_ref().map(show).unwrap_or_default()))
    };
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
fn Balance(share: Lasting<Option<u32>>) -> impl IntoView {
    let width = move || format!("{}%", share.get().unwrap_or(50));
    let of = move |say: fn(u32) -> String| text(move || share.get().map(say).unwrap_or_default());
    view! {
        <p class="balance" title="Bids and asks among the levels that are shown" style=("--share", attribute(width)) data-testid="balance">
            <span class="up">{of(|share| format!("Bids {share}%"))}</span>
            <span class="down">{of(|share| format!("{}% Asks", 100 - share))}</span>
        </p>
    }
}
