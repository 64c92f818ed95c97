//! The order book as signals.

use leptos::prelude::{RwSignal, StoredValue, WithValue};

use super::put;
use crate::state::book::{Rung, Touch};

/// How many levels of each side the ladder has.
pub(crate) const LADDER_DEPTH: usize = 26;

/// The order book of the chosen symbol.
#[derive(Clone, Copy)]
pub(crate) struct BookSignals {
    /// Asks, best first.
    pub(crate) asks: StoredValue<Vec<RwSignal<Rung>>>,
    /// Bids, best first.
    pub(crate) bids: StoredValue<Vec<RwSignal<Rung>>>,
    /// Between them.
    pub(crate) touch: RwSignal<Option<Touch>>,
    /// Whether the book is proved right.
    pub(crate) proof: RwSignal<ProofView>,
}

/// Whether the book is proved right.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct ProofView {
    /// `valid`, `invalid` or `unknown`.
    pub(crate) word: &'static str,
    /// How many checksums were right.
    pub(crate) verified: u64,
}

impl BookSignals {
    /// An empty book.
    pub(super) fn new() -> Self {
        let rungs = || StoredValue::new((0..LADDER_DEPTH).map(|_| RwSignal::new(Rung::default())).collect());
        Self {
            asks: rungs(),
            bids: rungs(),
            touch: RwSignal::new(None),
            proof: RwSignal::new(ProofView { word: "unknown", verified: 0 }),
        }
    }

    /// Levels of one side; those that are not there are empty.
    pub(crate) fn set_rungs(side: StoredValue<Vec<RwSignal<Rung>>>, rungs: Vec<Rung>) {
        side.with_value(|signals| {
            let mut rungs = rungs.into_iter();
            for signal in signals {
                put(*signal, rungs.next().unwrap_or_default());
            }
        });
    }
}
