//! What goes over the wire, as signals.

use crate::lasting::Lasting;

use crate::state::wiretap::Line;

/// What goes over the wire.
#[derive(Clone, Copy)]
pub(crate) struct MessagesSignals {
    /// Frames, newest first.
    pub(crate) lines: Lasting<Vec<Line>>,
    /// Words that a frame must have to be listed.
    pub(crate) filter: Lasting<String>,
}

impl MessagesSignals {
    /// Nothing is listed yet.
    pub(super) fn new() -> Self {
        Self { lines: Lasting::new(Vec::new()), filter: Lasting::new(String::new()) }
    }
}
