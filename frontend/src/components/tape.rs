//! The tape: the latest trades, newest first.

use leptos::prelude::*;
use market::Side;
use protocol::Trade;

use crate::app::App;
use crate::state::format;

/// The tape.
#[component]
pub(crate) fn TapePanel() -> impl IntoView {
    let screen = App::get().screen;
    let rows = screen.tape.trades.with_value(|trades| {
        trades.iter().map(|trade| view! { <TapeRow trade=*trade /> }).collect::<Vec<_>>()
    });
    view! {
        <section class="panel trades" aria-labelledby="trades-title" data-testid="trades">
            <header class="panel-head">
                <h3 id="trades-title">"Trades"</h3>
                <span class="hint">"UTC"</span>
            </header>
            <div class="table" role="table" aria-labelledby="trades-title">
                <div class="columns" role="row">
                    <span role="columnheader">"Price"</span>
                    <span role="columnheader">"Quantity"</span>
                    <span role="columnheader">"Time"</span>
                </div>
                <div class="rows" role="rowgroup">{rows}</div>
            </div>
        </section>
    }
}

#[component]
fn TapeRow(trade: RwSignal<Option<Trade>>) -> impl IntoView {
    let text = move |part: fn(&Trade) -> String| move || trade.with(|trade| trade.as_ref().map(part));
    let class =
        move || trade.with(|trade| format!("trade {}", trade.as_ref().map_or("", |trade| tone(trade.side))));
    let testid = move || trade.with(|trade| trade.as_ref().map(|_| "trade-row"));
    let id = move || trade.with(|trade| trade.as_ref().map(|trade| trade.id.to_string()));
    view! {
        <div class=class role="row" data-testid=testid data-id=id>
            <span class="price" role="cell">
                <span class="side">{text(|trade| sign(trade.side).into())}</span>
                {text(|trade| format::decimal(trade.price))}
            </span>
            <span role="cell">{text(|trade| format::decimal(trade.qty))}</span>
            <span role="cell">{text(|trade| format::time_of_day(trade.ts))}</span>
        </div>
    }
}

const fn tone(taker: Side) -> &'static str {
    match taker {
        Side::Buy => "up",
        Side::Sell => "down",
    }
}

/// What the taker did, so that colour is never the only sign.
const fn sign(taker: Side) -> &'static str {
    match taker {
        Side::Buy => "B",
        Side::Sell => "S",
    }
}
