//! Heavy-tailed distributions as tables of quantiles: a draw costs an index instead of a power.

use crate::random::Random;

/// Quantiles in a table.
const QUANTILES: usize = 1 << 10;

/// The tail exponent of order sizes: Pareto, as measured on tapes (Gopikrishnan et al. 2000).
const SIZE_EXPONENT: f64 = 1.6;

/// The tail exponent of the distance of limit orders from the best price (Zovko & Farmer 2002; Bouchaud, Mezard &
/// Potters 2002 find 0.6 to 1.5).
const DISTANCE_EXPONENT: f64 = 0.9;

/// The tail exponent of how many pieces a large order is cut into, which makes the signs of market orders remember for
/// long (Lillo, Mike & Farmer 2005).
const PIECES_EXPONENT: f64 = 1.5;

/// Draws out of the three distributions.
#[derive(Clone, Debug)]
pub(crate) struct Tables {
    sizes: Box<[f64; QUANTILES]>,
    distances: Box<[f64; QUANTILES]>,
    pieces: Box<[f64; QUANTILES]>,
}

impl Tables {
    pub(crate) fn new() -> Self {
        let mut sizes = pareto(SIZE_EXPONENT);
        let mean = sizes.iter().sum::<f64>() / QUANTILES as f64;
        sizes.iter_mut().for_each(|size| *size /= mean);
        let mut distances = pareto(DISTANCE_EXPONENT);
        distances.iter_mut().for_each(|distance| *distance -= 1.0);
        Self { sizes, distances, pieces: pareto(PIECES_EXPONENT) }
    }

    /// A size with mean 1; the largest are about 30.
    pub(crate) fn size(&self, random: &mut Random) -> f64 {
        self.sizes[random.below(QUANTILES)]
    }

    /// A distance from 0, with median 1.
    pub(crate) fn distance(&self, random: &mut Random) -> f64 {
        self.distances[random.below(QUANTILES)]
    }

    /// A number of pieces, from 1 to about 160.
    pub(crate) fn pieces(&self, random: &mut Random) -> f64 {
        self.pieces[random.below(QUANTILES)]
    }
}

/// The quantiles of the Pareto distribution from 1.
fn pareto(exponent: f64) -> Box<[f64; QUANTILES]> {
    Box::new(std::array::from_fn(|n| {
        let tail = 1.0 - (n as f64 + 0.5) / QUANTILES as f64;
        libm::exp(-libm::log(tail) / exponent)
    }))
}
