//! The tape as it is read: trades of the same moment, side and price as one, small ones left out, large ones marked.

use market::{Decimal, Side};
use protocol::Trade;

use super::order::sorted;
use super::tape::Entry;

/// A trade larger than this share of the recent ones is large, in thousandths.
const LARGE_PERMILLE: usize = 900;
/// And this large is huge.
const HUGE_PERMILLE: usize = 980;

/// How the person wants to read the tape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reading {
    /// Trades of the same moment, side and price are one line.
    pub(crate) merged: bool,
    /// Lines of less than this are left out.
    pub(crate) qty_min: Option<Decimal>,
}

impl Default for Reading {
    fn default() -> Self {
        Self { merged: true, qty_min: None }
    }
}

/// Where trades are one by one.
const SINGLE: &str = "single";
/// Before the least quantity.
const FROM: &str = "from-";

impl Reading {
    /// In words that settings keep: `single from-0.5`.
    pub(crate) fn words(self) -> String {
        let single = (!self.merged).then(|| SINGLE.to_owned());
        let from = self.qty_min.map(|qty| format!("{FROM}{qty}"));
        single.into_iter().chain(from).collect::<Vec<_>>().join(" ")
    }

    /// What can be read of them.
    pub(crate) fn parse(words: &str) -> Self {
        let mut reading = Self::default();
        for word in words.split_ascii_whitespace() {
            match word.strip_prefix(FROM) {
                Some(qty) => reading.qty_min = qty.parse().ok(),
                None if word == SINGLE => reading.merged = false,
                None => {}
            }
        }
        reading
    }
}

/// A line of the tape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// Trades.
    Trades(Trades),
    /// So many trades that the server left out, because we were slow.
    Skipped(u64),
}

/// One trade, or several of the same moment, side and price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Trades {
    /// The latest one; its quantity is that of all.
    pub(crate) trade: Trade,
    /// How many.
    pub(crate) count: u32,
    /// How large among the recent ones.
    pub(crate) size: Size,
}

/// How large a trade is among the recent ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Size {
    /// Nine of ten.
    #[default]
    Usual,
    /// One of ten.
    Large,
    /// One of fifty.
    Huge,
}

impl Size {
    /// The class of its row.
    pub(crate) const fn class(self) -> &'static str {
        match self {
            Self::Usual => "",
            Self::Large => "large",
            Self::Huge => "huge",
        }
    }
}

/// From which quantity on a trade is large, and huge; all quantities of a symbol have the same digits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sizes {
    large: i128,
    huge: i128,
}

impl Sizes {
    /// Those of these entries, read in this way.
    pub(crate) fn of<'a>(newest: impl Iterator<Item = &'a Entry>, reading: Reading) -> Self {
        let all = Reading { qty_min: None, ..reading };
        let qty = |line| match line {
            Line::Trades(Trades { trade, .. }) => Some(trade.qty.mantissa),
            Line::Skipped(_) => None,
        };
        let sizes: Vec<i128> = lines(newest, all, Self::default()).filter_map(qty).collect();
        let sorted = sorted(&sizes);
        let at = |permille: usize| sorted.get(sorted.len() * permille / 1_000).copied().unwrap_or(i128::MAX);
        Self { large: at(LARGE_PERMILLE), huge: at(HUGE_PERMILLE) }
    }

    const fn of_qty(self, qty: Decimal) -> Size {
        match qty.mantissa {
            qty if qty >= self.huge => Size::Huge,
            qty if qty >= self.large => Size::Large,
            _ => Size::Usual,
        }
    }
}

/// The lines of the tape, newest first.
pub(crate) fn lines<'a>(
    newest: impl Iterator<Item = &'a Entry>,
    reading: Reading,
    sizes: Sizes,
) -> impl Iterator<Item = Line> {
    let mut newest = newest.peekable();
    let next = move || {
        let first = match newest.next()? {
            Entry::Skipped(count) => return Some(Line::Skipped(*count)),
            Entry::Trade(trade) => *trade,
        };
        let mut trades = Trades { trade: first, count: 1, size: Size::Usual };
        while let Some(Entry::Trade(trade)) = newest
            .next_if(|entry| reading.merged && matches!(entry, Entry::Trade(trade) if is_same(&first, trade)))
        {
            trades.trade.qty.mantissa += trade.qty.mantissa;
            trades.count += 1;
        }
        trades.size = sizes.of_qty(trades.trade.qty);
        Some(Line::Trades(trades))
    };
    std::iter::from_fn(next).filter(move |line| match (line, reading.qty_min) {
        (Line::Trades(trades), Some(least)) => is_at_least(trades.trade.qty, least),
        _ => true,
    })
}

