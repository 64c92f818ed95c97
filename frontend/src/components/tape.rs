//! The tape: the latest trades, newest first.

use leptos::prelude::*;
use market::{Decimal, Side};

use crate::app::App;
use crate::dynamic::{attribute, effect, either, handler, rows, text, truth};
use crate::lasting::Lasting;
use crate::notes;
use crate::screen::put;
use crate::screen::tape::TapeSignals;
use crate::state::aggregation::{Line, Reading, Trades, word};
use crate::state::format;

/// The tape.
#[component]
pub(crate) fn TapePanel() -> impl IntoView {
    let tape = App::get().screen.tape;
    let line = move |at: usize| tape.lines.get(at).map(|line| view! { <TapeRow line=*line /> });
    view! {
        <section class="panel trades" aria-labelledby="trades-title" data-testid="trades">
            <header class="panel-head">
                <h3 id="trades-title">"Trades"</h3>
                <TapeOptions tape=tape />
            </header>
            <div class="table" role="table" aria-labelledby="trades-title">
                <div class="columns" role="row">
                    <span role="columnheader">"Price"</span>
                    <span role="columnheader">"Quantity"</span>
                    <span role="columnheader">"Side"</span>
                    <span role="columnheader">"UTC"</span>
                </div>
                <div class="rows" role="rowgroup" node_ref=tape.room>
                    {rows(move || tape.rows.get(), line)}
                </div>
            </div>
        </section>
    }
}

/// How it is read: together or one by one, from which quantity on, moving or not.
#[component]
fn TapeOptions(tape: TapeSignals) -> impl IntoView {
    let app = App::get();
    let reading = tape.reading;
    effect(move || put(reading, Reading::parse(&notes::get(app, notes::TAPE))));
    let change = move |reading: Reading| notes::set(app, notes::TAPE, &reading.words());
    let merge = move |_| {
        let now = reading.get_untracked();
        change(Reading { merged: !now.merged, ..now });
    };
    let filter = move |text: String| {
        let qty_min = text.trim().parse().ok().filter(|qty: &Decimal| qty.mantissa > 0);
        change(Reading { qty_min, ..reading.get_untracked() });
    };
    view! {
        <input
            type="text"
            inputmode="decimal"
            class="qty-min"
            aria-label="Smallest quantity shown"
            placeholder="min. quantity"
            data-testid="qty-min"
            prop:value=text(move || reading.get().qty_min.map(|qty| qty.to_string()).unwrap_or_default())
            on:change=handler(move |event| filter(event_target_value(&event)))
        />
        <button
            type="button"
            data-option="Merge"
            title="Trades of the same moment, side and price as one line"
            aria-pressed=truth(move || reading.get().merged)
            on:click=handler(merge)
        >
            "Merge"
        </button>
        <button
            type="button"
            data-option="Pause"
            aria-pressed=truth(move || tape.paused.get())
            on:click=handler(move |_| tape.paused.update(|paused| *paused = !*paused))
        >
            "Pause"
        </button>
    }
}

#[component]
fn TapeRow(line: Lasting<Option<Line>>) -> impl IntoView {
    let is_skipped = move || line.with(|line| matches!(line, Some(Line::Skipped(_))));
    let notice = move || match line.get() {
        Some(Line::Skipped(count)) => {
            format!("{} left out: this page was too slow", format::counted(count, "trade"))
        }
        _ => String::new(),
    };
    let skipped = move || {
        view! {
            <div class="trade skipped" role="row" data-testid="skipped-row">
                <span role="cell">{text(notice)}</span>
            </div>
        }
    };
    either(is_skipped, skipped, move || view! { <TradesRow line=line /> })
}

#[component]
fn TradesRow(line: Lasting<Option<Line>>) -> impl IntoView {
    let trades = move || match line.get() {
        Some(Line::Trades(trades)) => Some(trades),
        _ => None,
    };
    let of = move |show: fn(&Trades) -> String| text(move || trades().as_ref().map(show).unwrap_or_default());
    let said = move |show: fn(&Trades) -> String| attribute(move || trades().as_ref().map(show));
    view! {
        <div
            class=text(move || format!("trade {}", trades().as_ref().map_or_else(String::new, class)))
            role="row"
            data-testid=said(|_| "trade-row".into())
            data-id=said(|trades| trades.trade.id.to_string())
            data-count=said(|trades| trades.count.to_string())
        >
            <span class="price" role="cell">{of(|trades| format::decimal(trades.trade.price))}</span>
            <span class="qty" role="cell">
                <span class="times">{of(times)}</span>
                {of(|trades| format::decimal(trades.trade.qty))}
            </span>
            <span class="side" role="cell">{of(|trades| format!("{} {}", arrow(trades.trade.side), word(trades.trade.side)))}</span>
            <span class="time" role="cell">{of(|trades| format::time_of_day_millis(trades.trade.ts))}</span>
        </div>
    }
}

/// How many trades a line is of, if it is more than one.
fn times(trades: &Trades) -> String {
    if trades.count > 1 { format!("{}\u{d7} ", trades.count) } else { String::new() }
}

fn class(trades: &Trades) -> String {
    let tone = if trades.trade.side == Side::Buy { "up" } else { "down" };
    format!("{tone} {}", trades.size.class())
}

/// What the taker did: with the word beside it, colour is never the only sign.
const fn arrow(taker: Side) -> &'static str {
    match taker {
        Side::Buy => "\u{25b2}",
        Side::Sell => "\u{25bc}",
    }
}
