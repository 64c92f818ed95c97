//! The depth chart: what rests up to each price, as two areas; a cursor that reads it, and a table.
//!
//! It is SVG, not a canvas: two paths in the page's own colours need no code for themes, pixel ratios or contrast modes.

mod keys;

use leptos::ev::PointerEvent;
use leptos::prelude::*;

use self::keys::press;
use crate::app::App;
use crate::components::twin::Twin;
use crate::dynamic::{attribute, effect, either, handler, text, truth};
use crate::notes;
use crate::screen::depth::{DepthSignals, REACH_BP};
use crate::screen::put;
use crate::state::depth::{HEIGHT, REACHES_BP, WIDTH, sentence};
use crate::state::format;

const HEADINGS: [&str; 5] = ["Within", "Bids", "worth", "Asks", "worth"];
/// What the keys do, for those who hear the page.
const HELP: &str =
    "Arrow keys move the cursor, plus and minus change how far the chart reaches, S says a summary.";

/// The depth chart.
#[component]
pub(crate) fn DepthPanel() -> impl IntoView {
    let depth = App::get().screen.depth;
    view! {
        <section
            class="panel depth"
            aria-labelledby="depth-title"
            data-testid="depth"
            data-reach=attribute(move || depth.reach_bp.get().to_string())
        >
            <header class="panel-head">
                <h3 id="depth-title">"Depth"</h3>
                <ReachChoice depth=depth />
                <button
                    type="button"
                    class="as-table"
                    data-option="Depth table"
                    aria-pressed=truth(move || depth.as_table.get())
                    on:click=handler(move |_| depth.as_table.update(|shown| *shown = !*shown))
                >
                    "Table"
                </button>
            </header>
            {either(
                move || depth.as_table.get(),
                move || view! { <Table depth=depth /> },
                move || view! { <Picture depth=depth /> },
            )}
        </section>
    }
}

#[component]
fn Table(depth: DepthSignals) -> impl IntoView {
    let rows = Box::new(move || depth.table.with(|rows| rows.iter().map(|row| row.to_vec()).collect()));
    view! {
        <Twin
            name="depth-table"
            caption="What rests within a distance of the middle"
            headings=&HEADINGS
            rows=rows
        />
    }
}

#[component]
fn ReachChoice(depth: DepthSignals) -> impl IntoView {
    let app = App::get();
    effect(move || {
        let kept = notes::get(app, notes::DEPTH).parse().ok();
        put(depth.reach_bp, kept.filter(|reach| REACHES_BP.contains(reach)).unwrap_or(REACH_BP));
    });
    let choice = move |reach_bp: i64| {
        view! {
            <option value=reach_bp.to_string() prop:selected=move || depth.reach_bp.get() == reach_bp>
                {format!("\u{b1}{}", format::share(reach_bp))}
            </option>
        }
    };
    view! {
        <label class="choice">
            <span class="name">"reach "</span>
            <select
                data-testid="reach"
                on:change=handler(move |event| notes::set(app, notes::DEPTH, &event_target_value(&event)))
            >
                {REACHES_BP.map(choice).into_iter().collect::<Vec<_>>()}
            </select>
        </label>
    }
}

#[component]
fn Picture(depth: DepthSignals) -> impl IntoView {
    let app = App::get();
    let hover = move |event: PointerEvent| {
        let width = depth.picture.get_untracked().map_or(0, |picture| picture.client_width());
        depth.cursor.set(i64::from(event.offset_x()).saturating_mul(WIDTH).checked_div(width.into()));
    };
    let total = move |at: usize| text(move || depth.totals.with(|totals| totals[at].clone()));
    let read = move || depth.reading.with(|reading| reading.as_ref().map(sentence).unwrap_or_default());
    view! {
        <div
            class="curves"
            role="application"
            aria-roledescription="depth chart"
            aria-label="Cumulative depth"
            aria-describedby="depth-help"
            tabindex="0"
            node_ref=depth.picture
            data-testid="curves"
            on:pointermove=handler(hover)
            on:pointerleave=handler(move |_| depth.cursor.set(None))
            on:keydown=handler(move |event| press(app, &event))
        >
            <Curves depth=depth />
            <p class="totals">
                <span class="up">"Bids " {total(0)}</span>
                <span class="down">"Asks " {total(1)}</span>
            </p>
            <p class="reading" data-testid="depth-reading">{text(read)}</p>
            <p id="depth-help" class="spoken">{HELP}</p>
            <p class="spoken" role="status" data-testid="depth-spoken">{text(move || depth.spoken.get())}</p>
        </div>
        <Marks depth=depth />
    }
}

#[component]
fn Curves(depth: DepthSignals) -> impl IntoView {
    let cursor = move || depth.cursor.get().map(|x| format!("M{x} 0V{HEIGHT}"));
    view! {
        <svg viewBox=format!("0 0 {WIDTH} {HEIGHT}") preserveAspectRatio="none" aria-hidden="true">
            <path class="bids-area" d=attribute(move || depth.paths.with(|(bids, _)| bids.clone())) />
            <path class="asks-area" d=attribute(move || depth.paths.with(|(_, asks)| asks.clone())) />
            <path class="middle" d=format!("M{} 0V{HEIGHT}", WIDTH / 2) />
            <path class="cursor" d=attribute(cursor) />
        </svg>
    }
}

/// The prices below the picture.
#[component]
fn Marks(depth: DepthSignals) -> impl IntoView {
    let mark =
        move |at: usize| view! { <span>{text(move || depth.marks.with(|marks| marks[at].clone()))}</span> };
    view! { <p class="marks" data-testid="depth-marks">{[0, 1, 2].map(mark).into_iter().collect::<Vec<_>>()}</p> }
}
