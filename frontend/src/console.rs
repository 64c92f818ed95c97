//! What engineers read: a structure in the browser's console.

use leptos::web_sys;
use serde_json::Value;
use wasm_bindgen::JsValue;

/// `tickwire <kind> {detail}` as a warning: it was handled, or the person was told.
pub(crate) fn report(kind: &str, detail: &Value) {
    let structure = js_sys::JSON::parse(&detail.to_string()).unwrap_or(JsValue::NULL);
    web_sys::console::warn_3(&"tickwire".into(), &kind.into(), &structure);
}
