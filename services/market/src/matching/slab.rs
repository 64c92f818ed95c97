//! The orders of a book in one piece of memory; those of a level are linked in the order in which they came.

use super::{CancelError, OrderId, OwnerId};
use crate::Side;

/// Ends a linked list: no slot has this number.
pub(super) const NONE: u32 = u32::MAX;

/// Slots that [`Orders::clear`] keeps: 32 bytes each.
const SLOTS_KEPT_MAX: usize = 1 << 16;

/// A resting order, or a free slot (`qty` 0). Two of them to a cache line, none across two.
#[derive(Clone, Copy, Debug)]
#[repr(align(32))]
pub(super) struct Node {
    pub(super) qty: u64,
    /// Towards the front of the queue.
    pub(super) prev: u32,
    /// Towards the back of the queue; of a free slot, the next free one.
    pub(super) next: u32,
    /// The level's place in its ladder.
    pub(super) level: u32,
    pub(super) owner: OwnerId,
    /// How often the slot was used before.
    generation: u32,
    pub(super) side: Side,
}

/// All orders of a book, by slot.
#[derive(Clone, Debug)]
pub(super) struct Orders {
    nodes: Vec<Node>,
    /// The first of the free slots.
    free: u32,
    len: usize,
    /// The generation of a slot's first order.
    generation_min: u32,
}

impl Orders {
    pub(super) fn with_capacity(orders: usize) -> Self {
        Self { nodes: Vec::with_capacity(orders), free: NONE, len: 0, generation_min: 0 }
    }

    pub(super) const fn len(&self) -> usize {
        self.len
    }

    /// Puts an order behind `prev`, the last of its level.
    pub(super) fn insert(&mut self, side: Side, level: u32, prev: u32, qty: u64, owner: OwnerId) -> OrderId {
        let mut node = Node { qty, prev, next: NONE, level, owner, generation: self.generation_min, side };
        let slot = self.free;
        let id = if let Some(free) = self.nodes.get_mut(slot as usize) {
            node.generation = free.generation;
            self.free = free.next;
            *free = node;
            OrderId { slot, generation: node.generation }
        } else {
            let slot = u32::try_from(self.nodes.len()).expect("RESTING_ORDERS_MAX is far below 2^32");
            self.nodes.push(node);
            OrderId { slot, generation: node.generation }
        };
        self.len += 1;
        if let Some(before) = self.nodes.get_mut(prev as usize) {
            before.next = id.slot;
        }
        id
    }

    pub(super) fn get(&self, id: OrderId) -> Result<&Node, CancelError> {
        match self.nodes.get(id.slot()) {
            Some(node) if node.generation == id.generation && node.qty > 0 => Ok(node),
            Some(node) if node.generation > id.generation => Err(CancelError::Gone { id }),
            _ if id.generation < self.generation_min => Err(CancelError::Gone { id }),
            _ => Err(CancelError::Unknown { id }),
        }
    }

    /// Frees an order's slot and links its neighbours; the level is the caller's to mend.
    pub(super) fn take(&mut self, id: OrderId) -> Result<Node, CancelError> {
        let node = *self.get(id)?;
        self.release(id.slot);
        if let Some(before) = self.nodes.get_mut(node.prev as usize) {
            before.next = node.next;
        }
        if let Some(after) = self.nodes.get_mut(node.next as usize) {
            after.prev = node.prev;
        }
        Ok(node)
    }

    /// Trades up to `qty` with the order of a slot, the first of its level, and frees the slot if nothing is left.
    /// Returns the order as it is now, and how much traded.
    pub(super) fn fill(&mut self, slot: u32, qty: u64) -> (OrderId, Node, u64) {
        let node = &mut self.nodes[slot as usize];
        let traded = node.qty.min(qty);
        node.qty -= traded;
        let now = *node;
        if now.qty == 0 {
            self.release(slot);
            if let Some(after) = self.nodes.get_mut(now.next as usize) {
                after.prev = NONE;
            }
        }
        (OrderId { slot, generation: now.generation }, now, traded)
    }

    /// The orders from `first` to the back of its queue.
    pub(super) fn queue(&self, first: Option<u32>) -> impl Iterator<Item = (OrderId, &Node)> + '_ {
        let node = |slot: u32| self.nodes.get(slot as usize).map(|node| (slot, node));
        std::iter::successors(first.and_then(node), move |(_, at)| node(at.next))
            .map(|(slot, node)| (OrderId { slot, generation: node.generation }, node))
    }

    /// Forgets all orders. Generations go on above all those used, so that no id comes again.
    pub(super) fn clear(&mut self) {
        let used = self.nodes.iter().map(|node| node.generation).max();
        self.generation_min = used.map_or(self.generation_min, |generation| generation.saturating_add(1));
        self.nodes.clear();
        self.nodes.shrink_to(SLOTS_KEPT_MAX);
        self.free = NONE;
        self.len = 0;
    }

    fn release(&mut self, slot: u32) {
        let node = &mut self.nodes[slot as usize];
        node.qty = 0;
        self.len -= 1;
        // A slot whose generations are used up is never used again: 32 bytes lost in four billion orders.
        if let Some(generation) = node.generation.checked_add(1) {
            node.generation = generation;
            node.next = self.free;
            self.free = slot;
        }
    }
}
