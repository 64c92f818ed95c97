//! The panels and the edges between them: a CSS grid whose lines `state/layout.rs` computes.

mod splitter;
mod swipe;

use leptos::prelude::*;

use self::splitter::Splitters;
use self::swipe::Swipe;
use crate::actions::find;
use crate::app::App;
use crate::components::chart::ChartPanel;
use crate::components::depth::DepthPanel;
use crate::components::health_panel::HealthPanel;
use crate::components::ladder::LadderPanel;
use crate::components::messages::MessagesPanel;
use crate::components::overview::OverviewPanel;
use crate::components::tape::TapePanel;
use crate::components::watchlist::WatchlistPanel;
use crate::dynamic::{attribute, effect, handler, when};
use crate::lasting::Lasting;
use crate::state::layout::{Form, Grid};
use crate::state::panel::Panel;

/// All panels. Those that cost something while nobody sees them are there only if they are shown.
#[component]
pub(crate) fn Panels() -> impl IntoView {
    let shell = App::get().shell;
    let grid = Lasting::new(Grid::default());
    effect(move || {
        let Some(main) = find("#panels") else { return };
        let now = match shell.form.get() {
            Form::Phone => Grid::default(),
            form => shell.settings.with(|settings| settings.layout(form).grid(form)),
        };
        if grid.with_untracked(|before| now != *before) {
            lay_out(&main, &now);
            grid.set(now);
        }
    });
    let shown = move || {
        let panels = Panel::ALL.iter().filter(|panel| shell.shows(**panel));
        panels.map(|panel| panel.word()).collect::<Vec<_>>().join(" ")
    };
    let swipe = Lasting::new(Swipe::default());
    view! {
        <main
            class="panels"
            id="panels"
            tabindex="-1"
            data-testid="panels"
            data-shown=attribute(shown)
            on:pointerdown=handler(move |event| swipe.write_untracked().begin(&event))
            on:pointerup=handler(move |event| swipe.write_untracked().end(&event, shell))
        >
            <WatchlistPanel on_choice=move || shell.tab.set(Panel::Chart) />
            <ChartPanel />
            <LadderPanel />
            <TapePanel />
            {when(move || shell.shows(Panel::Depth), DepthPanel)}
            {when(move || shell.shows(Panel::Overview), OverviewPanel)}
            {when(move || shell.shows(Panel::Health), HealthPanel)}
            {when(move || shell.shows(Panel::Messages), MessagesPanel)}
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
