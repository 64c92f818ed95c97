//! The book of price levels (L2): applied to and proved right in the server, the browser and every client test.

use crate::{Bbo, BookDelta, Instrument, Level, LevelChange, Price, Side};

/// How many levels of each side the checksum covers.
pub const CHECKSUM_DEPTH: usize = 10;

/// Bids and asks as price levels.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Book {
    /// Ascending: the best bid is the last.
    bids: Vec<Level>,
    /// Descending: the best ask is the last. Changes cluster at the best, so they move few levels.
    asks: Vec<Level>,
}

impl Book {
    /// Sets the levels of a delta.
    pub fn apply(&mut self, delta: &BookDelta) {
        for change in &delta.levels {
            self.set(*change);
        }
    }

    /// Sets the total of one level; zero removes it, and removing what is not there changes nothing.
    pub fn set(&mut self, change: LevelChange) {
        let levels = match change.side {
            Side::Buy => &mut self.bids,
            Side::Sell => &mut self.asks,
        };
        match position(levels, change.side, change.price) {
            Ok(at) if change.qty.is_zero() => {
                levels.remove(at);
            }
            Ok(at) => levels[at].qty = change.qty,
            Err(_) if change.qty.is_zero() => {}
            Err(at) => levels.insert(at, Level { price: change.price, qty: change.qty }),
        }
    }

    /// Removes all levels.
    pub fn clear(&mut self) {
        self.bids.clear();
        self.asks.clear();
    }

    /// The levels of a side, best first.
    pub fn side(&self, side: Side) -> impl DoubleEndedIterator<Item = Level> + ExactSizeIterator + '_ {
        match side {
            Side::Buy => self.bids.iter(),
            Side::Sell => self.asks.iter(),
        }
        .rev()
        .copied()
    }

    /// The `n`th best level of a side, from 0.
    #[must_use]
    pub fn level(&self, side: Side, n: usize) -> Option<Level> {
        let levels = self.levels(side);
        levels.len().checked_sub(n + 1).map(|at| levels[at])
    }

    /// How many levels of the side are better than `price`, and whether there is one at it.
    #[must_use]
    pub fn rank(&self, side: Side, price: Price) -> (usize, bool) {
        let levels = self.levels(side);
        match position(levels, side, price) {
            Ok(at) => (levels.len() - at - 1, true),
            Err(at) => (levels.len() - at, false),
        }
    }

    /// The best of both sides.
    #[must_use]
    pub fn bbo(&self) -> Bbo {
        Bbo { bid: self.level(Side::Buy, 0), ask: self.level(Side::Sell, 0) }
    }

    /// Whether the best bid is at or above the best ask: never true of a book that follows its stream.
    #[must_use]
    pub fn is_crossed(&self) -> bool {
        matches!(self.bbo(), Bbo { bid: Some(bid), ask: Some(ask) } if bid.price >= ask.price)
    }

    /// CRC-32 (ISO-HDLC, as in zip and PNG) of [`Book::checksum_text`].
    #[must_use]
    pub fn checksum(&self, instrument: &Instrument) -> u32 {
        crc32fast::hash(&self.checksum_text(instrument))
    }

    /// What the checksum is taken of: the top [`CHECKSUM_DEPTH`] bids, best first, as `price:qty` with commas between
    /// them, a `|`, and the asks in the same way. Prices and quantities are the strings of the wire.
    #[must_use]
    pub fn checksum_text(&self, instrument: &Instrument) -> Vec<u8> {
        let mut text = Vec::with_capacity(CHECKSUM_DEPTH * 2 * 24);
        write_levels(&mut text, instrument, self.side(Side::Buy));
        text.push(b'|');
        write_levels(&mut text, instrument, self.side(Side::Sell));
        text
    }

    /// What turns this book into `target`.
    #[must_use]
    pub fn delta_to(&self, target: &Self) -> BookDelta {
        let mut delta = BookDelta::default();
        for side in [Side::Buy, Side::Sell] {
            diff_side(side, self.levels(side), target.levels(side), &mut delta);
        }
        delta
    }

    fn levels(&self, side: Side) -> &[Level] {
        match side {
            Side::Buy => &self.bids,
            Side::Sell => &self.asks,
        }
    }
}

/// Where `price` stands or belongs in a side sorted with its best last.
fn position(levels: &[Level], side: Side, price: Price) -> Result<usize, usize> {
    match side {
        Side::Buy => levels.binary_search_by(|level| level.price.cmp(&price)),
        Side::Sell => levels.binary_search_by(|level| price.cmp(&level.price)),
    }
}

fn write_levels(text: &mut Vec<u8>, instrument: &Instrument, levels: impl Iterator<Item = Level>) {
    for (n, level) in levels.take(CHECKSUM_DEPTH).enumerate() {
        if n > 0 {
            text.push(b',');
        }
        instrument.price_decimal(level.price).write_to(text);
        text.push(b':');
        instrument.qty_decimal(level.qty).write_to(text);
    }
}

fn diff_side(side: Side, from: &[Level], to: &[Level], delta: &mut BookDelta) {
    for level in from {
        if position(to, side, level.price).is_err() {
            delta.levels.push(LevelChange { side, price: level.price, qty: crate::Qty::ZERO });
        }
    }
    for level in to {
        let same = position(from, side, level.price).is_ok_and(|at| from[at].qty == level.qty);
        if !same {
            delta.levels.push(LevelChange { side, price: level.price, qty: level.qty });
        }
    }
}
