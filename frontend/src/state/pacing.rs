//! How often is drawn while changes come all the time.

/// The least time from one drawing to the next, in microseconds: less than two frames at 60 a second, more than one.
/// Nobody reads 60 numbers a second.
const PERIOD_US_MIN: u64 = 25_000;
/// The most, whatever a drawing costs: a page that changes less often looks stuck.
const PERIOD_US_MAX: u64 = 100_000;
/// One part in so many of the main thread is for drawing; the rest is for messages, and for the person.
const SHARE: u64 = 3;
/// The weight of a new cost is one in so many: one hiccup is no trend.
const MEMORY: u64 = 4;

/// Knows what drawings cost.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Pacing {
    average_us: u64,
}

impl Pacing {
    /// A drawing took the main thread so long, the browser's style, layout and paint included.
    pub(crate) const fn add(&mut self, cost_us: u64) {
        self.average_us = (self.average_us * (MEMORY - 1) + cost_us) / MEMORY;
    }

    /// From the begin of a drawing to that of the next one, in microseconds. What somebody waits for is not kept back.
    pub(crate) fn period_us(self, is_waited_for: bool) -> u64 {
        let least = self.average_us * SHARE * u64::from(!is_waited_for);
        least.clamp(PERIOD_US_MIN, PERIOD_US_MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(costs_us: &[u64]) -> u64 {
        let mut pacing = Pacing::default();
        costs_us.iter().for_each(|cost| pacing.add(*cost));
        pacing.period_us(false)
    }

    #[test]
    fn every_other_frame_while_that_is_cheap() {
        assert_eq!(after(&[]), PERIOD_US_MIN);
        assert_eq!(after(&[3_000; 50]), PERIOD_US_MIN);
    }

    #[test]
    fn a_third_of_the_thread_when_it_is_not() {
        let period = after(&[20_000; 50]);
        assert!((59_000..=60_000).contains(&period), "{period}");
    }

    #[test]
    fn who_waits_is_not_kept_waiting() {
        let mut pacing = Pacing::default();
        pacing.add(80_000);
        assert_eq!(pacing.period_us(true), PERIOD_US_MIN);
    }

    #[test]
    fn one_hiccup_is_forgotten() {
        let costs = [&[5_000; 20][..], &[40_000], &[5_000; 20]].concat();
        assert_eq!(after(&costs), PERIOD_US_MIN);
    }

    #[test]
    fn never_less_than_ten_times_a_second() {
        assert_eq!(after(&[10_000_000; 50]), PERIOD_US_MAX);
    }
}
