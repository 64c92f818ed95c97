//! Whether a person does something with the page.

use std::cell::Cell;
use std::rc::Rc;

use leptos::prelude::window;
use leptos::web_sys::Event;

use crate::events::listen_first;

/// What comes of a hand, a wheel or a key.
const EVENTS: [&str; 5] = ["pointermove", "pointerdown", "keydown", "wheel", "touchmove"];

/// Notes it, until it is drawn.
pub(super) struct Hand(Rc<Cell<bool>>);

impl Default for Hand {
    fn default() -> Self {
        let has_moved = Rc::new(Cell::new(false));
        let noted = Rc::clone(&has_moved);
        listen_first(&window(), &EVENTS, move |_: Event| noted.set(true));
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
