//! Seeded choices: splitmix64 (Steele, Lea, Flood 2014), as no choice here needs more.

use std::ops::Range;

use super::Blow;

/// A seeded sequence.
pub(super) struct Chance(u64);

impl Chance {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number of the range, which must not be empty.
    pub(super) const fn within(&mut self, range: Range<u64>) -> u64 {
        range.start + self.next() % (range.end - range.start)
    }

    /// Every other time a kill.
    pub(super) const fn blow(&mut self) -> Blow {
        match self.within(0..8) {
            0..4 => Blow::Kill,
            4..7 => Blow::Drain,
            _ => Blow::Freeze,
        }
    }

    const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sequence_is_that_of_the_paper() {
        let mut chance = Chance::new(1_234_567);
        assert_eq!([chance.next(), chance.next()], [6_457_827_717_110_365_317, 3_203_168_211_198_807_973]);
    }

    #[test]
    fn every_choice_comes() {
        let mut chance = Chance::new(1);
        let blows: Vec<_> = std::iter::repeat_with(|| chance.blow()).take(100).collect();
        assert!([Blow::Kill, Blow::Drain, Blow::Freeze].iter().all(|blow| blows.contains(blow)));
        assert!((0..100).all(|_| (3..7).contains(&chance.within(3..7))));
    }
}
