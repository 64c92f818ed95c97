//! How many a second: the sum of the last ten whole tenths of a second.

use super::MILLI;

/// Ten whole buckets and the one being filled.
const BUCKETS: u64 = 11;
const BUCKET_MICROS: u64 = 100 * MILLI;

/// Counts what happened in the last second.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Meter {
    counts: [u32; BUCKETS as usize],
    /// The bucket being filled, counted from the clock's start.
    newest: u64,
}

impl Meter {
    /// `count` more happened.
    pub(crate) fn add(&mut self, count: u32, now_us: u64) {
        self.forward(now_us);
        let bucket = &mut self.counts[place(self.newest)];
        *bucket = bucket.saturating_add(count);
    }

    /// How many in the second that ended at most 0.1 s before `now_us`.
    pub(crate) fn per_second(&mut self, now_us: u64) -> u32 {
        self.forward(now_us);
        let filling = self.counts[place(self.newest)];
        self.counts.iter().fold(0u32, |sum, count| sum.saturating_add(*count)).saturating_sub(filling)
    }

    fn forward(&mut self, now_us: u64) {
        let bucket = now_us / BUCKET_MICROS;
        let first_new = (self.newest + 1).max((bucket + 1).saturating_sub(BUCKETS));
        for new in first_new..=bucket {
            self.counts[place(new)] = 0;
        }
        self.newest = self.newest.max(bucket);
    }
}

fn place(bucket: u64) -> usize {
    usize::try_from(bucket % BUCKETS).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::SECOND;

    #[test]
    fn a_steady_rate_is_measured() {
        let mut meter = Meter::default();
        for tick in 0..300 {
            meter.add(1, 5 * SECOND + tick * 10 * MILLI);
        }
        assert_eq!(meter.per_second(8 * SECOND), 100);
        assert_eq!(meter.per_second(8 * SECOND + 500 * MILLI), 50, "half of it is older than a second");
        assert_eq!(meter.per_second(9 * SECOND + 500 * MILLI), 0);
        assert_eq!(meter.per_second(900 * SECOND), 0);
    }
}
