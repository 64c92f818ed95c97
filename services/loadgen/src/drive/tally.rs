//! What all clients of a run got.

use std::ops::Range;

use hdrhistogram::Histogram;

use crate::fleet::Ears;
use crate::recording::{Recording, Take};
use crate::stamps::Stamps;

/// The oldest age that is told apart from older ones, in microseconds.
const AGE_MAX_MICROS: u64 = 600_000_000;
/// Ages are right to a thousandth.
const AGE_DIGITS: u8 = 3;

pub(super) struct Tally {
    stamps: Stamps,
    say: Option<String>,
    counting: bool,
    window: Range<u64>,
    /// Received while counting.
    pub(super) events: u64,
    pub(super) frames: u64,
    pub(super) bytes: u64,
    /// Received, now or later, of what was due while counting.
    pub(super) due: u64,
    /// Of each event received while counting, in microseconds.
    pub(super) ages: Histogram<u64>,
    /// Of the first clients.
    pub(super) recording: Recording,
}

impl Tally {
    pub(super) fn new(say: Option<String>, recorded: usize) -> Self {
        let mut recording = Recording::default();
        recording.scripts.resize_with(recorded, Vec::new);
        Self {
            stamps: Stamps::new(),
            say,
            counting: false,
            window: 0..0,
            events: 0,
            frames: 0,
            bytes: 0,
            due: 0,
            ages: Histogram::new_with_max(AGE_MAX_MICROS, AGE_DIGITS).expect("600 s in three digits"),
            recording,
        }
    }

    /// Counts from now on what comes, and what is due in the window of time stamps.
    pub(super) fn start(&mut self, window: Range<u64>) {
        (self.counting, self.window) = (true, window);
    }

    /// What comes now counts only if it was due in the window.
    pub(super) fn stop(&mut self) {
        self.counting = false;
    }
}

impl Ears for Tally {
    fn opened(&mut self, _client: usize) -> Option<String> {
        self.say.clone()
    }

    fn frame(&mut self, client: usize, payload: &[u8], now: u64) -> Option<String> {
        if self.window.is_empty() {
            return None;
        }
        let mut events = 0;
        for stamp in self.stamps.of(payload) {
            events += 1;
            self.due += u64::from(self.window.contains(&stamp.micros));
            if self.counting {
                self.ages.saturating_record(now.saturating_sub(stamp.micros));
            }
        }
        if events > 0 && self.counting {
            self.events += events;
            self.frames += 1;
            self.bytes += payload.len() as u64;
            if let Some(script) = self.recording.scripts.get_mut(client) {
                let at = now.saturating_sub(self.window.start);
                script.push(Take { at, payload: String::from_utf8_lossy(payload).into_owned() });
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(ts: u64) -> String {
        format!(r#"{{"ch":"ticker","seq":1,"prev_seq":0,"ts":{ts},"last":"1.00"}}"#)
    }

    #[test]
    fn what_comes_late_was_due_all_the_same() {
        let mut tally = Tally::new(None, 1);
        let hear = |tally: &mut Tally, stamps: &[u64], now| {
            let payload = format!("[{}]", stamps.iter().map(|ts| event(*ts)).collect::<Vec<_>>().join(","));
            tally.frame(0, payload.as_bytes(), now);
        };
        hear(&mut tally, &[90], 95);
        tally.start(100..200);
        hear(&mut tally, &[99, 101], 110);
        hear(&mut tally, &[150], 190);
        tally.frame(0, br#"{"type":"heartbeat","event_ts":150}"#, 195);
        tally.stop();
        hear(&mut tally, &[199, 200], 230);
        assert_eq!((tally.events, tally.frames, tally.due), (3, 2, 3));
        assert_eq!((tally.ages.len(), tally.ages.min(), tally.ages.max()), (3, 9, 40));
        assert_eq!(tally.recording.scripts[0].iter().map(|take| take.at).collect::<Vec<_>>(), [10, 90]);
    }
}
