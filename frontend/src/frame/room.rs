//! How many rows a panel has room for.

use leptos::html::Div;
use leptos::prelude::{GetUntracked, NodeRef};
use leptos::web_sys::HtmlElement;
use wasm_bindgen::JsCast;

use super::Pace;
use crate::lasting::Lasting;
use crate::screen::put;
use crate::state::MILLI;

/// In microseconds: panels change their size by hand.
const MEASURE_MICROS: u64 = 250 * MILLI;

/// Whether there is room, and when it was looked at last. To be asked before anything is drawn in a frame: the page is
/// laid out then, and a look costs nothing.
#[derive(Default)]
pub(super) struct Room {
    pace: Pace,
    is_there: bool,
}

impl Room {
    /// Looks at a list whose rows are all as high as its first one.
    pub(super) fn measure(&mut self, list: NodeRef<Div>, rows: Lasting<usize>, rows_max: usize, now_us: u64) {
        if !self.pace.is_due(MEASURE_MICROS, now_us) {
            return;
        }
        let list = list.get_untracked();
        let height = list.as_ref().map_or(0, |list| list.client_height());
        let first = list.and_then(|list| list.first_element_child());
        let row =
            first.and_then(|row| row.dyn_into::<HtmlElement>().ok()).map_or(0, |row| row.offset_height());
        self.is_there = height > 0;
        if row > 0 {
            // One at least, so that there is something to measure by.
            put(rows, usize::try_from(height / row).unwrap_or(1).clamp(1, rows_max));
        }
    }

    /// The same of something that has no rows.
    pub(super) fn look(&mut self, place: NodeRef<Div>, now_us: u64) {
        if self.pace.is_due(MEASURE_MICROS, now_us) {
            self.is_there = place.get_untracked().is_some_and(|place| place.client_height() > 0);
        }
    }

    /// Whether it can be seen: a panel that is closed or behind another one has no height.
    pub(super) const fn is_there(&self) -> bool {
        self.is_there
    }
}
