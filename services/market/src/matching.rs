//! The order book of one instrument (L3) and the engine that matches by price, then time.
//!
//! Owns the resting orders and what happens when a new one meets them. It must not know why anybody trades, what time
//! it is, or how a stream is numbered: the caller makes events of the [`Executions`] that each call fills in.
//!
//! An owner's orders may trade with each other: the engine keeps no self-trade prevention, and an owner who minds
//! cancels first.

mod executions;
mod ladder;
mod order;
mod slab;
#[cfg(test)]
mod tests;

pub use executions::{Executions, Fill};
pub use order::{
    CancelError, NewOrder, Order, OrderId, OrderKind, Outcome, OwnerId, RejectReason, Remainder, TimeInForce,
};

use crate::{Bbo, Level, LevelChange, Price, Qty, Side};
use ladder::Ladder;
use slab::{Node, Orders};

/// The most orders that rest in one book: 32 MiB of them. One more is refused ([`RejectReason::BookFull`]).
pub const RESTING_ORDERS_MAX: usize = 1 << 20;

/// The lowest price that an order may have, in ticks.
pub const ORDER_PRICE_MIN: Price = Price(1);

/// The highest price that an order may have, in ticks: 2^53, so that price x quantity always fits a
/// [`Notional`](crate::Notional), and so does the sum of 2^10 such products.
pub const ORDER_PRICE_MAX: Price = Price(1 << 53);

/// A limit order book with price-time priority: better prices first, at one price the order that came first.
///
/// Same calls, same answers: nothing in it depends on addresses, hashes or time. Memory grows with the most orders
/// and levels that ever rested at once, is used again as they go, and is given back by [`MatchingEngine::clear`].
#[derive(Clone, Debug)]
pub struct MatchingEngine {
    orders: Orders,
    /// Bids and asks, by [`Side`].
    ladders: [Ladder; 2],
}

impl Default for MatchingEngine {
    fn default() -> Self {
        Self::new()
    }
}

impl MatchingEngine {
    /// An empty book.
    #[must_use]
    pub fn new() -> Self {
        Self::with_capacity(0)
    }

    /// An empty book with room for `orders` orders (at most [`RESTING_ORDERS_MAX`]) before it allocates again.
    #[must_use]
    pub fn with_capacity(orders: usize) -> Self {
        Self {
            orders: Orders::with_capacity(orders.min(RESTING_ORDERS_MAX)),
            ladders: [Ladder::new(Side::Buy), Ladder::new(Side::Sell)],
        }
    }

    /// Matches an order and lets the rest of it rest, or not, as its kind says. `out` then holds what happened.
    ///
    /// # Errors
    /// When the order is refused; the book is then as it was, and `out` is empty.
    pub fn submit(&mut self, order: NewOrder, out: &mut Executions) -> Result<Outcome, RejectReason> {
        out.clear();
        if order.qty.is_zero() {
            return Err(RejectReason::ZeroQty);
        }
        match order.kind {
            OrderKind::Market => {
                let left = self.take(order.side, order.qty, None, out);
                Ok(Outcome::new(order.qty, left, Remainder::cancelled(left)))
            }
            OrderKind::Limit { price, tif } => self.submit_limit(order, price, tif, out),
        }
    }

    /// Takes an order off the book and says how much of it was left.
    ///
    /// # Errors
    /// When the order does not rest here (any more); the book is then as it was, and `out` is empty.
    pub fn cancel(&mut self, id: OrderId, out: &mut Executions) -> Result<Qty, CancelError> {
        out.clear();
        let node = self.orders.take(id)?;
        let level = self.ladders[node.side as usize].unlink(&node);
        out.delta.levels.push(LevelChange { side: node.side, price: level.price, qty: level.qty });
        Ok(Qty(node.qty))
    }

    /// Takes all orders off the book and gives memory back. `out` then says of every level that it is gone.
    pub fn clear(&mut self, out: &mut Executions) {
        out.clear();
        for ladder in &mut self.ladders {
            let gone = ladder.iter().map(|(level, _)| LevelChange {
                side: ladder.side(),
                price: level.price,
                qty: Qty::ZERO,
            });
            out.delta.levels.extend(gone);
            ladder.clear();
        }
        self.orders.clear();
    }

