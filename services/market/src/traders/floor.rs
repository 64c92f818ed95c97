//! The trading floor: the engine, and the step that is being made of one or more calls to it.

use crate::{Executions, LevelChange, MatchingEngine, NewOrder, OrderId, OrderKind, Outcome, OwnerId};
use crate::{Price, Qty, Side, TimeInForce};

/// The engine and what the current step did so far.
#[derive(Clone, Debug)]
pub(crate) struct Floor {
    pub(crate) engine: MatchingEngine,
    /// All trades and level changes of the step.
    pub(crate) step: Executions,
    /// Of the last call.
    call: Executions,
}

impl Floor {
    pub(crate) fn new(orders: usize) -> Self {
        Self {
            engine: MatchingEngine::with_capacity(orders),
            step: Executions::default(),
            call: Executions::default(),
        }
    }

    /// Forgets the step.
    pub(crate) fn begin(&mut self) {
        self.step.trades.clear();
        self.step.delta.levels.clear();
    }

    pub(crate) fn submit(&mut self, order: NewOrder) -> Option<Outcome> {
        // A refused order (its price left the book's range) changes nothing: whoever sent it tries again later.
        let outcome = self.engine.submit(order, &mut self.call).ok();
        self.gather();
        outcome
    }

    pub(crate) fn limit(&mut self, side: Side, price: Price, lots: u64, owner: OwnerId) -> Option<Outcome> {
        let kind = OrderKind::Limit { price, tif: TimeInForce::GoodTilCancelled };
        self.submit(NewOrder { side, qty: Qty(lots), kind, owner })
    }

    /// Takes an order off, if it still rests.
    pub(crate) fn cancel(&mut self, id: OrderId) {
        if self.engine.cancel(id, &mut self.call).is_ok() {
            self.gather();
        }
    }

    fn gather(&mut self) {
        self.step.trades.extend_from_slice(&self.call.trades);
        let before = self.step.delta.levels.len();
        for change in &self.call.delta.levels {
            put(&mut self.step.delta.levels, before, *change);
        }
    }
}

/// Sets a level's new total; only the first `before` changes can be of the same level.
fn put(levels: &mut smallvec::SmallVec<[LevelChange; 2]>, before: usize, change: LevelChange) {
    let same = |earlier: &&mut LevelChange| earlier.price == change.price && earlier.side == change.side;
    match levels[..before].iter_mut().find(same) {
        Some(earlier) => earlier.qty = change.qty,
        None => levels.push(change),
    }
}
