//! How the stream does, with every figure that the page knows.

use leptos::prelude::*;

use crate::app::App;
use crate::dynamic::text;
use crate::state::format;
use crate::state::health::HealthView;

/// A figure: its name, and how it is read.
type Figure = (&'static str, fn(&HealthView) -> String);

const DELAY: [Figure; 4] = [
    ("Half arrive within", |view| view.p50.clone()),
    ("99 of 100 within", |view| view.p99.clone()),
    ("Round trip", |view| view.round_trip.clone()),
    ("Clock offset, removed", |view| view.offset.clone()),
];
const FLOW: [Figure; 4] = [
    ("Updates a second", |view| format::count(view.updates.into())),
    ("Bytes a second", |view| format::compact(view.bytes.into())),
    ("Frame time, median", |view| view.frame_p50.clone()),
    ("Frame time, 95th", |view| view.frame_p95.clone()),
];
const TRUTH: [Figure; 8] = [
    ("Checksums right", |view| format::count(view.verified)),
    ("Checksums wrong", |view| format::count(view.checksum_failures)),
    ("Gaps", |view| format::count(view.gaps)),
    ("Resyncs", |view| format::count(view.resyncs)),
    ("Discontinuities", |view| format::count(view.discontinuities)),
    ("Merged by the server", |view| format::count(view.conflated)),
    ("Trades left out", |view| format::count(view.skipped)),
    ("Epoch", |view| view.epoch.clone()),
];

/// The panel.
#[component]
pub(crate) fn HealthPanel() -> impl IntoView {
    let health = App::get().screen.health.view;
    view! {
        <section class="panel stream" aria-labelledby="stream-title" data-testid="health-panel">
            <header class="panel-head">
                <h3 id="stream-title">"Stream health"</h3>
                <span class="badge">{text(move || health.with(|view| view.badge))}</span>
            </header>
            <div class="scroll" tabindex="0" role="region" aria-label="All figures">
                <p class="sentence" data-testid="health-sentence">{text(move || health.with(HealthView::sentence))}</p>
                <Figures name="Delay" figures=&DELAY />
                <Figures name="Flow" figures=&FLOW />
                <Figures name="Truth" figures=&TRUTH />
            </div>
        </section>
    }
}

#[component]
fn Figures(name: &'static str, figures: &'static [Figure]) -> impl IntoView {
    let health = App::get().screen.health.view;
    let figure = move |(name, read): &'static Figure| {
        view! {
            <div>
                <dt>{*name}</dt>
                <dd>{text(move || health.with(read))}</dd>
            </div>
        }
    };
    view! {
        <h4>{name}</h4>
        <dl class="facts">{figures.iter().map(figure).collect::<Vec<_>>()}</dl>
    }
}
