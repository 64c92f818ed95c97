//! The page's address: where the server is, and which view the link asks for.

use leptos::prelude::window;
use market::Interval;
use wasm_bindgen::JsValue;

use crate::state::view::View;

/// What the link asks for.
pub(crate) fn view() -> View {
    View::parse(&window().location().search().unwrap_or_default())
}

/// Makes the address a link to this view, without a new page in the history.
pub(crate) fn set_view(symbol: &str, interval: Interval) {
    if let Ok(history) = window().history() {
        // Refused only if called more than 100 times in 10 s: the next choice puts it right.
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&View::query(symbol, interval)));
    }
}

/// The WebSocket's address on the host that the page came from.
pub(crate) fn socket() -> String {
    let location = window().location();
    let scheme = if location.protocol().is_ok_and(|protocol| protocol == "https:") { "wss" } else { "ws" };
    format!("{scheme}://{}/ws", location.host().unwrap_or_default())
}
