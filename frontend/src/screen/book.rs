//! The order book as signals.

use leptos::html::Div;
use leptos::prelude::NodeRef;

use super::put;
use crate::lasting::Lasting;
use crate::state::book::{Proved, Rung, Touch};

/// The most levels of each side that the ladder shows: those of a panel as high as a large screen.
pub(crate) const LADDER_DEPTH_MAX: usize = 60;

/// The order book of the chosen symbol.
#[derive(Clone, Copy)]
pub(crate) struct BookSignals {
    /// Asks, best first.
    pub(crate) asks: &'static [Lasting<Rung>],
    /// Bids, best first.
    pub(crate) bids: &'static [Lasting<Rung>],
    /// Where the bids are shown.
    pub(crate) room: NodeRef<Div>,
    /// How many levels of each side there is room for.
    pub(crate) depth: Lasting<usize>,
    /// Between them.
    pub(crate) touch: Lasting<Option<Touch>>,
    /// What the bids are of all that is shown, in percent.
    pub(crate) bid_share: Lasting<Option<u32>>,
    /// The steps that the ladder can have: in ticks, and as a decimal.
    pub(crate) steps: Lasting<Vec<(i64, String)>>,
    /// The step that it has, in ticks.
    pub(crate) step: Lasting<i64>,
    /// Whether the book is proved right.
    pub(crate) proof: Lasting<ProofView>,
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
        let rungs = || Lasting::row(LADDER_DEPTH_MAX, Rung::default);
        Self {
            asks: rungs(),
            bids: rungs(),
            room: NodeRef::new(),
            depth: Lasting::new(1),
            touch: Lasting::new(None),
            bid_share: Lasting::new(None),
            steps: Lasting::new(Vec::new()),
            step: Lasting::new(1),
            proof: Lasting::new(ProofView { word: "unknown", verified: 0, last: None }),
        }
    }

    /// Levels of one side; those that are not there are empty.
    pub(crate) fn set_rungs(side: &'static [Lasting<Rung>], rungs: Vec<Rung>, depth: usize) {
        let mut rungs = rungs.into_iter();
        for signal in side.iter().take(depth) {
            put(*signal, rungs.next().unwrap_or_default());
        }
    }
}
