//! The depth chart as signals.

use leptos::html::Div;
use leptos::prelude::{NodeRef, RwSignal};

use crate::state::depth::Reading;

/// The depth chart of the chosen symbol.
#[derive(Clone, Copy)]
pub(crate) struct DepthSignals {
    /// Where it is drawn.
    pub(crate) picture: NodeRef<Div>,
    /// How far it reaches to each side, in hundredths of a percent of the middle.
    pub(crate) reach_bp: RwSignal<i64>,
    /// The areas of bids and asks, as SVG paths.
    pub(crate) paths: RwSignal<(String, String)>,
    /// The prices at the left edge, in the middle, at the right edge.
    pub(crate) marks: RwSignal<[String; 3]>,
    /// What all bids and all asks are that it reaches.
    pub(crate) totals: RwSignal<[String; 2]>,
    /// Where the cursor is, from 0 at the left edge to `state::depth::WIDTH`.
    pub(crate) cursor: RwSignal<Option<i64>>,
    /// What it reads there.
    pub(crate) reading: RwSignal<Option<Reading>>,
    /// Whether the table is shown in place of the picture.
    pub(crate) as_table: RwSignal<bool>,
    /// Its rows: distance, bids, what they cost, asks, what they cost.
    pub(crate) table: RwSignal<Vec<[String; 5]>>,
    /// What a screen reader says.
    pub(crate) spoken: RwSignal<String>,
}

/// How far it reaches at first.
pub(crate) const REACH_BP: i64 = 50;

impl DepthSignals {
    /// An empty chart.
    pub(super) fn new() -> Self {
        Self {
            picture: NodeRef::new(),
            reach_bp: RwSignal::new(REACH_BP),
            paths: RwSignal::default(),
            marks: RwSignal::default(),
            totals: RwSignal::default(),
            cursor: RwSignal::new(None),
            reading: RwSignal::new(None),
            as_table: RwSignal::new(false),
            table: RwSignal::new(Vec::new()),
            spoken: RwSignal::new(String::new()),
        }
    }
}
