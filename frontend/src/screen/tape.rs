//! The tape as signals.

use leptos::prelude::{RwSignal, StoredValue, WithValue};
use protocol::Trade;

use super::put;

/// How many trades the tape shows.
pub(crate) const TAPE_ROWS: usize = 50;

/// The trades of the chosen symbol.
#[derive(Clone, Copy)]
pub(crate) struct TapeSignals {
    /// Newest first.
    pub(crate) trades: StoredValue<Vec<RwSignal<Option<Trade>>>>,
}

impl TapeSignals {
    /// An empty tape.
    pub(super) fn new() -> Self {
        Self { trades: StoredValue::new((0..TAPE_ROWS).map(|_| RwSignal::new(None)).collect()) }
    }

    /// Trades, newest first.
    pub(crate) fn draw<'a>(self, mut newest: impl Iterator<Item = &'a Trade>) {
        self.trades.with_value(|signals| {
            for signal in signals {
                put(*signal, newest.next().copied());
            }
        });
    }
}
