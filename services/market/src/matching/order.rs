//! Orders as the engine takes them and shows them, and its answers.

use super::{ORDER_PRICE_MAX, ORDER_PRICE_MIN, RESTING_ORDERS_MAX};
use crate::{Price, Qty, Side};

/// Whose order it is: a tag that the engine keeps and gives back, and never looks at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OwnerId(pub u32);

/// Names one resting order of one engine: a slot, and how often it was used before, so that the id of an order which
/// is gone never means the one that has its slot now. It means nothing to another engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrderId {
    pub(super) slot: u32,
    pub(super) generation: u32,
}

impl OrderId {
    /// A small number that no other order in the book has at the same time: an index for tables beside the book.
    #[must_use]
    pub const fn slot(self) -> usize {
        self.slot as usize
    }
}

impl std::fmt::Display for OrderId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.slot, self.generation)
    }
}

/// An order to submit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewOrder {
    /// Whether it buys or sells.
    pub side: Side,
    /// How much, above zero.
    pub qty: Qty,
    /// At what price, and what becomes of what does not trade.
    pub kind: OrderKind,
    /// Whose.
    pub owner: OwnerId,
}

/// The kind of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderKind {
    /// Trades at its price or better.
    Limit {
        /// [`ORDER_PRICE_MIN`] to [`ORDER_PRICE_MAX`].
        price: Price,
        /// What becomes of what does not trade at once.
        tif: TimeInForce,
    },
    /// Trades at any price, and never rests.
    Market,
}

/// What becomes of the part of a limit order that does not trade at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TimeInForce {
    /// It rests.
    #[default]
    GoodTilCancelled,
    /// It is cancelled.
    ImmediateOrCancel,
    /// All of it rests; an order that would trade is refused.
    PostOnly,
}

/// An order that rests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order {
    /// Its name.
    pub id: OrderId,
    /// Whose.
    pub owner: OwnerId,
    /// Whether it buys or sells.
    pub side: Side,
    /// Its price.
    pub price: Price,
    /// What is left of it, above zero.
    pub qty: Qty,
}

/// What became of an order: `filled` and the remainder add up to its quantity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct Outcome {
    /// How much of it traded.
    pub filled: Qty,
    /// What became of the rest.
    pub remainder: Remainder,
}

/// What became of the part of an order that did not trade.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remainder {
    /// There is none: all of it traded.
    None,
    /// It rests in the book.
    Resting {
        /// Its name from now on.
        id: OrderId,
        /// How much, above zero.
        qty: Qty,
    },
    /// It was cancelled: a market order that emptied the other side, or immediate-or-cancel.
    Cancelled {
        /// How much, above zero.
        qty: Qty,
    },
}

impl Outcome {
    pub(super) const fn new(submitted: Qty, left: Qty, remainder: Remainder) -> Self {
        Self { filled: Qty(submitted.0 - left.0), remainder }
    }

    /// The order's id, if any of it rests.
    #[must_use]
    pub const fn resting(self) -> Option<OrderId> {
        match self.remainder {
            Remainder::Resting { id, .. } => Some(id),
            Remainder::None | Remainder::Cancelled { .. } => None,
        }
    }
}

impl Remainder {
    pub(super) const fn cancelled(left: Qty) -> Self {
        if left.is_zero() { Self::None } else { Self::Cancelled { qty: left } }
    }
}

/// Why an order is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RejectReason {
    /// There is nothing to trade.
    #[error("the order's quantity is 0, expected at least 1 lot")]
    ZeroQty,
    /// The price is not one that the engine takes.
    #[error("the order's price is {} ticks, expected {} to {}", price.0, ORDER_PRICE_MIN.0, ORDER_PRICE_MAX.0)]
    PriceOutOfRange {
        /// The order's.
        price: Price,
    },
    /// A post-only order would trade at once.
    #[error("a post-only order at {} would trade with the other side's best at {}", price.0, best.0)]
    WouldTrade {
        /// The order's.
        price: Price,
        /// The best of the other side.
        best: Price,
    },
    /// The orders at one price would add up to more than a [`Qty`] holds.
    #[error("{} lots more at {} overflow the level's total of {}: expected at most {} in all", qty.0, price.0, total.0, u64::MAX)]
    LevelOverflow {
        /// The level's.
        price: Price,
        /// What rests there.
        total: Qty,
        /// The order's.
        qty: Qty,
    },
    /// The book holds all the orders that it may, and this one might rest.
    #[error("the book is full: expected at most {RESTING_ORDERS_MAX} resting orders")]
    BookFull,
}

/// Why an order can't be cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CancelError {
    /// It was filled or cancelled before.
    #[error("order {id} is gone: it was filled or cancelled")]
    Gone {
        /// The order asked for.
        id: OrderId,
    },
    /// No order of this book ever had this id.
    #[error("order {id} is unknown: expected the id of an order of this book")]
    Unknown {
        /// The order asked for.
        id: OrderId,
    },
}