fn is_same(one: &Trade, other: &Trade) -> bool {
    (one.ts, one.side, one.price) == (other.ts, other.side, other.price)
}

/// Compares exactly, whatever the digits.
fn is_at_least(qty: Decimal, least: Decimal) -> bool {
    let scale = qty.scale.max(least.scale);
    let at = |decimal: Decimal| decimal.rescale(scale).map_or(i128::MAX, |decimal| decimal.mantissa);
    at(qty) >= at(least)
}

/// The taker's side in a word.
pub(crate) const fn word(taker: Side) -> &'static str {
    match taker {
        Side::Buy => "Buy",
        Side::Sell => "Sell",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::fixture::trade;

    fn entry(id: u64, ts: u64, side: Side, price: i128, qty: i128) -> Entry {
        Entry::Trade(Trade {
            ts,
            side,
            price: Decimal::new(price, 2),
            qty: Decimal::new(qty, 1),
            ..trade(id)
        })
    }

    /// `id*count:qty` of each line.
    fn check(newest: &[Entry], reading: Reading, expected: &str) {
        let text = |line| match line {
            Line::Skipped(count) => format!("skipped {count}"),
            Line::Trades(Trades { trade, count, .. }) => format!("{}*{count}:{}", trade.id, trade.qty),
        };
        let lines: Vec<String> = lines(newest.iter(), reading, Sizes::default()).map(text).collect();
        assert_eq!(lines.join(", "), expected);
    }

    #[test]
    fn trades_of_a_moment_side_and_price_are_one_line() {
        let newest = [
            entry(9, 50, Side::Buy, 100, 5),
            entry(8, 50, Side::Buy, 100, 7),
            entry(7, 50, Side::Buy, 99, 1),
            entry(6, 50, Side::Sell, 99, 1),
            Entry::Skipped(12),
            entry(5, 50, Side::Sell, 99, 3),
            entry(4, 49, Side::Sell, 99, 4),
        ];
        let merged = Reading::default();
        check(&newest, merged, "9*2:1.2, 7*1:0.1, 6*1:0.1, skipped 12, 5*1:0.3, 4*1:0.4");
        let single = Reading { merged: false, ..merged };
        check(&newest, single, "9*1:0.5, 8*1:0.7, 7*1:0.1, 6*1:0.1, skipped 12, 5*1:0.3, 4*1:0.4");
        let large = Reading { qty_min: Some("0.40".parse().unwrap()), ..merged };
        check(&newest, large, "9*2:1.2, skipped 12, 4*1:0.4");
        let larger = Reading { qty_min: Some("0.401".parse().unwrap()), ..merged };
        check(&newest, larger, "9*2:1.2, skipped 12");
    }

    #[test]
    fn words_lead_back() {
        for words in ["", "single", "from-0.5", "single from-12"] {
            assert_eq!(Reading::parse(words).words(), words);
        }
        assert_eq!(Reading::parse("from-x nonsense"), Reading::default());
    }

    #[test]
    fn sizes_are_relative_to_the_recent_ones() {
        let newest: Vec<Entry> = (1..=100).map(|n| entry(n, n, Side::Buy, 100, i128::from(n))).collect();
        let sizes = Sizes::of(newest.iter(), Reading::default());
        let count = |size| {
            let is = |line: &Line| matches!(line, Line::Trades(trades) if trades.size == size);
            lines(newest.iter(), Reading::default(), sizes).filter(is).count()
        };
        assert_eq!([Size::Usual, Size::Large, Size::Huge].map(count), [90, 8, 2]);
        assert_eq!(Sizes::of([].iter(), Reading::default()).of_qty(Decimal::new(5, 0)), Size::Usual);
    }
}
