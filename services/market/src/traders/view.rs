//! What all traders of an instrument see at a moment.

use crate::Regime;

/// The state of the world outside the book.
#[derive(Clone, Copy, Debug)]
pub(crate) struct View {
    /// The fair price in ticks: the fundamental value, and in a crash what panic makes of it.
    pub(crate) fair: f64,
    /// Half the spread that makers ask for, in ticks.
    pub(crate) half_spread: f64,
    /// The mean size of an order, in lots.
    pub(crate) mean_lots: f64,
    /// The mood.
    pub(crate) regime: Regime,
}
