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

#[cfg(test)]
mod tests {
    use proptest::prelude::{Strategy, prop_assert, prop_assert_eq, prop_oneof, proptest};

    use super::*;
    use crate::{InstrumentKind, Qty};
    use Side::{Buy, Sell};

    fn book(levels: &[(Side, i64, u64)]) -> Book {
        let mut book = Book::default();
        for &(side, price, qty) in levels {
            book.set(LevelChange { side, price: Price(price), qty: Qty(qty) });
        }
        book
    }

    fn instrument() -> Instrument {
        Instrument {
            symbol: "BTC-USDT".into(),
            kind: InstrumentKind::Crypto,
            tick_size: "0.05".parse().unwrap(),
            lot_size: "0.001".parse().unwrap(),
        }
    }

    fn side(book: &Book, side: Side) -> Vec<(i64, u64)> {
        book.side(side).map(|level| (level.price.0, level.qty.0)).collect()
    }

    #[test]
    fn levels_stand_best_first() {
        let mut two =
            book(&[(Buy, 99, 1), (Sell, 105, 2), (Buy, 101, 3), (Sell, 103, 4), (Buy, 100, 5), (Buy, 99, 6)]);
        assert_eq!(side(&two, Buy), [(101, 3), (100, 5), (99, 6)]);
        assert_eq!(side(&two, Sell), [(103, 4), (105, 2)]);
        assert_eq!(two.level(Buy, 1), Some(Level { price: Price(100), qty: Qty(5) }));
        assert_eq!(two.level(Sell, 2), None);
        assert_eq!((two.bbo().bid, two.bbo().ask), (two.level(Buy, 0), two.level(Sell, 0)));
        two.clear();
        assert_eq!(two, Book::default());
        assert_eq!(two.bbo(), Bbo::default());
    }

    #[test]
    fn a_total_of_zero_removes_a_level_and_may_come_twice() {
        let gone = book(&[(Buy, 99, 1), (Buy, 98, 2), (Buy, 99, 0), (Buy, 99, 0), (Sell, 99, 0)]);
        assert_eq!(gone, book(&[(Buy, 98, 2)]));
    }

    #[test]
    fn rank_counts_the_better_levels() {
        let book = book(&[(Buy, 99, 1), (Buy, 97, 1), (Sell, 101, 1), (Sell, 103, 1)]);
        for (side, price, expected) in [
            (Buy, 100, (0, false)),
            (Buy, 99, (0, true)),
            (Buy, 98, (1, false)),
            (Buy, 97, (1, true)),
            (Buy, 1, (2, false)),
            (Sell, 100, (0, false)),
            (Sell, 101, (0, true)),
            (Sell, 102, (1, false)),
            (Sell, 103, (1, true)),
            (Sell, 999, (2, false)),
        ] {
            assert_eq!(book.rank(side, Price(price)), expected, "{side} {price}");
        }
    }

    #[test]
    fn a_book_is_crossed_when_its_best_prices_meet() {
        for (levels, crossed) in [
            (vec![], false),
            (vec![(Buy, 100, 1)], false),
            (vec![(Buy, 100, 1), (Sell, 101, 1)], false),
            (vec![(Buy, 100, 1), (Sell, 100, 1)], true),
            (vec![(Buy, 100, 1), (Sell, 105, 1), (Sell, 99, 1)], true),
        ] {
            assert_eq!(book(&levels).is_crossed(), crossed, "{levels:?}");
        }
    }

    #[test]
    fn the_checksum_is_of_the_top_levels_as_the_wire_shows_them() {
        let check = |book: &Book, text: &str, checksum: u32| {
            assert_eq!(String::from_utf8(book.checksum_text(&instrument())).unwrap(), text);
            assert_eq!(book.checksum(&instrument()), checksum, "{text}");
        };
        check(&Book::default(), "|", 0x8bb1_d29a);
        let both = book(&[(Buy, 1_280_001, 1_500), (Buy, 1_280_000, 1), (Sell, 1_280_003, 25)]);
        check(&both, "64000.05:1.500,64000.00:0.001|64000.15:0.025", 0x6ddc_9746);
        let deep: Vec<_> = (1..=12).map(|price| (Sell, price, 1_000)).collect();
        let text = "|0.05:1.000,0.10:1.000,0.15:1.000,0.20:1.000,0.25:1.000,\
                    0.30:1.000,0.35:1.000,0.40:1.000,0.45:1.000,0.50:1.000";
        check(&book(&deep), text, 0xcff3_0cdc);
    }

    fn books() -> impl Strategy<Value = Book> {
        let side = prop_oneof![proptest::strategy::Just(Buy), proptest::strategy::Just(Sell)];
        proptest::collection::vec((side, 1..40_i64, 0..5_u64), 0..60).prop_map(|levels| book(&levels))
    }

    proptest! {
        #[test]
        fn the_delta_between_two_books_turns_one_into_the_other(from in books(), to in books()) {
            let delta = from.delta_to(&to);
            let mut turned = from;
            turned.apply(&delta);
            prop_assert_eq!(&turned, &to);
            prop_assert!(turned.delta_to(&to).levels.is_empty());
            let mut named: Vec<_> = delta.levels.iter().map(|change| (change.side, change.price)).collect();
            named.sort();
            named.dedup();
            prop_assert_eq!(named.len(), delta.levels.len(), "each level at most once");
        }

        #[test]
        fn a_book_is_a_map_from_price_to_total(changes in proptest::collection::vec((0..2_u8, 1..30_i64, 0..4_u64), 0..90)) {
            let changes: Vec<_> = changes.into_iter().map(|(n, price, qty)| ([Buy, Sell][usize::from(n)], price, qty)).collect();
            let book = book(&changes);
            for of in [Buy, Sell] {
                let mut map = std::collections::BTreeMap::new();
                for &(_, price, qty) in changes.iter().filter(|change| change.0 == of) {
                    map.insert(price, qty);
                }
                let mut expected: Vec<_> = map.into_iter().filter(|(_, qty)| *qty > 0).collect();
                if of == Buy {
                    expected.reverse();
                }
                for (n, (price, _)) in expected.iter().enumerate() {
                    prop_assert_eq!(book.rank(of, Price(*price)), (n, true));
                }
                prop_assert_eq!(side(&book, of), expected);
            }
        }
    }
}
