//! The dyadic tree of cells under one Brownian motion in multifractal time.

use crate::random::{mix, normal_pair};

/// Levels from a top cell (2^16 minutes, 45.5 days) down to the minutes of UTC.
pub(crate) const MINUTE_DEPTH: u32 = 16;

/// Levels from a top cell down to a leaf.
pub(crate) const LEAF_DEPTH: u32 = MINUTE_DEPTH + 8;

/// The length of a leaf: 60 s / 256.
pub(crate) const LEAF_MICROS: u64 = 60_000_000 >> (LEAF_DEPTH - MINUTE_DEPTH);

/// The length of a top cell in days: its variance, as the motion has variance 1 a day.
const TOP_DAYS: f64 = (1u64 << MINUTE_DEPTH) as f64 / 1440.0;

/// The s.d. of the normal number whose logistic is the share of a cell's variance that goes to its first half. With
/// it the 1-minute returns of an instrument that is half a common factor have kurtosis 6.
const WEIGHT_SD: f64 = 0.6;

/// Marks the hash of a top cell's edge; nodes have their level there.
const EDGE_TAG: u64 = 0xff;

/// One Brownian motion, named by its key.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tree {
    pub(super) key: u64,
}

impl Tree {
    /// The value at the left edge of a top cell: independent normals with half a cell's variance, so that the
    /// increments have the right one and the motion never wanders away.
    fn edge(self, top: u64) -> f64 {
        normal_pair(mix(self.key, EDGE_TAG << 56 | top)).0 * (TOP_DAYS / 2.0).sqrt()
    }

    fn top(self, top: u64) -> Node {
        let left = self.edge(top);
        Node::new(left, self.edge(top + 1) - left, TOP_DAYS)
    }
}

/// A cell: where the motion enters it, its increment and variance, and how it splits.
#[derive(Clone, Copy, Debug, Default)]
struct Node {
    left: f64,
    increment: f64,
    variance: f64,
    /// The increment and the variance of the first half.
    first: (f64, f64),
}

impl Node {
    fn new(left: f64, increment: f64, variance: f64) -> Self {
        Self { left, increment, variance, first: (0.0, 0.0) }
    }

    /// Midpoint displacement in random time: a weight w and a normal Z split D into w D + sqrt(V w (1 - w)) Z and
    /// the rest, V into V w and V (1 - w).
    fn split(mut self, tree: Tree, level: u32, prefix: u64) -> Self {
        let (weight_normal, z) = normal_pair(mix(tree.key, u64::from(level) << 56 | prefix));
        let weight = 1.0 / (1.0 + libm::exp(-WEIGHT_SD * weight_normal));
        let bridge = (self.variance * weight * (1.0 - weight)).sqrt() * z;
        self.first = (weight * self.increment + bridge, self.variance * weight);
        self
    }

    fn half(&self, second: bool) -> Self {
        let (increment, variance) = self.first;
        if second {
            Self::new(self.left + increment, self.increment - increment, self.variance - variance)
        } else {
            Self::new(self.left, increment, variance)
        }
    }
}

/// A place in the tree that remembers the cells above it: the next cell to the right costs about one draw.
#[derive(Clone, Debug)]
pub(super) struct Walk {
    tree: Tree,
    depth: u32,
    cell: u64,
    nodes: [Node; LEAF_DEPTH as usize + 1],
}

impl Walk {
    /// At cell `cell` (counted from 1970) of the cells `depth` levels below the top.
    pub(super) fn new(tree: Tree, depth: u32, cell: u64) -> Self {
        debug_assert!(depth <= LEAF_DEPTH, "leaves are the smallest cells");
        let mut walk = Self { tree, depth, cell, nodes: [Node::default(); LEAF_DEPTH as usize + 1] };
        walk.descend(None);
        walk
    }

    pub(super) fn seek(&mut self, cell: u64) {
        let below = u64::BITS - (self.cell ^ cell).leading_zeros();
        self.cell = cell;
        self.descend(self.depth.checked_sub(below));
    }

    /// The value at the cell's left edge.
    pub(super) fn left(&self) -> f64 {
        self.nodes[self.depth as usize].left
    }

    /// The value at the cell's right edge.
    pub(super) fn right(&self) -> f64 {
        let node = &self.nodes[self.depth as usize];
        node.left + node.increment
    }

    /// The variance of the cell `level` levels below the top, relative to the mean of such cells.
    pub(super) fn intensity(&self, level: u32) -> f64 {
        self.nodes[level.min(self.depth) as usize].variance * (1u64 << level.min(self.depth)) as f64
            / TOP_DAYS
    }

    /// Renews the nodes below the level `from`, all of them if there is none.
    fn descend(&mut self, from: Option<u32>) {
        let from = from.unwrap_or_else(|| {
            self.nodes[0] = self.tree.top(self.cell >> self.depth);
            if self.depth > 0 {
                self.nodes[0] = self.nodes[0].split(self.tree, 0, self.cell >> self.depth);
            }
            0
        });
        for level in from + 1..=self.depth {
            let prefix = self.cell >> (self.depth - level);
            let node = self.nodes[level as usize - 1].half(prefix & 1 == 1);
            self.nodes[level as usize] =
                if level < self.depth { node.split(self.tree, level, prefix) } else { node };
        }
    }
}
