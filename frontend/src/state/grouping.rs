//! Price levels in steps of several ticks. Bids are rounded down and asks up, so grouped sides never cross.

use std::iter;

use market::{Level, Price, Qty, Side};

/// The steps that are offered: up to a five-hundredth of the price, beyond which a side is a rung or two.
const STEPS_OF_PRICE_MIN: i64 = 500;
/// And so many at most.
const STEPS_MAX: usize = 10;

/// Steps in ticks: 1, 2, 5, 10, 20, 50 and so on, as far as they make sense at this price.
pub(crate) fn steps(price: Price) -> Vec<i64> {
    let decades = iter::successors(Some(1i64), |decade| decade.checked_mul(10));
    let all = decades.flat_map(|decade| [1, 2, 5].map(|digit| digit * decade));
    all.take_while(|step| *step == 1 || step.saturating_mul(STEPS_OF_PRICE_MIN) <= price.0)
        .take(STEPS_MAX)
        .collect()
}

/// The group of a price: a multiple of `step` that is no better than it.
fn group(side: Side, price: Price, step: i64) -> Price {
    let floor = |ticks: i64| ticks.div_euclid(step) * step;
    match side {
        Side::Buy => Price(floor(price.0)),
        Side::Sell => Price(-floor(-price.0)),
    }
}

/// Levels of one side, best first, as one level a group of `step` ticks.
pub(crate) fn grouped(
    levels: impl Iterator<Item = Level>,
    side: Side,
    step: i64,
) -> impl Iterator<Item = Level> {
    let mut levels = levels.peekable();
    iter::from_fn(move || {
        let first = levels.next()?;
        let price = group(side, first.price, step);
        let mut qty = first.qty.0;
        while let Some(level) = levels.next_if(|level| group(side, level.price, step) == price) {
            qty = qty.saturating_add(level.qty.0);
        }
        Some(Level { price, qty: Qty(qty) })
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn level((price, qty): (i64, u64)) -> Level {
        Level { price: Price(price), qty: Qty(qty) }
    }

    fn check(side: Side, step: i64, levels: &[(i64, u64)], expected: &[(i64, u64)]) {
        let groups: Vec<Level> = grouped(levels.iter().copied().map(level), side, step).collect();
        let expected: Vec<Level> = expected.iter().copied().map(level).collect();
        assert_eq!(groups, expected, "{side} {step} {levels:?}");
    }

    #[test]
    fn bids_go_down_and_asks_up() {
        check(Side::Buy, 10, &[(109, 1), (100, 2), (99, 4)], &[(100, 3), (90, 4)]);
        check(Side::Sell, 10, &[(101, 1), (110, 2), (111, 4)], &[(110, 3), (120, 4)]);
        check(Side::Buy, 1, &[(5, 1), (4, 2)], &[(5, 1), (4, 2)]);
        check(Side::Sell, 5, &[], &[]);
    }

    #[test]
    fn steps_grow_with_the_price() {
        for (price, expected) in [
            (100, &[1][..]),
            (4_832, &[1, 2, 5]),
            (20_000, &[1, 2, 5, 10, 20]),
            (555_110, &[1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000]),
            (i64::MAX, &[1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000]),
        ] {
            assert_eq!(steps(Price(price)), expected, "{price}");
        }
    }

    /// Any book will do: a generator that needs no crate (xorshift, Marsaglia 2003).
    fn random_levels(seed: u64) -> BTreeMap<i64, u64> {
        let mut state = seed * 0x9e37_79b9 + 1;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state >> 33
        };
        (0..next() % 80).map(|_| (i64::try_from(next() % 3_000).unwrap() + 1, next() % 1_000 + 1)).collect()
    }

    #[test]
    fn whatever_the_book_nothing_is_lost_and_no_group_is_better_than_its_levels() {
        for seed in 0..500 {
            let (all, step) = (random_levels(seed), [1, 2, 5, 10, 20, 50, 1_000][seed as usize % 7]);
            for side in [Side::Buy, Side::Sell] {
                let mut levels: Vec<Level> = all.iter().map(|(price, qty)| level((*price, *qty))).collect();
                if side == Side::Buy {
                    levels.reverse();
                }
                let mut expected: BTreeMap<i64, u64> = BTreeMap::new();
                for Level { price: Price(price), qty } in &levels {
                    let up = if side == Side::Sell { step - 1 } else { 0 };
                    *expected.entry((price + up) / step * step).or_default() += qty.0;
                }
                let groups: Vec<Level> = grouped(levels.into_iter(), side, step).collect();
                let found: BTreeMap<i64, u64> =
                    groups.iter().map(|level| (level.price.0, level.qty.0)).collect();
                assert_eq!(found, expected, "seed {seed}, step {step}, {side}");
                assert_eq!(groups.len(), found.len(), "each group once");
                let best_first = |pair: &[Level]| match side {
                    Side::Buy => pair[0].price > pair[1].price,
                    Side::Sell => pair[0].price < pair[1].price,
                };
                assert!(groups.windows(2).all(best_first), "seed {seed}");
            }
        }
    }
}
