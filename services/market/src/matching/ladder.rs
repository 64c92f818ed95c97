//! The price levels of one side: which prices there are, in order, and the queue of orders at each.

use super::slab::{NONE, Node, Orders};
use super::{Executions, Fill, OrderId, OwnerId, RejectReason};
use crate::{Level, LevelChange, Price, Qty, Side};

/// Levels whose memory [`Ladder::clear`] keeps: 24 bytes each, and 12 for their place in the order.
const LEVELS_KEPT_MAX: usize = 1 << 12;

/// One side of the book.
///
/// A level stays in its slot while it lives, so that an order can name it; what is sorted is the list of prices.
/// Most changes are near the best price, at the end of the list, where an insertion moves little.
#[derive(Clone, Debug)]
pub(super) struct Ladder {
    side: Side,
    /// The levels' prices, negated on the sell side: ascending, the best is the last.
    keys: Vec<i64>,
    /// The levels' slots, in the order of `keys`.
    slots: Vec<u32>,
    /// By slot.
    queues: Vec<Queue>,
    /// Slots that no level has.
    free: Vec<u32>,
}

/// A level: its price, the sum of its orders, and the ends of the list of them.
#[derive(Clone, Copy, Debug)]
struct Queue {
    price: Price,
    total: u64,
    first: u32,
    last: u32,
}

impl Ladder {
    pub(super) const fn new(side: Side) -> Self {
        Self { side, keys: Vec::new(), slots: Vec::new(), queues: Vec::new(), free: Vec::new() }
    }

    pub(super) const fn side(&self) -> Side {
        self.side
    }

    pub(super) fn len(&self) -> usize {
        self.keys.len()
    }

    pub(super) fn best(&self) -> Option<Level> {
        self.slots.last().map(|slot| self.queue(*slot).level())
    }

    /// The best price, if an order of the other side at `price` would trade with it.
    pub(super) fn crossed_by(&self, price: Price) -> Option<Price> {
        let best = *self.keys.last()?;
        (best >= self.key(price)).then(|| self.queue(self.slots[self.keys.len() - 1]).price)
    }

    /// The level at a price and its first order.
    pub(super) fn find(&self, price: Price) -> Option<(Level, u32)> {
        let at = self.position(self.key(price)).ok()?;
        Some(self.queue(self.slots[at]).level_and_first())
    }

