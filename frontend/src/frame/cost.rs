//! What a drawing costs the main thread: our own code, and the browser's style, layout and paint after it.

use std::cell::Cell;
use std::rc::Rc;

use leptos::web_sys::MessageEvent;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{MessageChannel, MessagePort};

use crate::clock;
use crate::events::listener;
use crate::state::pacing::Pacing;

/// Times drawings by a message that the page sends itself: it comes when the browser has painted the frame.
pub(super) struct Cost {
    pacing: Rc<Cell<Pacing>>,
    began_us: Rc<Cell<u64>>,
    port: Option<MessagePort>,
}

impl Default for Cost {
    fn default() -> Self {
        let (pacing, began_us) = (Rc::new(Cell::new(Pacing::default())), Rc::new(Cell::new(0)));
        let port = MessageChannel::new().ok().map(|channel| {
            let (pacing, began_us) = (Rc::clone(&pacing), Rc::clone(&began_us));
            let on_painted = listener(move |_: MessageEvent| {
                let mut known: Pacing = pacing.get();
                known.add(clock::now_us().saturating_sub(began_us.get()));
                pacing.set(known);
            });
            channel.port1().set_onmessage(Some(on_painted.as_ref().unchecked_ref()));
            on_painted.forget(); // as long as the page
            channel.port2()
        });
        Self { pacing, began_us, port }
    }
}

impl Cost {
    /// A drawing is done that began at `began_us`; the browser's part of it comes next.
    pub(super) fn drawn(&self, began_us: u64) {
        self.began_us.set(began_us);
        if let Some(port) = &self.port {
            // There is nothing in it that could not be sent.
            let _ = port.post_message(&JsValue::NULL);
        }
    }

    /// See [`Pacing::add`].
    pub(super) fn pacing(&self) -> Pacing {
        self.pacing.get()
    }
}
