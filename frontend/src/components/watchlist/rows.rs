//! The rows in view, in a box as high as the whole list would be.

use leptos::html::Div;
use leptos::prelude::*;
use leptos::web_sys::{Element, HtmlElement, ResizeObserver};
use wasm_bindgen::{JsCast, JsValue};

use super::row::WatchlistRow;
use crate::app::App;
use crate::dynamic::{self, attribute, effect, handler};
use crate::events::listener;
use crate::lasting::Lasting;
use crate::screen::watchlist::WatchlistSignals;
use crate::state::viewport::Viewport;

/// The rows in view.
#[component]
pub(super) fn Rows(
    cursor: Lasting<Option<usize>>,
    choose: impl Fn(usize) + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let list = App::get().screen.watchlist;
    let frame = NodeRef::<Div>::new();
    effect(move || {
        if let Some(frame) = frame.get() {
            watch_size(&frame, list);
        }
    });
    effect(move || {
        if let (Some(frame), Some(scroll_px)) = (frame.get(), list.scroll.get()) {
            frame.set_scroll_top(i32::try_from(scroll_px).unwrap_or(i32::MAX));
        }
    });
    let row = move |at: usize| {
        let signals = list.rows.with_untracked(|rows| rows.get(at).copied());
        signals.map(|row| view! { <WatchlistRow row=row cursor=cursor choose=choose /> })
    };
    let row_px = move || list.viewport.with(|viewport| viewport.row_px);
    let height = move || format!("{}px", list.order.with(Vec::len) * row_px());
    let shift = move || format!("{}px", list.first.get() * row_px());
    view! {
        <div class="rows" role="rowgroup" tabindex="0" node_ref=frame on:scroll=handler(move |_| on_scroll(frame, list))>
            <div class="runway" role="presentation" style:height=attribute(height)>
                <div class="in-view" role="presentation" style:top=attribute(shift)>
                    {dynamic::rows(move || list.rows.with(Vec::len), row)}
                </div>
            </div>
        </div>
    }
}

fn on_scroll(frame: NodeRef<Div>, list: WatchlistSignals) {
    if let Some(frame) = frame.get_untracked() {
        let scroll_px = pixels(frame.scroll_top());
        list.viewport.update(|viewport| viewport.scroll_px = scroll_px);
    }
}

/// Reads the box's size now and whenever it changes; the height of a row is the theme's.
fn watch_size(frame: &HtmlElement, list: WatchlistSignals) {
    let watched = frame.clone();
    let on_resize = listener(move |_: JsValue| {
        list.viewport.set(Viewport {
            row_px: row_px(&watched),
            height_px: pixels(watched.client_height()),
            scroll_px: pixels(watched.scroll_top()),
        });
    });
    if let Ok(observer) = ResizeObserver::new(on_resize.as_ref().unchecked_ref()) {
        observer.observe(frame);
    }
    on_resize.forget(); // as long as the page
}

/// `--row`, such as `27px`.
fn row_px(element: &Element) -> usize {
    let style = window().get_computed_style(element).ok().flatten();
    let text = style.and_then(|style| style.get_property_value("--row").ok()).unwrap_or_default();
    text.trim().strip_suffix("px").unwrap_or_default().parse().unwrap_or_default()
}

fn pixels(length: i32) -> usize {
    usize::try_from(length).unwrap_or_default()
}
