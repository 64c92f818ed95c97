//! Edges between panels: dragged by pointer, moved by arrow keys, back at first by a double click.

use leptos::ev::{KeyboardEvent, PointerEvent};
use leptos::prelude::*;
use leptos::web_sys::Element;
use wasm_bindgen::JsCast;

use crate::app::App;
use crate::dynamic::{attribute, handler, list};
use crate::lasting::Lasting;
use crate::state::action::Action;
use crate::state::layout::{Edge, Grid};

/// The edges of the present arrangement.
#[component]
pub(crate) fn Splitters(grid: Lasting<Grid>) -> impl IntoView {
    let edges =
        move || grid.with(|grid| grid.splitters.iter().map(|splitter| splitter.edge).collect::<Vec<_>>());
    list(edges, |edge| edge.number(), move |edge| view! { <Splitter edge=edge grid=grid /> })
}

#[component]
fn Splitter(edge: Edge, grid: Lasting<Grid>) -> impl IntoView {
    let app = App::get();
    let splitter =
        move || grid.with(|grid| grid.splitters.iter().find(|splitter| splitter.edge == edge).cloned());
    let area = move || splitter().map(|splitter| splitter.area);
    let at = move || splitter().map_or(0, |splitter| splitter.at);
    let (orientation, label) = match edge {
        Edge::Column(place) => ("vertical", format!("Right edge of column {}", place + 1)),
        Edge::Row(panel) => ("horizontal", format!("Lower edge of {}", panel.label())),
    };
    let place = move |at| app.shell.arrange(|layout, form| layout.place(form, edge, at));
    let on_key = move |key: KeyboardEvent| {
        if let Some(at) = edge.moved(at(), &key.key()) {
            key.prevent_default();
            place(at);
        }
    };
    let drag = move |event: PointerEvent| {
        if let Some(at) = dragged(edge, &event) {
            place(at);
        }
    };
    view! {
        <div
            class="splitter"
            role="separator"
            tabindex="0"
            aria-label=label
            aria-orientation=orientation
            aria-valuemin="0"
            aria-valuemax="100"
            aria-valuenow=attribute(move || (at() / 10).to_string())
            style:grid-area=attribute(area)
            on:pointerdown=handler(|event| grab(&event))
            on:pointermove=handler(drag)
            on:keydown=handler(on_key)
            on:dblclick=handler(move |_| app.perform(Action::ResetLayout))
        ></div>
    }
}

fn grab(event: &PointerEvent) {
    if let Some(splitter) = event.current_target().and_then(|target| target.dyn_into::<Element>().ok()) {
        // Without it, a fast pointer leaves the edge behind.
        let _ = splitter.set_pointer_capture(event.pointer_id());
    }
}

/// Where the edge is dragged to, in thousandths of the panels' width or height.
fn dragged(edge: Edge, event: &PointerEvent) -> Option<u16> {
    let splitter = event.current_target()?.dyn_into::<Element>().ok()?;
    if !splitter.has_pointer_capture(event.pointer_id()) {
        return None;
    }
    let whole = splitter.parent_element()?.get_bounding_client_rect();
    let share = match edge {
        Edge::Column(_) => (f64::from(event.client_x()) - whole.left()) / whole.width(),
        Edge::Row(_) => (f64::from(event.client_y()) - whole.top()) / whole.height(),
    };
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 1000")]
    let at = (share.clamp(0.0, 1.0) * 1_000.0) as u16;
    Some(at)
}
