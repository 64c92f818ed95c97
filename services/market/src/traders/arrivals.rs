//! When traders act: a self-exciting point process (Hawkes 1971) with an exponential kernel.

use crate::random::Random;

/// The mean number of actions that an action brings about. Measured on tapes: 0.5 to nearly 1 (Filimonov & Sornette
/// 2012).
const BRANCHING: f64 = 0.6;

/// How fast excitement decays, per second.
const DECAY: f64 = 1.5;

/// The most excitement, in multiples of the calm rate: bounds the burst after a burst.
const EXCITATION_MAX: f64 = 25.0;

/// The arrivals of one instrument.
#[derive(Clone, Debug)]
pub(crate) struct Arrivals {
    /// The rate that excitement adds, per second.
    excitation: f64,
    excitation_max: f64,
}

impl Arrivals {
    /// In its mean state, at a calm rate per second.
    pub(crate) fn new(calm_rate: f64) -> Self {
        Self { excitation: calm_rate * BRANCHING, excitation_max: calm_rate * EXCITATION_MAX }
    }

    /// Microseconds to the next action, at least one, if `rate` per second is the mean rate now; the base rate is held
    /// until then.
    ///
    /// Exact, without thinning (Dassios & Zhao 2013): the earlier of the first arrival of the base rate and the first
    /// one of the decaying excitement, which may never come.
    pub(crate) fn next_micros(&mut self, rate: f64, random: &mut Random) -> u64 {
        let base = rate * (1.0 - BRANCHING);
        let calm = -libm::log(random.unit()) / base;
        let decayed = 1.0 + DECAY * libm::log(random.unit()) / self.excitation;
        let excited = if decayed > 0.0 { -libm::log(decayed) / DECAY } else { f64::INFINITY };
        let seconds = calm.min(excited);
        let left = if excited < calm { decayed } else { libm::exp(-DECAY * seconds) };
        self.excitation = (self.excitation * left + BRANCHING * DECAY).min(self.excitation_max);
        micros(seconds)
    }
}

/// Whole microseconds, at least one and at most an hour.
#[allow(clippy::cast_sign_loss, reason = "it is at least 1")]
fn micros(seconds: f64) -> u64 {
    (seconds * 1e6).clamp(1.0, 3.6e9) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_rate_holds_and_counts_cluster() {
        let (mut arrivals, mut random) = (Arrivals::new(50.0), Random::new(1));
        let (mut at, mut counts) = (0, vec![0_u32; 4_000]);
        while let Some(count) = counts.get_mut((at / 1_000_000) as usize) {
            *count += 1;
            at += arrivals.next_micros(50.0, &mut random);
        }
        let mean = counts.iter().sum::<u32>() as f64 / counts.len() as f64;
        let variance =
            counts.iter().map(|c| (f64::from(*c) - mean).powi(2)).sum::<f64>() / counts.len() as f64;
        assert!((45.0..55.0).contains(&mean), "{mean}");
        assert!(variance / mean > 1.5, "a Poisson process has 1: {}", variance / mean);
    }
}