    /// An order that rests here.
    #[must_use]
    pub fn order(&self, id: OrderId) -> Option<Order> {
        let node = self.orders.get(id).ok()?;
        Some(self.order_of(id, node))
    }

    /// How many orders rest here.
    #[must_use]
    pub const fn order_count(&self) -> usize {
        self.orders.len()
    }

    /// How many levels a side has.
    #[must_use]
    pub fn level_count(&self, side: Side) -> usize {
        self.ladder(side).len()
    }

    /// The best level of a side.
    #[must_use]
    pub fn best(&self, side: Side) -> Option<Level> {
        self.ladder(side).best()
    }

    /// The best of both sides.
    #[must_use]
    pub fn bbo(&self) -> Bbo {
        Bbo { bid: self.best(Side::Buy), ask: self.best(Side::Sell) }
    }

    /// The levels of a side, best first.
    pub fn levels(&self, side: Side) -> impl DoubleEndedIterator<Item = Level> + ExactSizeIterator + '_ {
        self.ladder(side).iter().map(|(level, _)| level)
    }

    /// All that rests at a price of a side, zero if nothing does.
    #[must_use]
    pub fn qty_at(&self, side: Side, price: Price) -> Qty {
        self.ladder(side).find(price).map_or(Qty::ZERO, |(level, _)| level.qty)
    }

    /// The orders at a price of a side, the first to trade first.
    pub fn orders_at(&self, side: Side, price: Price) -> impl Iterator<Item = Order> + '_ {
        let first = self.ladder(side).find(price).map(|(_, first)| first);
        self.orders.queue(first).map(|(id, node)| self.order_of(id, node))
    }

    /// All orders of a side: best price first, at one price the first to trade first.
    pub fn orders(&self, side: Side) -> impl Iterator<Item = Order> + '_ {
        self.ladder(side)
            .iter()
            .flat_map(|(_, first)| self.orders.queue(Some(first)))
            .map(|(id, node)| self.order_of(id, node))
    }

    fn submit_limit(
        &mut self,
        order: NewOrder,
        price: Price,
        tif: TimeInForce,
        out: &mut Executions,
    ) -> Result<Outcome, RejectReason> {
        if !(ORDER_PRICE_MIN..=ORDER_PRICE_MAX).contains(&price) {
            return Err(RejectReason::PriceOutOfRange { price });
        }
        if tif == TimeInForce::ImmediateOrCancel {
            let left = self.take(order.side, order.qty, Some(price), out);
            return Ok(Outcome::new(order.qty, left, Remainder::cancelled(left)));
        }
        if self.orders.len() >= RESTING_ORDERS_MAX {
            return Err(RejectReason::BookFull);
        }
        let left = match self.ladder(order.side.opposite()).crossed_by(price) {
            Some(best) if tif == TimeInForce::PostOnly => {
                return Err(RejectReason::WouldTrade { price, best });
            }
            // It trades, so no level of its own side stands at its price: what is left of it starts one.
            Some(_) => self.take(order.side, order.qty, Some(price), out),
            None => order.qty,
        };
        if left.is_zero() {
            return Ok(Outcome::new(order.qty, left, Remainder::None));
        }
        let id = self.rest(order, price, left, out)?;
        Ok(Outcome::new(order.qty, left, Remainder::Resting { id, qty: left }))
    }

    /// Trades up to `qty` at `limit` or better and returns what is left.
    fn take(&mut self, taker: Side, qty: Qty, limit: Option<Price>, out: &mut Executions) -> Qty {
        let makers = &mut self.ladders[taker.opposite() as usize];
        Qty(makers.take(qty.0, limit, &mut self.orders, out))
    }

    fn rest(
        &mut self,
        order: NewOrder,
        price: Price,
        qty: Qty,
        out: &mut Executions,
    ) -> Result<OrderId, RejectReason> {
        let ladder = &mut self.ladders[order.side as usize];
        let (id, total) = ladder.push(price, qty.0, order.owner, &mut self.orders)?;
        out.delta.levels.push(LevelChange { side: order.side, price, qty: total });
        Ok(id)
    }

    const fn ladder(&self, side: Side) -> &Ladder {
        &self.ladders[side as usize]
    }

    fn order_of(&self, id: OrderId, node: &Node) -> Order {
        let price = self.ladder(node.side).price_of(node);
        Order { id, owner: node.owner, side: node.side, price, qty: Qty(node.qty) }
    }
}
