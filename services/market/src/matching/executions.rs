//! What a call did: the trades and the changed levels, in a buffer that is used again and again.

use super::{OrderId, OwnerId};
use crate::{BookDelta, Price, Qty, Side, Trade};

/// A taker's meeting with one resting order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fill {
    /// The resting order.
    pub maker: OrderId,
    /// Whose it is.
    pub maker_owner: OwnerId,
    /// What is left of it; at zero it is gone.
    pub maker_left: Qty,
    /// The maker's price.
    pub price: Price,
    /// How much traded, above zero.
    pub qty: Qty,
    /// What the taker did.
    pub taker: Side,
}

impl From<Fill> for Trade {
    fn from(fill: Fill) -> Self {
        Self { price: fill.price, qty: fill.qty, taker: fill.taker }
    }
}

/// What one call to the engine did. Each call first empties it and keeps its memory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Executions {
    /// In the order in which they happened.
    pub trades: Vec<Fill>,
    /// The new totals of all levels that changed, each once.
    pub delta: BookDelta,
}

impl Executions {
    /// Whether nothing happened.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.trades.is_empty() && self.delta.levels.is_empty()
    }

    pub(super) fn clear(&mut self) {
        self.trades.clear();
        self.delta.levels.clear();
    }
}
