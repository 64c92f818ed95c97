//! The candle chart: its picture, the figures of the candle under the cursor, and a table for those who can't see it.

mod keys;
mod legend;
mod table;
mod toolbar;

use std::time::Duration;

use leptos::html::Div;
use leptos::prelude::*;
use leptos::web_sys::HtmlElement;

use self::keys::press;
use self::legend::LegendLine;
use self::table::CandleTable;
use self::toolbar::{Attribution, Intervals, Options};
use crate::app::App;
use crate::chart::Chart;
use crate::console;
use crate::dynamic::{attribute, effect, handler, spawn, text, truth, when};
use crate::screen::chart::ChartView;

/// What the keys do, for those who hear the page.
const HELP: &str = "Arrow keys go from candle to candle, plus and minus zoom, Home goes to the oldest candle that is \
                    loaded, End to the live one, S says a summary.";

/// The chart.
#[component]
pub(crate) fn ChartPanel() -> impl IntoView {
    let chart = App::get().screen.chart;
    let of = |part: fn(&ChartView) -> String| attribute(move || chart.view.with(part));
    view! {
        <section
            class="panel chart"
            aria-labelledby="chart-title"
            data-testid="chart"
            data-candle-interval=of(|view| view.interval.clone())
            data-first-time=of(|view| view.first_time.to_string())
            data-last-time=of(|view| view.last_time.to_string())
            data-last-close=of(|view| view.last_close.clone())
            data-candles=of(|view| view.candles.to_string())
            data-live=of(|view| view.is_live.to_string())
            data-table=truth(move || chart.as_table.get())
        >
            <header class="panel-head">
                <h3 id="chart-title">"Chart"</h3>
                <Intervals />
                <Options />
            </header>
            <LegendLine signals=chart />
            <Picture />
            {when(move || chart.as_table.get(), move || view! { <CandleTable candles=chart.table /> })}
        </section>
    }
}

/// What the library draws, and what lies over it.
#[component]
fn Picture() -> impl IntoView {
    let app = App::get();
    let chart = app.screen.chart;
    let canvas = NodeRef::<Div>::new();
    let mut is_opened = false;
    effect(move || {
        if let Some(canvas) = canvas.get()
            && !std::mem::replace(&mut is_opened, true)
        {
            // After the frame is painted: it takes a tenth of a second.
            set_timeout(move || spawn(open(app, canvas.into())), Duration::ZERO);
        }
    });
    on_cleanup(move || app.with_chart(|chart| *chart = None));
    let is_away = move || !chart.view.with(|view| view.is_live);
    let to_live = move || {
        let click = handler(move |_| keys::to_live(app));
        view! {
            <button type="button" class="to-live" data-testid="to-live" on:click=click>
                "To the live candle \u{2192}"
            </button>
        }
    };
    view! {
        <div class="picture">
            <div
                class="canvas"
                role="application"
                aria-roledescription="candle chart"
                aria-label="Candles and volume"
                aria-describedby="chart-help"
                tabindex="0"
                node_ref=canvas
                data-testid="canvas"
                on:keydown=handler(move |event| press(app, &event))
            ></div>
            <p id="chart-help" class="spoken">{HELP}</p>
            <p class="spoken" role="status" data-testid="chart-spoken">{text(move || chart.spoken.get())}</p>
            <Attribution />
            <p class="past" data-testid="past">{text(move || chart.view.with(|view| view.past))}</p>
            {when(is_away, to_live)}
        </div>
    }
}

async fn open(app: App, canvas: HtmlElement) {
    match Chart::open(&canvas).await {
        Ok(chart) => app.with_chart(|slot| *slot = Some(chart)),
        Err(cause) => {
            app.with_store(|store| store.tell("The chart could not be loaded; everything else works."));
            console::report("chart", &cause.into());
        }
    }
}
