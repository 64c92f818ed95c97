//! How long the browser takes from one frame to the next.

use super::order::sorted;

/// Of how many frames the quantiles are: about 4 s.
const FRAMES: usize = 240;
/// A longer pause is a hidden tab, not a slow frame, in microseconds.
const PAUSE_MICROS: u64 = super::SECOND;

/// The latest times between frames, in microseconds.
#[derive(Clone, Debug, Default)]
pub(crate) struct FrameTimes {
    before_us: u64,
    times: Vec<u32>,
    next: usize,
}

impl FrameTimes {
    /// A frame is drawn.
    pub(crate) fn add(&mut self, now_us: u64) {
        let passed = now_us.saturating_sub(std::mem::replace(&mut self.before_us, now_us));
        let Ok(time) = u32::try_from(passed) else { return };
        if passed >= PAUSE_MICROS {
            return;
        }
        if self.times.len() < FRAMES {
            self.times.push(time);
        } else {
            self.times[self.next] = time;
        }
        self.next = (self.next + 1) % FRAMES;
    }

    /// Median and 95th percentile (nearest rank) in milliseconds.
    pub(crate) fn quantiles(&self) -> Option<[f64; 2]> {
        let last = self.times.len().checked_sub(1)?;
        let sorted = sorted(&self.times);
        Some([50, 95].map(|percent| f64::from(sorted[(last * percent).div_ceil(100)]) / 1_000.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_frames_count() {
        let mut times = FrameTimes::default();
        assert_eq!(times.quantiles(), None);
        let mut now_us = 50_000_000;
        times.add(now_us);
        assert_eq!(times.quantiles(), None, "one frame alone has no time");
        for nth in 0..FRAMES as u64 + 10 {
            now_us += if nth < 10 {
                900_000
            } else if nth % 10 == 0 {
                50_000
            } else {
                16_000
            };
            times.add(now_us);
        }
        assert_eq!(times.quantiles(), Some([16.0, 50.0]));
        times.add(now_us + PAUSE_MICROS);
        assert_eq!(times.quantiles(), Some([16.0, 50.0]), "a hidden tab is no slow frame");
    }
}
