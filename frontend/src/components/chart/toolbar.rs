//! What can be chosen of the chart.

use leptos::prelude::*;
use market::Interval;

use crate::app::App;
use crate::notes;
use crate::state::chart_options::ChartOptions;
use crate::state::indicators::Indicator;

/// How long the candles are.
#[component]
pub(super) fn Intervals() -> impl IntoView {
    let app = App::get();
    let pressed = move |interval| (app.screen.chosen.with(|chosen| chosen.interval) == interval).to_string();
    view! {
        <div class="intervals" role="group" aria-label="Candle interval">
            <For each=|| Interval::ALL key=|interval| interval.index() let:interval>
                <button
                    type="button"
                    data-interval=interval.name()
                    aria-pressed=move || pressed(interval)
                    on:click=move |_| app.choose_interval(interval)
                >
                    {interval.name()}
                </button>
            </For>
        </div>
    }
}

/// Lines, scale, and the table.
#[component]
pub(super) fn Options() -> impl IntoView {
    let app = App::get();
    let chart = app.screen.chart;
    let options = Memo::new(move |_| ChartOptions::parse(&notes::get(app, notes::CHART)));
    Effect::new(move || chart.options.set(options.get()));
    let change = move |options: ChartOptions| notes::set(app, notes::CHART, &options.words());
    let lines = Indicator::ALL.into_iter().enumerate().map(|(at, line)| {
        let pressed = Signal::derive(move || options.get().has(at));
        let toggle = move || change(options.get().toggled(at));
        view! { <Switch name=line.name() class=format!("line line-{at}") pressed=pressed on_press=toggle /> }
    });
    let log = Signal::derive(move || options.get().log);
    let toggle_log = move || change(options.get().with_log(!log.get()));
    view! {
        <div class="options" role="group" aria-label="Lines and scale">
            {lines.collect::<Vec<_>>()}
            <Switch name="Log" class="" pressed=log on_press=toggle_log />
            <Switch
                name="Table"
                class=""
                pressed=chart.as_table.into()
                on_press=move || chart.as_table.update(|shown| *shown = !*shown)
            />
        </div>
    }
}

#[component]
fn Switch(
    #[prop(into)] name: String,
    #[prop(into)] class: String,
    pressed: Signal<bool>,
    on_press: impl Fn() + 'static,
) -> impl IntoView {
    view! {
        <button
            type="button"
            class=class
            data-option=name
            aria-pressed=move || pressed.get().to_string()
            on:click=move |_| on_press()
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
