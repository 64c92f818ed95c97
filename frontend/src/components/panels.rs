//! The panels and the edges between them: a CSS grid whose lines `state/layout.rs` computes.

mod splitter;
mod swipe;

use leptos::html::Main;
use leptos::prelude::*;

use self::splitter::Splitters;
use self::swipe::Swipe;
use crate::app::App;
use crate::components::chart::ChartPanel;
use crate::components::depth::DepthPanel;
use crate::components::health_panel::HealthPanel;
use crate::components::ladder::LadderPanel;
use crate::components::messages::MessagesPanel;
use crate::components::overview::OverviewPanel;
use crate::components::tape::TapePanel;
use crate::components::watchlist::WatchlistPanel;
use crate::state::layout::{Form, Grid};
use crate::state::panel::Panel;

/// All panels. Those that cost something while nobody sees them are there only if they are shown.
#[component]
pub(crate) fn Panels() -> impl IntoView {
    let shell = App::get().shell;
    let main = NodeRef::<Main>::new();
    let grid = Memo::new(move |_| match shell.form.get() {
        Form::Phone => Grid::default(),
        form => shell.settings.with(|settings| settings.layout(form).grid(form)),
    });
    Effect::new(move || {
        if let Some(main) = main.get() {
            grid.with(|grid| lay_out(&main, grid));
        }
    });
    let shown = move || {
        let panels = Panel::ALL.iter().filter(|panel| shell.shows(**panel));
        panels.map(|panel| panel.word()).collect::<Vec<_>>().join(" ")
    };
    let swipe = StoredValue::new(Swipe::default());
    view! {
        <main
            class="panels"
            id="panels"
            tabindex="-1"
            node_ref=main
            data-testid="panels"
            data-shown=shown
            on:pointerdown=move |event| swipe.update_value(|swipe| swipe.begin(&event))
            on:pointerup=move |event| swipe.update_value(|swipe| swipe.end(&event, shell))
        >
            <WatchlistPanel on_choice=move || shell.tab.set(Panel::Chart) />
            <ChartPanel />
            <LadderPanel />
            <TapePanel />
            <Show when=move || shell.shows(Panel::Depth)>
                <DepthPanel />
            </Show>
            <Show when=move || shell.shows(Panel::Overview)>
                <OverviewPanel />
            </Show>
            <Show when=move || shell.shows(Panel::Health)>
                <HealthPanel />
            </Show>
            <Show when=move || shell.shows(Panel::Messages)>
                <MessagesPanel />
            </Show>
            <Splitters grid=grid />
        </main>
    }
}

/// Sets the grid's lines, and each panel's place as a property that its rule in `static/style.css` takes.
fn lay_out(main: &leptos::web_sys::HtmlElement, grid: &Grid) {
    let style = main.style();
    // Refused only by a browser without properties, which would not have come this far.
    let set = |name: &str, value: &str| drop(style.set_property(name, value));
    set("grid-template-columns", &grid.columns);
    set("grid-template-rows", &grid.rows);
    for panel in Panel::ALL {
        set(&format!("--{}", panel.word()), &grid.areas[panel.index()]);
    }
}
