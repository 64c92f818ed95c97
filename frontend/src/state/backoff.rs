//! When to try again: exponential backoff with full jitter, so that a thousand tabs do not come back at once.
//!
//! M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.

/// The bound of the first wait, in milliseconds.
const FIRST_MS: u64 = 250;
/// No wait is longer, in milliseconds.
const LAST_MS: u64 = 10_000;

/// How often it failed since it last worked.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Backoff {
    attempts: u32,
}

impl Backoff {
    /// The next wait in milliseconds; `random` is uniform in [0, 1).
    pub(crate) fn next_ms(&mut self, random: f64) -> u64 {
        let bound = FIRST_MS.checked_shl(self.attempts.min(16)).unwrap_or(LAST_MS).min(LAST_MS);
        self.attempts = self.attempts.saturating_add(1);
        #[allow(clippy::cast_precision_loss, clippy::cast_sign_loss, reason = "at most 10,000, and clamped")]
        let wait = (bound as f64 * random.clamp(0.0, 1.0)) as u64;
        wait
    }

    /// Which attempt the next one is, from 1.
    pub(crate) const fn attempt(self) -> u32 {
        self.attempts
    }

    /// It worked.
    pub(crate) const fn reset(&mut self) {
        self.attempts = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_last_one() {
        let mut backoff = Backoff::default();
        let waits: Vec<u64> = (0..8).map(|_| backoff.next_ms(1.0)).collect();
        assert_eq!(waits, [250, 500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
        assert_eq!(backoff.attempt(), 8);
        backoff.reset();
        assert_eq!(backoff.next_ms(0.5), 125);
    }

    #[test]
    fn it_never_overflows() {
        let mut backoff = Backoff { attempts: u32::MAX };
        assert_eq!(backoff.next_ms(1.0), LAST_MS);
        assert_eq!(backoff.next_ms(0.0), 0);
    }
}
