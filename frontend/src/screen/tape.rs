//! The tape as signals.

use leptos::html::Div;
use leptos::prelude::{NodeRef, RwSignal, StoredValue, WithValue};

use super::put;
use crate::state::aggregation::{Line, Reading};

/// The most lines that the tape shows: those of a panel as high as a large screen.
pub(crate) const TAPE_ROWS_MAX: usize = 120;

/// The trades of the chosen symbol.
#[derive(Clone, Copy)]
pub(crate) struct TapeSignals {
    /// Newest first.
    pub(crate) lines: StoredValue<Vec<RwSignal<Option<Line>>>>,
    /// Where they are shown.
    pub(crate) room: NodeRef<Div>,
    /// How many there is room for.
    pub(crate) rows: RwSignal<usize>,
    /// How the person reads it.
    pub(crate) reading: RwSignal<Reading>,
    /// Whether it stands still.
    pub(crate) paused: RwSignal<bool>,
}

impl TapeSignals {
    /// An empty tape.
    pub(super) fn new() -> Self {
        Self {
            lines: StoredValue::new((0..TAPE_ROWS_MAX).map(|_| RwSignal::new(None)).collect()),
            room: NodeRef::new(),
            rows: RwSignal::new(1),
            reading: RwSignal::new(Reading::default()),
            paused: RwSignal::new(false),
        }
    }

    /// The first `rows` lines, newest first.
    pub(crate) fn draw(self, rows: usize, mut newest: impl Iterator<Item = Line>) {
        self.lines.with_value(|signals| {
            for signal in signals.iter().take(rows) {
                put(*signal, newest.next());
            }
        });
    }
}
