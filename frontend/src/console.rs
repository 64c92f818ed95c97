//! What engineers read: a structure in the browser's console.

use leptos::web_sys;

use crate::state::report::Detail;

/// `tickwire <kind> {detail}` as a warning: it was handled, or the person was told.
pub(crate) fn report(kind: &str, detail: &Detail) {
    let structure = js_sys::Object::new();
    for (name, value) in detail.iter() {
        // A plain object takes any property.
        let _ = js_sys::Reflect::set(&structure, &name.into(), &value.into());
    }
    web_sys::console::warn_3(&"tickwire".into(), &kind.into(), &structure.into());
}
