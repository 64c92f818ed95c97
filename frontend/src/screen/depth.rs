//! The depth chart as signals.

use leptos::html::Div;
use leptos::prelude::NodeRef;

use crate::lasting::Lasting;
use crate::state::depth::Reading;

/// The depth chart of the chosen symbol.
#[derive(Clone, Copy)]
pub(crate) struct DepthSignals {
    /// Where it is drawn.
    pub(crate) picture: NodeRef<Div>,
    /// How far it reaches to each side, in hundredths of a percent of the middle.
    pub(crate) reach_bp: Lasting<i64>,
    /// The areas of bids and asks, as SVG paths.
    pub(crate) paths: Lasting<(String, String)>,
    /// The prices at the left edge, in the middle, at the right edge.
    pub(crate) marks: Lasting<[String; 3]>,
    /// What all bids and all asks are that it reaches.
    pub(crate) totals: Lasting<[String; 2]>,
    /// Where the cursor is, from 0 at the left edge to `state::depth::WIDTH`.
    pub(crate) cursor: Lasting<Option<i64>>,
    /// What it reads there.
    pub(crate) reading: Lasting<Option<Reading>>,
    /// Whether the table is shown in place of the picture.
    pub(crate) as_table: Lasting<bool>,
    /// Its rows: distance, bids, what they cost, asks, what they cost.
    pub(crate) table: Lasting<Vec<[String; 5]>>,
    /// What a screen reader says.
    pub(crate) spoken: Lasting<String>,
}

/// How far it reaches at first.
pub(crate) const REACH_BP: i64 = 50;

impl DepthSignals {
    /// An empty chart.
    pub(super) fn new() -> Self {
        Self {
            picture: NodeRef::new(),
            reach_bp: Lasting::new(REACH_BP),
            paths: Lasting::default(),
            marks: Lasting::default(),
            totals: Lasting::default(),
            cursor: Lasting::new(None),
            reading: Lasting::new(None),
            as_table: Lasting::new(false),
            table: Lasting::new(Vec::new()),
            spoken: Lasting::new(String::new()),
        }
    }
}
