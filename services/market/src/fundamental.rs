//! The fundamental value of an instrument: a pure function of seed, instrument and time.
//!
//! Its logarithm is a Brownian motion in multifractal time (Mandelbrot, Fisher & Calvet 1997, "A Multifractal Model of
//! Asset Returns"), drawn by midpoint displacement on a dyadic tree of cells whose 17th level are the minutes of UTC.
//! Instruments of a kind share a common factor. It knows nothing of orders or traders.

mod tree;

pub(crate) use tree::{LEAF_DEPTH, LEAF_MICROS, MINUTE_DEPTH};
use tree::{Tree, Walk};

use crate::random::{fnv1a, mix};
use crate::{InstrumentConfig, InstrumentKind, Ts};

/// The fundamental value of one instrument, in ticks.
#[derive(Clone, Copy, Debug)]
pub struct Fundamental {
    anchor_ticks: f64,
    factor: Component,
    own: Component,
}

/// A motion and its s.d. a day in log price.
#[derive(Clone, Copy, Debug)]
struct Component {
    tree: Tree,
    daily_sd: f64,
}

impl Fundamental {
    /// The value of a configured instrument in the market of `seed`; of a valid configuration.
    #[must_use]
    pub fn new(seed: u64, config: &InstrumentConfig) -> Self {
        let factor_key = match config.kind {
            InstrumentKind::Crypto => fnv1a(b"factor of crypto"),
            InstrumentKind::Equity => fnv1a(b"factor of equity"),
        };
        let component = |key: u64, share: f64| Component {
            tree: Tree { key: mix(seed, key) },
            daily_sd: config.daily_volatility * share.sqrt(),
        };
        Self {
            anchor_ticks: config.price.to_f64() / config.tick_size.to_f64(),
            factor: component(factor_key, config.correlation),
            own: component(fnv1a(config.symbol.as_bytes()), 1.0 - config.correlation),
        }
    }

    /// The value at a moment, in ticks. Linear between the edges of leaves (234.375 ms).
    #[must_use]
    pub fn value(&self, ts: Ts) -> f64 {
        self.walk(LEAF_DEPTH, ts.0 / LEAF_MICROS).cell().value(ts)
    }

    /// The values at `from`, `from` + `step_micros` and so on, in ticks. A short step costs one or two draws of the
    /// tree instead of its depth.
    pub fn path(&self, from: Ts, step_micros: u64) -> impl Iterator<Item = f64> + use<> {
        let mut path = self.walk(LEAF_DEPTH, from.0 / LEAF_MICROS);
        (0..).map(move |n| {
            let ts = from.plus(step_micros.saturating_mul(n));
            path.seek(ts.0 / LEAF_MICROS);
            path.cell().value(ts)
        })
    }

    /// The cells `depth` levels below the top, from number `cell` since 1970.
    pub(crate) fn walk(&self, depth: u32, cell: u64) -> Path {
        Path {
            value: *self,
            depth,
            cell,
            factor: Walk::new(self.factor.tree, depth, cell),
            own: Walk::new(self.own.tree, depth, cell),
        }
    }

    /// The variance of the log price a day, on average.
    pub(crate) fn daily_variance(&self) -> f64 {
        self.factor.daily_sd * self.factor.daily_sd + self.own.daily_sd * self.own.daily_sd
    }

    fn ticks(&self, factor: f64, own: f64) -> f64 {
        self.anchor_ticks * libm::exp(self.factor.daily_sd * factor + self.own.daily_sd * own)
    }
}

/// A walk over the cells of an instrument.
#[derive(Clone, Debug)]
pub(crate) struct Path {
    value: Fundamental,
    depth: u32,
    cell: u64,
    factor: Walk,
    own: Walk,
}

/// A stretch of the value: at the depth of leaves, straight.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cell {
    /// The length of a leaf times 2^`doublings`.
    doublings: u32,
    /// Its number since 1970.
    pub(crate) number: u64,
    /// The value at its left edge, in ticks.
    pub(crate) open: f64,
    /// The value at its right edge, in ticks.
    pub(crate) close: f64,
}

impl Path {
    pub(crate) fn seek(&mut self, cell: u64) {
        if cell != self.cell {
            self.cell = cell;
            self.factor.seek(cell);
            self.own.seek(cell);
        }
    }

    pub(crate) fn cell(&self) -> Cell {
        Cell {
            doublings: LEAF_DEPTH - self.depth,
            number: self.cell,
            open: self.value.ticks(self.factor.left(), self.own.left()),
            close: self.value.ticks(self.factor.right(), self.own.right()),
        }
    }

    /// The variance of the cell `level` levels below the top relative to the mean.
    pub(crate) fn intensity(&self, level: u32) -> f64 {
        let of = |walk: &Walk, part: Component| walk.intensity(level) * part.daily_sd * part.daily_sd;
        (of(&self.factor, self.value.factor) + of(&self.own, self.value.own)) / self.value.daily_variance()
    }
}

impl Cell {
    /// The value at a moment of the cell, on the line from edge to edge.
    pub(crate) fn value(&self, ts: Ts) -> f64 {
        let micros = LEAF_MICROS << self.doublings;
        let part = ts.since(Ts(self.number * micros)) as f64 / micros as f64;
        self.open + (self.close - self.open) * part
    }
}

#[cfg(test)]
mod tests;
