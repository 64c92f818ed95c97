//! Which streams a client takes: a seeded mix.

use protocol::{Channel, StreamName, StreamPattern};
use rand::RngExt as _;
use rand::seq::IndexedRandom as _;
use rand_xoshiro::Xoshiro256PlusPlus;

use super::catalogue::Catalogue;

/// Channels of all symbols at most.
const WHOLE_MAX: usize = 2;
/// Single streams at most.
const SINGLE_MAX: usize = 8;

/// A few channels of all symbols and a few single streams, at least one of them.
pub(crate) fn mix(catalogue: &Catalogue, rng: &mut Xoshiro256PlusPlus) -> Vec<StreamPattern> {
    let whole = rng.random_range(0..=WHOLE_MAX);
    let single = rng.random_range(1..=SINGLE_MAX);
    let mut patterns = Vec::new();
    for _ in 0..whole {
        patterns.extend(Channel::ALL.choose(rng).copied().map(StreamPattern::All));
    }
    for _ in 0..single {
        let (Some(channel), Some(info)) = (Channel::ALL.choose(rng), catalogue.instruments.choose(rng))
        else {
            continue;
        };
        patterns.push(StreamPattern::One(StreamName { channel: *channel, symbol: info.symbol.clone() }));
    }
    patterns
}

#[cfg(test)]
mod tests {
    use super::super::catalogue::catalogue;
    use super::*;
    use rand::SeedableRng as _;
    use std::collections::BTreeSet;

    #[test]
    fn together_clients_take_everything_and_each_takes_something() {
        let catalogue = catalogue(&["A", "B", "C"]);
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
        let mut taken = BTreeSet::new();
        for _ in 0..100 {
            let patterns = mix(&catalogue, &mut rng);
            assert!(!patterns.is_empty() && patterns.len() <= WHOLE_MAX + SINGLE_MAX);
            taken.extend(patterns.iter().flat_map(|pattern| catalogue.expand(pattern)));
        }
        assert_eq!(taken.len(), catalogue.streams());
    }
}
