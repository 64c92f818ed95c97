//! The rest of a shard that is full. Writes cost by their number more than by their bytes: a core that is busy all the time
//! does better to write a little less often, and more at a time. It then does not run at its very limit either, where every
//! disturbance is felt for long.

use std::time::Duration;

use tokio::time::Instant;

/// A rest lasts for a part of the time that the writes took: one in so many.
const PART: u32 = 4;
/// Shorter writes are followed by none: the runtime's clock does not know so short a time.
const FROM: Duration = Duration::from_millis(4);
/// Nor are writes that took longer than so many flushes: as much is gathered already.
const FLUSHES: u32 = 2;

/// When a shard may write again.
#[derive(Debug)]
pub(super) struct Rest {
    flush: Duration,
    until: Option<Instant>,
}

impl Rest {
    /// For flushes that are so far apart.
    pub(super) const fn new(flush: Duration) -> Self {
        Self { flush, until: None }
    }

    /// Writes have ended that took so long.
    pub(super) fn after(&mut self, writes: Duration) {
        let is_due = (FROM..self.flush * FLUSHES).contains(&writes);
        self.until = is_due.then(|| Instant::now() + writes / PART);
    }

    pub(super) const fn is_due(&self) -> bool {
        self.until.is_some()
    }

    /// Waits until it is over.
    pub(super) async fn over(&mut self) {
        if let Some(until) = self.until {
            tokio::time::sleep_until(until).await;
            self.until = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(flush_ms: u64, writes_ms: u64, expected: bool) {
        let mut rest = Rest::new(Duration::from_millis(flush_ms));
        rest.after(Duration::from_millis(writes_ms));
        assert_eq!(rest.is_due(), expected, "flush {flush_ms} ms, writes {writes_ms} ms");
    }

    #[test]
    fn a_rest_follows_writes_that_took_about_a_flush() {
        check(10, 3, false);
        check(10, 4, true);
        check(10, 19, true);
        check(10, 20, false);
        check(0, 5, false);
    }

    #[tokio::test]
    async fn it_ends() {
        let (mut rest, started) = (Rest::new(Duration::from_millis(10)), std::time::Instant::now());
        rest.after(Duration::from_millis(12));
        rest.over().await;
        assert!(!rest.is_due() && started.elapsed() >= Duration::from_millis(3));
    }
}
