//! Whether a person does something with the page.

use std::cell::Cell;
use std::rc::Rc;

use leptos::prelude::window;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

/// What comes of a hand, a wheel or a key.
const EVENTS: [&str; 5] = ["pointermove", "pointerdown", "keydown", "wheel", "touchmove"];

/// Notes it, until it is drawn.
pub(super) struct Hand(Rc<Cell<bool>>);

impl Default for Hand {
    fn default() -> Self {
        let has_moved = Rc::new(Cell::new(false));
        let noted = Rc::clone(&has_moved);
        let listener = Closure::<dyn Fn()>::new(move || noted.set(true));
        for event in EVENTS {
            // On its way down: a panel may stop it on the way up. Listening fails for no name of an event.
            let call = listener.as_ref().unchecked_ref();
            let _ = window().add_event_listener_with_callback_and_bool(event, call, true);
        }
        listener.forget(); // as long as the page
        Self(has_moved)
    }
}

impl Hand {
    /// Since the last drawing.
    pub(super) fn has_moved(&self) -> bool {
        self.0.get()
    }

    /// A drawing shows what came of it.
    pub(super) fn seen(&self) {
        self.0.set(false);
    }
}
