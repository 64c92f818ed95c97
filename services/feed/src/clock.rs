//! Market time and the server's clock.

use market::Ts;

/// The slowest market time, as a multiple of the server's clock.
pub const SPEED_MIN: f64 = 0.01;

/// The fastest market time, as a multiple of the server's clock.
pub const SPEED_MAX: f64 = 1_000.0;

/// The moment at which market time and server clock show the same, for sources that every replica makes alike:
/// 2026-01-01T00:00:00Z. A constant, so that replicas that run faster or slower than the clock agree.
pub const FIXED_ANCHOR: Ts = Ts(1_767_225_600 * Ts::SECOND);

/// How market time follows the server's clock: `market = anchor + (wall - anchor) * speed`, rounded down to whole
/// microseconds. At speed 1 both are the same.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MarketClock {
    speed: f64,
    anchor: Ts,
}

/// A clock can't run at this speed.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("speed {speed}: expected a number from {SPEED_MIN} to {SPEED_MAX}, 1 for real time")]
pub struct ClockError {
    speed: f64,
}

impl MarketClock {
    /// Market time is the server's clock.
    pub const REAL_TIME: Self = Self { speed: 1.0, anchor: FIXED_ANCHOR };

    /// A clock that shows the same as the server's at `anchor` and runs `speed` times as fast.
    ///
    /// # Errors
    /// When the speed is not a number from [`SPEED_MIN`] to [`SPEED_MAX`].
    pub fn new(speed: f64, anchor: Ts) -> Result<Self, ClockError> {
        if (SPEED_MIN..=SPEED_MAX).contains(&speed) {
            Ok(Self { speed, anchor })
        } else {
            Err(ClockError { speed })
        }
    }

    /// How many times faster than the server's clock market time runs.
    #[must_use]
    pub const fn speed(&self) -> f64 {
        self.speed
    }

    /// The moment at which both show the same.
    #[must_use]
    pub const fn anchor(&self) -> Ts {
        self.anchor
    }

    /// The market time at `wall`. Monotone; saturates at both ends of time.
    #[must_use]
    pub fn market(&self, wall: Ts) -> Ts {
        if self.is_real_time() {
            return wall;
        }
        if wall >= self.anchor {
            self.anchor.plus(scaled(wall.since(self.anchor), self.speed, f64::floor))
        } else {
            Ts(self.anchor.0.saturating_sub(scaled(self.anchor.since(wall), self.speed, f64::ceil)))
        }
    }

    /// The first moment of the server's clock at which market time has reached `market`.
    #[must_use]
    pub fn wall(&self, market: Ts) -> Ts {
        if self.is_real_time() {
            return market;
        }
        // `market()` is monotone: halving finds the exact inverse, rounding included, in 64 steps.
        let (mut low, mut high) = (0, u64::MAX);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.market(Ts(middle)) >= market { high = middle } else { low = middle + 1 }
        }
        Ts(low)
    }

    fn is_real_time(&self) -> bool {
        self.speed.to_bits() == 1_f64.to_bits()
    }
}

/// One multiplication and one rounding, both fixed by IEEE 754: every machine gets the same. 53 bits hold
/// microseconds of 285 years exactly.
#[allow(clippy::cast_precision_loss, clippy::cast_sign_loss, reason = "not negative; saturates; see above")]
#[allow(clippy::cast_possible_truncation, reason = "saturates")]
fn scaled(micros: u64, speed: f64, round: fn(f64) -> f64) -> u64 {
    round(micros as f64 * speed) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ANCHOR: u64 = FIXED_ANCHOR.0;

    fn check(speed: f64, wall: u64, market: u64) {
        assert_eq!(
            MarketClock::new(speed, FIXED_ANCHOR).unwrap().market(Ts(wall)),
            Ts(market),
            "x{speed} at {wall}"
        );
    }

    #[test]
    fn market_time_runs_at_its_speed() {
        check(10.0, ANCHOR, ANCHOR);
        check(10.0, ANCHOR + 7, ANCHOR + 70);
        check(10.0, ANCHOR - 7, ANCHOR - 70);
        check(0.25, ANCHOR + 7, ANCHOR + 1);
        check(0.25, ANCHOR - 7, ANCHOR - 2);
        check(10.0, u64::MAX, u64::MAX);
        check(10.0, 0, 0);
        check(1.0, u64::MAX - 1, u64::MAX - 1);
    }

    #[test]
    fn the_anchor_is_the_start_of_2026() {
        let days = 56 * 365 + 14; // from 1970, with the leap days of 1972 to 2024
        assert_eq!(ANCHOR, days * 86_400 * Ts::SECOND);
    }

    #[test]
    fn impossible_speeds_are_refused() {
        for speed in [0.0, -1.0, 0.009, 1_001.0, f64::NAN, f64::INFINITY] {
            let error = MarketClock::new(speed, FIXED_ANCHOR).unwrap_err().to_string();
            assert!(error.contains("expected a number from 0.01 to 1000"), "{error}");
        }
    }

    proptest! {
        #[test]
        fn speed_1_is_exact(wall: u64, anchor: u64) {
            let clock = MarketClock::new(1.0, Ts(anchor)).unwrap();
            prop_assert_eq!(clock.market(Ts(wall)), Ts(wall));
            prop_assert_eq!(clock.wall(Ts(wall)), Ts(wall));
        }

        #[test]
        fn market_time_never_goes_back(a: u64, b: u64, anchor: u64, speed in SPEED_MIN..SPEED_MAX) {
            let clock = MarketClock::new(speed, Ts(anchor)).unwrap();
            prop_assert!(clock.market(Ts(a.min(b))) <= clock.market(Ts(a.max(b))));
            prop_assert!(clock.market(Ts(a)) <= clock.market(Ts(a.saturating_add(1))));
        }

        #[test]
        fn wall_is_the_first_moment(market in ANCHOR / 2..ANCHOR * 2, speed in 0.1..100.0) {
            let clock = MarketClock::new(speed, FIXED_ANCHOR).unwrap();
            let wall = clock.wall(Ts(market));
            prop_assert!(clock.market(wall) >= Ts(market));
            prop_assert!(wall.0 == 0 || clock.market(Ts(wall.0 - 1)) < Ts(market));
        }
    }
}
