//! The tape as signals.

use leptos::html::Div;
use leptos::prelude::NodeRef;

use super::put;
use crate::lasting::Lasting;
use crate::state::aggregation::{Line, Reading};

/// The most lines that the tape shows: those of a panel as high as a large screen.
pub(crate) const TAPE_ROWS_MAX: usize = 120;

/// The trades of the chosen symbol.
#[derive(Clone, Copy)]
pub(crate) struct TapeSignals {
    /// Newest first.
    pub(crate) lines: &'static [Lasting<Option<Line>>],
    /// Where they are shown.
    pub(crate) room: NodeRef<Div>,
    /// How many there is room for.
    pub(crate) rows: Lasting<usize>,
    /// How the person reads it.
    pub(crate) reading: Lasting<Reading>,
    /// Whether it stands still.
    pub(crate) paused: Lasting<bool>,
}

impl TapeSignals {
    /// An empty tape.
    pub(super) fn new() -> Self {
        Self {
            lines: Lasting::row(TAPE_ROWS_MAX, || None),
            room: NodeRef::new(),
            rows: Lasting::new(1),
            reading: Lasting::new(Reading::default()),
            paused: Lasting::new(false),
        }
    }

    /// The first `rows` lines, newest first.
    pub(crate) fn draw(self, rows: usize, mut newest: impl Iterator<Item = Line>) {
        for signal in self.lines.iter().take(rows) {
            put(*signal, newest.next());
        }
    }
}
