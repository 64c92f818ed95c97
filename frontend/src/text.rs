//! The texts of messages, one after the other in the same memory. Memory of its own for each would leave holes, and a long
//! one, after a stall, would have the wasm take more for good.
#![allow(unsafe_code, reason = "wasm-bindgen's imports expand to it")]

use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

#[wasm_bindgen(module = "/js/text.js")]
extern "C" {
    #[wasm_bindgen(js_name = writeText)]
    fn write_text(text: &JsValue, room: &mut [u8]) -> usize;
}

/// What is there from the start, in bytes: all events of half a second, at 5,000 a second.
const ROOM_BYTES: usize = 512 << 10;

/// Where a text is read.
pub(crate) struct Room(Vec<u8>);

impl Default for Room {
    fn default() -> Self {
        Self(vec![0; ROOM_BYTES])
    }
}

impl Room {
    /// The text that this is; `None` if it is none.
    pub(crate) fn take(&mut self, text: &JsValue) -> Option<&str> {
        if !text.is_string() {
            return None;
        }
        let mut bytes = write_text(text, &mut self.0);
        if bytes > self.0.len() {
            self.0.resize(bytes, 0);
            bytes = write_text(text, &mut self.0);
        }
        std::str::from_utf8(self.0.get(..bytes)?).ok()
    }
}
