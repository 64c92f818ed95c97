//! What can be chosen of the chart.

use leptos::ev::MouseEvent;
use leptos::prelude::*;
use market::Interval;

use crate::app::App;
use crate::dynamic::{Attribute, effect, handler, truth};
use crate::notes;
use crate::screen::put;
use crate::state::chart_options::ChartOptions;
use crate::state::indicators::Indicator;

/// How long the candles are.
#[component]
pub(super) fn Intervals() -> impl IntoView {
    let app = App::get();
    let pressed = move |interval| app.screen.chosen.with(|chosen| chosen.interval) == interval;
    let button = move |interval: Interval| {
        view! {
            <button
                type="button"
                data-interval=interval.name()
                aria-pressed=truth(move || pressed(interval))
                on:click=handler(move |_| app.choose_interval(interval))
            >
                {interval.name()}
            </button>
        }
    };
    view! {
        <div class="intervals" role="group" aria-label="Candle interval">
            {Interval::ALL.map(button).into_iter().collect::<Vec<_>>()}
        </div>
    }
}

/// Lines, scale, and the table.
#[component]
pub(super) fn Options() -> impl IntoView {
    let app = App::get();
    let chart = app.screen.chart;
    let options = chart.options;
    effect(move || put(options, ChartOptions::parse(&notes::get(app, notes::CHART))));
    let change = move |options: ChartOptions| notes::set(app, notes::CHART, &options.words());
    let lines = Indicator::ALL.into_iter().enumerate().map(|(at, line)| {
        let pressed = truth(move || options.get().has(at));
        let toggle = handler(move |_| change(options.get_untracked().toggled(at)));
        view! { <Switch name=line.name() class=format!("line line-{at}") pressed=pressed on_press=toggle /> }
    });
    let log = truth(move || options.get().log);
    let toggle_log = handler(move |_| {
        let now = options.get_untracked();
        change(now.with_log(!now.log));
    });
    let table = truth(move || chart.as_table.get());
    let toggle_table = handler(move |_| chart.as_table.update(|shown| *shown = !*shown));
    view! {
        <div class="options" role="group" aria-label="Lines and scale">
            {lines.collect::<Vec<_>>()}
            <Switch name="Log" class="" pressed=log on_press=toggle_log />
            <Switch name="Table" class="" pressed=table on_press=toggle_table />
        </div>
    }
}

#[component]
fn Switch(
    #[prop(into)] name: String,
    #[prop(into)] class: String,
    pressed: Attribute,
    on_press: Box<dyn FnMut(MouseEvent)>,
) -> impl IntoView {
    view! {
        <button
            type="button"
            class=class
            data-option=name
            aria-pressed=pressed
            on:click=on_press
        >
            {name.clone()}
        </button>
    }
}

/// What the licence of lightweight-charts asks for. Its own logo brings an inline style, which our policy forbids.
#[component]
pub(super) fn Attribution() -> impl IntoView {
    view! {
        <a
            class="attribution"
            href="https://www.tradingview.com/"
            target="_blank"
            rel="noopener"
            title="TradingView Lightweight Charts\u{2122}, Copyright (c) 2025 TradingView, Inc."
        >
            "Charts by TradingView"
        </a>
    }
}
