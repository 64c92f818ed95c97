//! A finger that sweeps to the side brings the next panel, on a phone.

use leptos::ev::PointerEvent;
use leptos::web_sys::Element;
use wasm_bindgen::JsCast;

use crate::shell::Shell;
use crate::state::layout::Form;
use crate::state::panel::Panel;

/// How far a finger must go, in CSS pixels.
const FAR: i32 = 60;
/// What is moved to the side by itself.
const MOVES_ITSELF: &str = ".canvas, input";

/// Where a finger came down.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Swipe(Option<(i32, i32)>);

impl Swipe {
    /// A finger comes down.
    pub(crate) fn begin(&mut self, event: &PointerEvent) {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let is_free = target.is_some_and(|target| matches!(target.closest(MOVES_ITSELF), Ok(None)));
        self.0 = (event.pointer_type() == "touch" && is_free).then(|| (event.client_x(), event.client_y()));
    }

    /// It is lifted.
    pub(crate) fn end(&mut self, event: &PointerEvent, shell: Shell) {
        let Some((x, y)) = self.0.take() else { return };
        let (dx, dy) = (event.client_x() - x, event.client_y() - y);
        if dx.abs() < FAR || dx.abs() < 2 * dy.abs() || shell.form.get_untracked() != Form::Phone {
            return;
        }
        let by = if dx < 0 { 1 } else { -1 };
        let next = shell.tab.get_untracked().index().checked_add_signed(by);
        if let Some(panel) = next.and_then(|next| Panel::ALL.get(next)) {
            shell.tab.set(*panel);
        }
    }
}
