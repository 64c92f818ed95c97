//! What the person is told when streams went on without some of their events: a sentence, and a mark that stays.

use protocol::DiscontinuityReason;

use super::{SECOND, format};

/// Messages for the same reason within this time are one discontinuity, in microseconds: a server announces many streams
/// in several.
const TOGETHER_MICROS: u64 = 5 * SECOND;

/// The latest break in the stream, and how many there were.
#[derive(Clone, Debug, Default)]
pub(crate) struct Discontinuities {
    count: u64,
    latest: Option<Discontinuity>,
}

/// A break in the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Discontinuity {
    reason: DiscontinuityReason,
    /// How many streams it is of.
    streams: usize,
    /// When we heard of it, in microseconds since 1970.
    at_us: u64,
}

impl Discontinuities {
    /// The server announced one.
    pub(crate) fn add(&mut self, reason: DiscontinuityReason, streams: usize, now_us: u64) {
        match &mut self.latest {
            Some(latest) if latest.reason == reason && now_us < latest.at_us + TOGETHER_MICROS => {
                latest.streams += streams;
            }
            latest => {
                *latest = Some(Discontinuity { reason, streams, at_us: now_us });
                self.count += 1;
            }
        }
    }

    /// How many there were.
    pub(crate) const fn count(&self) -> u64 {
        self.count
    }

    /// What the person should know of the latest one.
    pub(crate) fn sentence(&self) -> Option<String> {
        let Discontinuity { reason, streams, .. } = self.latest?;
        let streams = match streams {
            1 => "One stream starts".to_owned(),
            many => format!("{many} streams start"),
        };
        Some(match reason {
            DiscontinuityReason::EpochChanged => {
                "The server has another market now: everything starts anew.".into()
            }
            DiscontinuityReason::TooOld => {
                format!("Away for longer than the server remembers. {streams} anew.")
            }
            DiscontinuityReason::UnknownSeq => {
                format!("The server does not know where this page was. {streams} anew.")
            }
            DiscontinuityReason::TooSlow => format!("This page fell behind. {streams} anew."),
            DiscontinuityReason::ServerPaused => {
                format!("The server had stopped for a while. {streams} anew.")
            }
        })
    }

    /// The mark that stays: `cut at 09:41:07`.
    pub(crate) fn mark(&self) -> Option<String> {
        self.latest.map(|latest| format!("cut at {}", format::time_of_day(latest.at_us)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reason_has_a_sentence() {
        for reason in DiscontinuityReason::ALL {
            let mut all = Discontinuities::default();
            assert_eq!((all.sentence(), all.mark()), (None, None));
            all.add(reason, 1, 86_400 * SECOND + 7 * SECOND);
            assert!(all.sentence().unwrap().ends_with('.'), "{reason:?}");
            assert_eq!(all.mark().as_deref(), Some("cut at 00:00:07"));
        }
    }

    #[test]
    fn messages_in_a_row_are_one() {
        let mut all = Discontinuities::default();
        all.add(DiscontinuityReason::TooOld, 1, 10 * SECOND);
        assert!(all.sentence().unwrap().contains("One stream starts anew"));
        all.add(DiscontinuityReason::TooOld, 64, 11 * SECOND);
        assert!(all.sentence().unwrap().contains("65 streams start anew"));
        assert_eq!(all.count(), 1);
        all.add(DiscontinuityReason::TooSlow, 2, 12 * SECOND);
        all.add(DiscontinuityReason::TooSlow, 2, 12 * SECOND + TOGETHER_MICROS);
        assert_eq!(all.count(), 3);
    }
}
