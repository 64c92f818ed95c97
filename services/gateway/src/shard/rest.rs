//! The rest of a shard that is full. Writes cost by their number more than by their bytes: a core that is busy all the time
//! does better to write a little less often, and more at a time. It then does not run at its very limit either, where every
//! disturbance is felt for long.

use std::time::Duration;

use tokio::time::Instant;

/// A rest lasts for a part of the time that the writes took: one in so many.
const PART: u32 = 4;
/// Shorter writes are followed by none: the runtime's clock does not know so short a time.
const FROM: Duration = Duration::from_millis(4);
/// Writes and rest together are no longer than a flush and this part of it, one in so many: a client that reads is to have
/// an update within two flushes, and under writes that took longer enough is gathered already.
const MORE: u32 = 2;

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
        let left = (self.flush + self.flush / MORE).saturating_sub(writes);
        let rest = left.min(writes / PART);
        self.until = (writes >= FROM && !rest.is_zero()).then(|| Instant::now() + rest);
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
        check(10, 14, true);
        check(10, 15, false);
        check(0, 5, false);
    }

    #[test]
    fn writes_and_rest_are_bounded_together() {
        let mut rest = Rest::new(Duration::from_millis(10));
        rest.after(Duration::from_millis(14));
        let left = rest.until.expect("it is due").saturating_duration_since(Instant::now());
        assert!(left <= Duration::from_millis(1), "{left:?}");
    }

    #[tokio::test]
    async fn it_ends() {
        let (mut rest, started) = (Rest::new(Duration::from_millis(10)), std::time::Instant::now());
        rest.after(Duration::from_millis(12));
        rest.over().await;
        assert!(!rest.is_due() && started.elapsed() >= Duration::from_millis(3));
    }
}
