//! How long to wait before the next attempt to connect: exponential, with full jitter.

use std::time::Duration;

use rand::RngExt as _;
use rand_xoshiro::Xoshiro256PlusPlus;

/// The longest pause before the second attempt.
const FIRST_MAX: Duration = Duration::from_millis(100);
/// The longest pause of all.
const PAUSE_MAX: Duration = Duration::from_secs(5);

/// The attempts in a row that failed.
#[derive(Debug, Default)]
pub(crate) struct Backoff {
    failed: u32,
}

impl Backoff {
    /// The connection is of use: the next pause is short again.
    pub(crate) fn reset(&mut self) {
        self.failed = 0;
    }

    /// The pause before the next attempt: anything from nothing to a ceiling that doubles with each failure.
    pub(crate) fn pause(&mut self, rng: &mut Xoshiro256PlusPlus) -> Duration {
        let ceiling = FIRST_MAX.saturating_mul(1 << self.failed.min(16)).min(PAUSE_MAX);
        self.failed += 1;
        ceiling.mul_f64(rng.random_range(0.0..=1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng as _;

    #[test]
    fn pauses_grow_up_to_a_ceiling_and_are_all_different() {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
        let mut backoff = Backoff::default();
        let mut ceiling = FIRST_MAX;
        let mut pauses = Vec::new();
        for _ in 0..100 {
            let pause = backoff.pause(&mut rng);
            assert!(pause <= ceiling, "{pause:?} of {ceiling:?}");
            ceiling = (ceiling * 2).min(PAUSE_MAX);
            pauses.push(pause);
        }
        pauses.sort();
        pauses.dedup();
        assert_eq!(pauses.len(), 100);
        assert!(*pauses.last().unwrap() > PAUSE_MAX / 2);
        backoff.reset();
        assert!(backoff.pause(&mut rng) <= FIRST_MAX);
    }
}
