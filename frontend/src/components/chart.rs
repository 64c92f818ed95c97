//! The candle chart with its intervals and the figures of the candle under the cursor.

use leptos::html::Div;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::web_sys::HtmlElement;
use market::Interval;

use crate::app::App;
use crate::chart::Chart;
use crate::console;
use crate::screen::chart::{ChartSignals, Legend};

/// The chart.
#[component]
pub(crate) fn ChartPanel() -> impl IntoView {
    let app = App::get();
    let chart = app.screen.chart.view;
    let canvas = NodeRef::<Div>::new();
    Effect::new(move || {
        if let Some(canvas) = canvas.get() {
            spawn_local(open(app, canvas.into()));
        }
    });
    view! {
        <section
            class="panel chart"
            aria-labelledby="chart-title"
            data-testid="chart"
            data-last-time=move || chart.with(|chart| chart.last_time.to_string())
            data-last-close=move || chart.with(|chart| chart.last_close.clone())
            data-candles=move || chart.with(|chart| chart.candles.to_string())
        >
            <header class="panel-head">
                <h3 id="chart-title">"Chart"</h3>
                <Intervals />
                <Attribution />
            </header>
            <LegendLine signals=app.screen.chart />
            <div class="canvas" node_ref=canvas></div>
        </section>
    }
}

async fn open(app: App, canvas: HtmlElement) {
    match Chart::open(&canvas).await {
        Ok(chart) => {
            app.with_store(|store| store.focus.candles.redraw_all());
            app.with_chart(|slot| *slot = Some(chart));
        }
        Err(cause) => {
            app.with_store(|store| store.tell("The chart could not be loaded; everything else works."));
            console::report("chart", &cause.into());
        }
    }
}

#[component]
fn Intervals() -> impl IntoView {
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

/// What the licence of lightweight-charts asks for. Its own logo brings an inline style, which our policy forbids.
#[component]
fn Attribution() -> impl IntoView {
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

#[component]
fn LegendLine(signals: ChartSignals) -> impl IntoView {
    let legend = signals.legend;
    let time = move || legend.with(|legend| legend.as_ref().map(|legend| format!("{} UTC", legend.time)));
    let value = move |at: usize| {
        move || legend.with(|legend| legend.as_ref().map(|legend| legend.values[at].clone()))
    };
    let note =
        move || legend.with(|legend| legend.as_ref().filter(|legend| legend.modelled).map(|_| "modelled"));
    let class = move || legend.with(|legend| format!("legend {}", legend.as_ref().map_or("", tone)));
    let names = ["O", "H", "L", "C", "V"];
    let cell = move |(at, name)| {
        view! {
            <span class="ohlcv">
                <span class="name">{name}</span>
                {value(at)}
            </span>
        }
    };
    view! {
        <p class=class data-testid="legend">
            <span class="time">{time}</span>
            {names.into_iter().enumerate().map(cell).collect::<Vec<_>>()}
            <span class="note">{note}</span>
        </p>
    }
}

fn tone(legend: &Legend) -> &'static str {
    legend.direction.class()
}
