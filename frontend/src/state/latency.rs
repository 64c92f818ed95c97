//! True latency: how old an event is when it arrives, with the difference of the two clocks removed.
//!
//! The offset comes from `ping`/`pong` as in NTP (RFC 5905): of the latest exchanges the one with the shortest round
//! trip is trusted, because it bounds the error by half of that trip.

use std::collections::VecDeque;

use protocol::ClockMapping;

use super::SECOND;
use super::order::sorted;

/// How many exchanges are remembered; older ones would miss that a clock drifts.
const EXCHANGES_MAX: usize = 24;
/// Of how many events the quantiles are.
const SAMPLES_MAX: usize = 2_048;
/// Older samples say nothing of now, in microseconds.
const SAMPLE_AGE_MAX: u64 = 10 * SECOND;

/// The difference between the server's clock and ours.
#[derive(Clone, Debug, Default)]
pub(crate) struct ClockOffset {
    exchanges: VecDeque<Exchange>,
}

#[derive(Clone, Copy, Debug)]
struct Exchange {
    round_trip_us: u64,
    offset_us: i64,
}

impl ClockOffset {
    /// A ping went out at `sent_us` and its pong, stamped `server_us`, came at `now_us`.
    pub(crate) fn exchange(&mut self, sent_us: u64, server_us: u64, now_us: u64) {
        let Some(round_trip_us) = now_us.checked_sub(sent_us) else { return };
        if self.exchanges.len() == EXCHANGES_MAX {
            self.exchanges.pop_front();
        }
        let middle = sent_us + round_trip_us / 2;
        self.exchanges.push_back(Exchange { round_trip_us, offset_us: signed(server_us) - signed(middle) });
    }

    /// Server time minus ours, once it is known.
    pub(crate) fn offset_us(&self) -> Option<i64> {
        self.best().map(|exchange| exchange.offset_us)
    }

    /// The shortest round trip.
    pub(crate) fn round_trip_us(&self) -> Option<u64> {
        self.best().map(|exchange| exchange.round_trip_us)
    }

    /// Another server may have another clock.
    pub(crate) fn reset(&mut self) {
        self.exchanges.clear();
    }

    fn best(&self) -> Option<&Exchange> {
        self.exchanges.iter().min_by_key(|exchange| exchange.round_trip_us)
    }
}

/// Microseconds since 1970 stay below 2^63 for 292,000 years.
fn signed(us: u64) -> i64 {
    i64::try_from(us).unwrap_or(i64::MAX)
}

/// When, on the server's clock, market time showed `ts`.
pub(crate) fn server_time(clock: &ClockMapping, ts: u64) -> i64 {
    let since_anchor = signed(ts) - signed(clock.anchor_ts);
    #[allow(clippy::cast_precision_loss, reason = "2^53 us are 285 years")]
    let scaled = since_anchor as f64 / clock.speed;
    if scaled.is_finite() {
        #[allow(clippy::cast_possible_truncation, reason = "saturates")]
        let elapsed = scaled as i64;
        signed(clock.anchor_ts).saturating_add(elapsed)
    } else {
        signed(ts)
    }
}

/// The ages of the latest events.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ages {
    /// (arrival, arrival less the server's time of the event) in microseconds: the offset is added when it is asked
    /// for, because a better one may be known by then.
    samples: VecDeque<(u64, i64)>,
}

/// Quantiles in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Quantiles {
    /// Half of the events were younger.
    pub(crate) p50_ms: f64,
    /// All but a hundredth were.
    pub(crate) p99_ms: f64,
}

impl Ages {
    /// An event came at `now_us`, `apart_us` after it happened if both clocks were one.
    pub(crate) fn add(&mut self, apart_us: i64, now_us: u64) {
        if self.samples.len() == SAMPLES_MAX {
            self.samples.pop_front();
        }
        self.samples.push_back((now_us, apart_us));
    }

    /// Median and 99th percentile (nearest rank) of the last ten seconds. What the offset's error would make younger than
    /// nothing counts as just born.
    pub(crate) fn quantiles(&mut self, offset_us: i64, now_us: u64) -> Option<Quantiles> {
        while self.samples.front().is_some_and(|(at, _)| at + SAMPLE_AGE_MAX < now_us) {
            self.samples.pop_front();
        }
        let ages: Vec<i64> = self.samples.iter().map(|(_, apart)| (apart + offset_us).max(0)).collect();
        let last = ages.len().checked_sub(1)?;
        let ages = sorted(&ages);
        #[allow(clippy::cast_precision_loss, reason = "ages are far below 2^53 us")]
        let at = |percent: usize| ages[(last * percent).div_ceil(100)] as f64 / 1_000.0;
        Some(Quantiles { p50_ms: at(50), p99_ms: at(99) })
    }

    /// Ages measured with another server's clock are worth nothing.
    pub(crate) fn clear(&mut self) {
        self.samples.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shortest_exchange_is_trusted() {
        let mut clock = ClockOffset::default();
        assert_eq!(clock.offset_us(), None);
        clock.exchange(1_000, 51_400, 1_800);
        clock.exchange(2_000, 53_900, 5_000);
        assert_eq!(clock.offset_us(), Some(50_000));
        assert_eq!(clock.round_trip_us(), Some(800));
        clock.exchange(9_000, 0, 8_000);
        assert_eq!(clock.round_trip_us(), Some(800), "a clock that went back measures nothing");
    }

    #[test]
    fn an_old_exchange_is_forgotten() {
        let mut clock = ClockOffset::default();
        clock.exchange(0, 100, 2);
        for n in 0..EXCHANGES_MAX as u64 {
            clock.exchange(n * 100, n * 100 + 505, n * 100 + 10);
        }
        assert_eq!(clock.offset_us(), Some(500));
    }

    #[test]
    fn market_time_runs_at_its_speed() {
        let clock = |speed| ClockMapping { speed, anchor_ts: 1_000 };
        assert_eq!(server_time(&clock(1.0), 5_000), 5_000);
        assert_eq!(server_time(&clock(10.0), 11_000), 2_000);
        assert_eq!(server_time(&clock(10.0), 0), 900, "before the anchor as well");
        assert_eq!(server_time(&clock(0.0), 7_000), 7_000, "no speed, no mapping");
    }

    #[test]
    fn quantiles_are_of_the_last_ten_seconds() {
        let mut ages = Ages::default();
        assert_eq!(ages.quantiles(0, 0), None);
        ages.add(900_000, 0);
        for n in 1..=100 {
            ages.add(n * 1_000, 15 * SECOND);
        }
        let quantiles = ages.quantiles(0, 16 * SECOND).unwrap();
        assert_eq!(quantiles, Quantiles { p50_ms: 51.0, p99_ms: 100.0 });
        let quantiles = ages.quantiles(-60_000, 16 * SECOND).unwrap();
        assert_eq!(quantiles, Quantiles { p50_ms: 0.0, p99_ms: 40.0 });
    }
}
