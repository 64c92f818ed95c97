//! The order book as signals.

use leptos::html::Div;
use leptos::prelude::{NodeRef, RwSignal, StoredValue, WithValue};

use super::put;
use crate::state::book::{Proved, Rung, Touch};

/// The most levels of each side that the ladder shows: those of a panel as high as a large screen.
pub(crate) const LADDER_DEPTH_MAX: usize = 60;

/// The order book of the chosen symbol.
#[derive(Clone, Copy)]
pub(crate) struct BookSignals {
    /// Asks, best first.
    pub(crate) asks: StoredValue<Vec<RwSignal<Rung>>>,
    /// Bids, best first.
    pub(crate) bids: StoredValue<Vec<RwSignal<Rung>>>,
    /// Where the bids are shown.
    pub(crate) room: NodeRef<Div>,
    /// How many levels of each side there is room for.
    pub(crate) depth: RwSignal<usize>,
    /// Between them.
    pub(crate) touch: RwSignal<Option<Touch>>,
    /// What the bids are of all that is shown, in percent.
    pub(crate) bid_share: RwSignal<Option<u32>>,
    /// The steps that the ladder can have: in ticks, and as a decimal.
    pub(crate) steps: RwSignal<Vec<(i64, String)>>,
    /// The step that it has, in ticks.
    pub(crate) step: RwSignal<i64>,
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
    /// The last one that was.
    pub(crate) last: Option<Proved>,
}

impl BookSignals {
    /// An empty book.
    pub(super) fn new() -> Self {
        let rungs =
            || StoredValue::new((0..LADDER_DEPTH_MAX).map(|_| RwSignal::new(Rung::default())).collect());
        Self {
            asks: rungs(),
            bids: rungs(),
            room: NodeRef::new(),
            depth: RwSignal::new(1),
            touch: RwSignal::new(None),
            bid_share: RwSignal::new(None),
            steps: RwSignal::new(Vec::new()),
            step: RwSignal::new(1),
            proof: RwSignal::new(ProofView { word: "unknown", verified: 0, last: None }),
        }
    }

    /// Levels of one side; those that are not there are empty.
    pub(crate) fn set_rungs(side: StoredValue<Vec<RwSignal<Rung>>>, rungs: Vec<Rung>, depth: usize) {
        side.with_value(|signals| {
            let mut rungs = rungs.into_iter();
            for signal in signals.iter().take(depth) {
                put(*signal, rungs.next().unwrap_or_default());
            }
        });
    }
}
