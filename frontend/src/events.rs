//! Listening to the browser: one kind of listener, whatever it hears.

use leptos::web_sys::EventTarget;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};

/// What the browser calls, until it is dropped.
pub(crate) type Listener = Closure<dyn Fn(JsValue)>;

/// Calls `run` with what the browser gives, which must be an `E`.
pub(crate) fn listener<E: JsCast>(run: impl Fn(E) + 'static) -> Listener {
    Closure::wrap(Box::new(move |heard: JsValue| run(heard.unchecked_into())))
}

/// Calls `run` at each of these events of `target` that nobody stopped, as long as there is the page.
pub(crate) fn listen<E: JsCast>(target: &EventTarget, names: &[&str], run: impl Fn(E) + 'static) {
    attach(target, names, false, listener(run));
}

/// The same before anybody can stop them.
pub(crate) fn listen_first<E: JsCast>(target: &EventTarget, names: &[&str], run: impl Fn(E) + 'static) {
    attach(target, names, true, listener(run));
}

fn attach(target: &EventTarget, names: &[&str], first: bool, listener: Listener) {
    let call = listener.as_ref().unchecked_ref();
    for name in names {
        // Fails for no name of an event.
        let _ = target.add_event_listener_with_callback_and_bool(name, call, first);
    }
    listener.forget();
}
