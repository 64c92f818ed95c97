//! What goes over the wire, as signals.

use leptos::prelude::RwSignal;

use crate::state::wiretap::Line;

/// What goes over the wire.
#[derive(Clone, Copy)]
pub(crate) struct MessagesSignals {
    /// Frames, newest first.
    pub(crate) lines: RwSignal<Vec<Line>>,
    /// Words that a frame must have to be listed.
    pub(crate) filter: RwSignal<String>,
}

impl MessagesSignals {
    /// Nothing is listed yet.
    pub(super) fn new() -> Self {
        Self { lines: RwSignal::new(Vec::new()), filter: RwSignal::new(String::new()) }
    }
}
