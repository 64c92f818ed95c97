//! Randomness: stateless hashes for what any moment must know, a specified stream for what happens in order.

use rand::Rng as _;
use rand::SeedableRng as _;
use rand_xoshiro::Xoshiro256PlusPlus;

/// 2^64 divided by the golden ratio, the step of splitmix64.
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// 2^-52: the distance of two neighbours on the grid of [`unit`].
const UNIT_STEP: f64 = 1.0 / (1u64 << 52) as f64;

/// A hash of two numbers: the finaliser of splitmix64 (Steele, Lea & Flood 2014) over a Weyl step.
#[must_use]
pub(crate) const fn mix(key: u64, n: u64) -> u64 {
    let mut z = key.wrapping_add(n.wrapping_add(1).wrapping_mul(GOLDEN));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A 64-bit FNV-1a hash: small, and specified for ever.
#[must_use]
pub(crate) fn fnv1a(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

/// A number above 0 and below 1 out of 64 random bits.
#[must_use]
pub(crate) const fn unit(bits: u64) -> f64 {
    ((bits >> 12) as f64 + 0.5) * UNIT_STEP
}

/// Two independent standard normal numbers out of a hash, by the formula of Box and Muller (1958).
#[must_use]
pub(crate) fn normal_pair(hash: u64) -> (f64, f64) {
    let radius = (-2.0 * libm::log(unit(hash))).sqrt();
    let (sin, cos) = libm::sincos(std::f64::consts::TAU * unit(mix(hash, 0)));
    (radius * cos, radius * sin)
}

/// A stream of random numbers: xoshiro256++ (Blackman & Vigna 2019), the same on every machine.
#[derive(Clone, Debug)]
pub(crate) struct Random(Xoshiro256PlusPlus);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Xoshiro256PlusPlus::seed_from_u64(seed))
    }

    /// 64 random bits.
    pub(crate) fn bits(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// Above 0 and below 1.
    pub(crate) fn unit(&mut self) -> f64 {
        unit(self.bits())
    }

    /// Below `n`, by Lemire's multiplication; its bias of n / 2^32 is no matter here.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        (((self.bits() >> 32) * n as u64) >> 32) as usize
    }

    pub(crate) fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// A standard normal number.
    pub(crate) fn normal(&mut self) -> f64 {
        normal_pair(self.bits()).0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_and_streams_are_the_specified_ones() {
        assert_eq!(mix(0, 0), 0xe220_a839_7b1d_cdaf, "the first output of splitmix64 seeded with 0");
        assert_eq!(fnv1a(b"a"), 0xaf63_dc4c_8601_ec8c, "the published test vector");
    }

    #[test]
    fn normals_are_normal() {
        let n = 100_000_u64;
        let (mut sum, mut squares, mut fourths) = (0.0, 0.0, 0.0);
        for (a, b) in (0..n).map(|i| normal_pair(mix(7, i))) {
            sum += a + b;
            squares += a * a + b * b;
            fourths += a * a * a * a + b * b * b * b;
        }
        let count = 2.0 * n as f64;
        assert!((sum / count).abs() < 0.01, "mean {}", sum / count);
        assert!((squares / count - 1.0).abs() < 0.02, "variance {}", squares / count);
        assert!((fourths / count - 3.0).abs() < 0.1, "kurtosis {}", fourths / count);
    }
}
