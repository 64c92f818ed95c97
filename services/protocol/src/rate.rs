//! Rates: how often at most the events of a subscription come.

use std::fmt;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// How often at most; on the wire a number of Hertz. The default is no limit, written 0. There are 16 rates in the steps
/// 1, 2, 5 from 0.01 to 1,000 Hz: clients of one rate share what is sent at it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rate {
    /// 0: no limit.
    millihertz: u32,
}

/// The lowest and the highest rate, in Hertz.
pub(crate) const HZ_MIN: f64 = 0.01;
pub(crate) const HZ_MAX: f64 = 1_000.0;
/// How much lower than a rate a number may be and still mean it: 0.01 in 32 bits, as MessagePack may have it, is less.
const ROUNDING: f64 = 1e-6;
/// The rates, in thousandths of a Hertz.
const STEPS: [u32; 16] = [
    10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000,
    1_000_000,
];

impl Rate {
    /// As often as the server writes.
    pub const UNLIMITED: Self = Self { millihertz: 0 };

    /// The highest rate that is no more than so many Hertz: 0 for no limit, or 0.01 to 1,000.
    #[must_use]
    pub fn from_hz(hz: f64) -> Option<Self> {
        if hz.abs() == 0.0 {
            return Some(Self::UNLIMITED);
        }
        let hz = hz * (1.0 + ROUNDING);
        let fits = |step: &u32| f64::from(*step) / 1e3 <= hz;
        let is_in_range = (HZ_MIN..=HZ_MAX * (1.0 + ROUNDING)).contains(&hz);
        let millihertz = STEPS.into_iter().rfind(fits).filter(|_| is_in_range)?;
        Some(Self { millihertz })
    }

    /// The rate in Hertz; 0 for no limit.
    #[must_use]
    pub fn hz(self) -> f64 {
        f64::from(self.millihertz) / 1e3
    }

    /// The least time between two deliveries, in microseconds; 0 for no limit.
    #[must_use]
    pub const fn interval_micros(self) -> u64 {
        match self.millihertz {
            0 => 0,
            millihertz => 1_000_000_000 / millihertz as u64,
        }
    }
}

impl Serialize for Rate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.millihertz.is_multiple_of(1_000) {
            serializer.serialize_u32(self.millihertz / 1_000)
        } else {
            serializer.serialize_f64(self.hz())
        }
    }
}

impl<'de> Deserialize<'de> for Rate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Hertz)
    }
}

struct Hertz;

impl Visitor<'_> for Hertz {
    type Value = Rate;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "max_hz: 0 (no limit) or a number from {HZ_MIN} to {HZ_MAX}")
    }

    fn visit_u64<E: de::Error>(self, hz: u64) -> Result<Rate, E> {
        match u32::try_from(hz) {
            Ok(hz) => self.visit_f64(hz.into()),
            Err(_) => Err(E::invalid_value(de::Unexpected::Unsigned(hz), &self)),
        }
    }

    fn visit_i64<E: de::Error>(self, hz: i64) -> Result<Rate, E> {
        match u64::try_from(hz) {
            Ok(hz) => self.visit_u64(hz),
            Err(_) => Err(E::invalid_value(de::Unexpected::Signed(hz), &self)),
        }
    }

    fn visit_f64<E: de::Error>(self, hz: f64) -> Result<Rate, E> {
        Rate::from_hz(hz).ok_or_else(|| E::invalid_value(de::Unexpected::Float(hz), &self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(json: &str, interval_micros: u64) {
        let rate: Rate = serde_json::from_str(json).unwrap();
        assert_eq!(rate.interval_micros(), interval_micros, "{json}");
        assert_eq!(serde_json::to_string(&rate).unwrap(), json);
    }

    #[test]
    fn rates_are_numbers() {
        check("0", 0);
        check("1", 1_000_000);
        check("0.5", 2_000_000);
        check("0.01", 100_000_000);
        check("1000", 1_000);
    }

    #[test]
    fn rates_are_rounded_down() {
        for (hz, expected) in [(2.5, 2.0), (0.019, 0.01), (999.0, 500.0), (0.05, 0.05)] {
            let rate = Rate::from_hz(hz).unwrap();
            assert!((rate.hz() - expected).abs() < 1e-9, "{hz}: {rate:?}");
        }
    }

    #[test]
    fn a_rate_in_32_bits_is_the_same() {
        for step in STEPS {
            let hz = f64::from(step) / 1e3;
            #[allow(clippy::cast_possible_truncation, reason = "that is what is tried")]
            let short = f64::from(hz as f32);
            assert_eq!(Rate::from_hz(short), Rate::from_hz(hz), "{short}");
            assert!((Rate::from_hz(hz).unwrap().hz() - hz).abs() < 1e-9, "{hz}");
        }
    }

    #[test]
    fn what_is_no_rate_is_refused() {
        for json in ["-1", "0.001", "1001", "5000000000", "\"1\"", "null", "1e400"] {
            assert!(serde_json::from_str::<Rate>(json).is_err(), "{json}");
        }
        assert_eq!(Rate::from_hz(f64::NAN), None);
    }
}
