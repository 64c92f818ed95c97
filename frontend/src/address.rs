//! The page's address: where the server is, and which view the link asks for.

use leptos::prelude::window;
use leptos::web_sys::Event;
use wasm_bindgen::JsValue;

use crate::events::listen;
use crate::state::view::View;

/// What the link asks for.
pub(crate) fn view() -> View {
    View::parse(&window().location().search().unwrap_or_default())
}

/// Makes the address a link to this view. Another symbol, interval or panel is a page of its own in the history, so that
/// "back" leads to the one before.
pub(crate) fn set_view(view: &View) {
    let Ok(history) = window().history() else { return };
    let query = view.query();
    // Refused only if called more than 100 times in 10 s: the next choice puts it right.
    let _ = if view.is_elsewhere(&self::view()) {
        history.push_state_with_url(&JsValue::NULL, "", Some(&query))
    } else {
        history.replace_state_with_url(&JsValue::NULL, "", Some(&query))
    };
}

/// Calls `go` with the view of the address after "back" and "forward".
pub(crate) fn on_travel(go: impl Fn(View) + 'static) {
    listen(&window(), &["popstate"], move |_: Event| go(view()));
}

/// The WebSocket's address on the host that the page came from.
pub(crate) fn socket() -> String {
    let location = window().location();
    let scheme = if location.protocol().is_ok_and(|protocol| protocol == "https:") { "wss" } else { "ws" };
    format!("{scheme}://{}/ws", location.host().unwrap_or_default())
}