    /// The levels and their first orders, best first.
    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = (Level, u32)> + ExactSizeIterator + '_ {
        self.slots.iter().rev().map(|slot| self.queue(*slot).level_and_first())
    }

    pub(super) fn price_of(&self, node: &Node) -> Price {
        self.queue(node.level).price
    }

    /// Puts an order at the back of its level and returns the level's new total.
    pub(super) fn push(
        &mut self,
        price: Price,
        qty: u64,
        owner: OwnerId,
        orders: &mut Orders,
    ) -> Result<(OrderId, Qty), RejectReason> {
        let slot = match self.position(self.key(price)) {
            Ok(at) => self.slots[at],
            Err(at) => self.open(at, price),
        };
        // Only a level that stood before can overflow: no empty one stays behind.
        let queue = &mut self.queues[slot as usize];
        let Some(total) = queue.total.checked_add(qty) else {
            return Err(RejectReason::LevelOverflow { price, total: Qty(queue.total), qty: Qty(qty) });
        };
        let id = orders.insert(self.side, slot, queue.last, qty, owner);
        if queue.first == NONE {
            queue.first = id.slot;
        }
        queue.last = id.slot;
        queue.total = total;
        Ok((id, Qty(total)))
    }

    /// Mends the level of an order that was cancelled, and says what is left of the level.
    pub(super) fn unlink(&mut self, node: &Node) -> Level {
        let queue = &mut self.queues[node.level as usize];
        queue.total -= node.qty;
        if node.prev == NONE {
            queue.first = node.next;
        }
        if node.next == NONE {
            queue.last = node.prev;
        }
        let level = queue.level();
        if level.qty.is_zero() {
            self.close(level.price);
        }
        level
    }

    /// Trades up to `qty` at `limit` or better and returns what is left of it.
    pub(super) fn take(
        &mut self,
        qty: u64,
        limit: Option<Price>,
        orders: &mut Orders,
        out: &mut Executions,
    ) -> u64 {
        let limit = limit.map_or(i64::MIN, |price| self.key(price));
        let mut left = qty;
        while left > 0
            && let (Some(&key), Some(&slot)) = (self.keys.last(), self.slots.last())
            && key >= limit
        {
            let queue = &mut self.queues[slot as usize];
            left = queue.trade(left, self.side.opposite(), orders, out);
            out.delta.levels.push(LevelChange { side: self.side, price: queue.price, qty: Qty(queue.total) });
            if queue.total == 0 {
                self.keys.pop();
                self.slots.pop();
                self.free.push(slot);
            }
        }
        left
    }

    /// Forgets all levels; the orders are the caller's to free.
    pub(super) fn clear(&mut self) {
        self.keys.clear();
        self.slots.clear();
        self.queues.clear();
        self.free.clear();
        self.keys.shrink_to(LEVELS_KEPT_MAX);
        self.slots.shrink_to(LEVELS_KEPT_MAX);
        self.queues.shrink_to(LEVELS_KEPT_MAX);
        self.free.shrink_to(LEVELS_KEPT_MAX);
    }

    fn queue(&self, slot: u32) -> &Queue {
        &self.queues[slot as usize]
    }

    const fn key(&self, price: Price) -> i64 {
        match self.side {
            Side::Buy => price.0,
            // No order has the one price that has no negative; a question may.
            Side::Sell => price.0.saturating_neg(),
        }
    }

    /// Where `key` stands or belongs in `keys`.
    fn position(&self, key: i64) -> Result<usize, usize> {
        let Some((&best, worse)) = self.keys.split_last() else {
            return Err(0);
        };
        if key > best {
            return Err(self.keys.len());
        }
        // Of whole ticks, at most so many are better: without gaps in the prices, this is the place.
        let better_max = usize::try_from(best.abs_diff(key)).unwrap_or(usize::MAX);
        let from = worse.len().saturating_sub(better_max);
        if self.keys[from] == key {
            return Ok(from);
        }
        self.keys[from..].binary_search(&key).map(|at| from + at).map_err(|at| from + at)
    }

    fn open(&mut self, at: usize, price: Price) -> u32 {
        let queue = Queue { price, total: 0, first: NONE, last: NONE };
        let slot = if let Some(slot) = self.free.pop() {
            self.queues[slot as usize] = queue;
            slot
        } else {
            self.queues.push(queue);
            u32::try_from(self.queues.len() - 1).expect("a level has an order, and those are far below 2^32")
        };
        self.keys.insert(at, self.key(price));
        self.slots.insert(at, slot);
        slot
    }

    fn close(&mut self, price: Price) {
        if let Ok(at) = self.position(self.key(price)) {
            self.keys.remove(at);
            self.free.push(self.slots.remove(at));
        }
    }
}

impl Queue {
    /// Trades up to `qty`, first come, first served, and returns what is left of it.
    fn trade(&mut self, qty: u64, taker: Side, orders: &mut Orders, out: &mut Executions) -> u64 {
        let mut left = qty;
        while left > 0 && self.first != NONE {
            let (maker, node, traded) = orders.fill(self.first, left);
            left -= traded;
            self.total -= traded;
            out.trades.push(Fill {
                maker,
                maker_owner: node.owner,
                maker_left: Qty(node.qty),
                price: self.price,
                qty: Qty(traded),
                taker,
            });
            if node.qty == 0 {
                self.first = node.next;
            }
        }
        left
    }

    const fn level(&self) -> Level {
        Level { price: self.price, qty: Qty(self.total) }
    }

    const fn level_and_first(&self) -> (Level, u32) {
        (self.level(), self.first)
    }
}
