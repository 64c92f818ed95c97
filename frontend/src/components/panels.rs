//! The panels and the edges between them: a CSS grid whose lines `state/layout.rs` computes.

mod first;
mod more;
mod splitter;
mod swipe;

use leptos::prelude::*;

use self::splitter::Splitters;
use self::swipe::Swipe;
use crate::actions::find;
use crate::app::App;
use crate::chart::Chart;
use crate::components::watchlist::WatchlistPanel;
use crate::dynamic::{attribute, effect, handler};
use crate::lasting::Lasting;
use crate::later::{later_panels, panel};
use crate::state::connection::Connection;
use crate::state::layout::{Form, Grid};
use crate::state::panel::Panel;

/// The panels that are always there.
const FIRST: [Panel; 3] = [Panel::Chart, Panel::Book, Panel::Trades];
/// The panels that a narrow screen does not show by itself.
const MORE: [Panel; 3] = [Panel::Depth, Panel::Health, Panel::Messages];

/// All panels. The watchlist is there at once, the code of the others comes after the first price, or when they are
/// shown. Those that cost something while nobody sees them are there only if they are shown.
#[component]
pub(crate) fn Panels() -> impl IntoView {
    let app = App::get();
    let shell = app.shell;
    let has_price = move || app.screen.headline.with(|headline| headline.row.has_price());
    let is_connecting =
        move || app.screen.health.view.with(|health| health.connection == Connection::Connecting);
    Chart::load();
    let first = later_panels(app, move || has_price() || !is_connecting(), first::first);
    let more = later_panels(app, move || MORE.iter().any(|panel| shell.shows(*panel)), more::more);
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
            {Vec::from(FIRST.map(|it| panel(first, it, || true)))}
            {panel(first, Panel::Overview, move || shell.shows(Panel::Overview))}
            {Vec::from(MORE.map(|it| panel(more, it, move || shell.shows(it))))}
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
