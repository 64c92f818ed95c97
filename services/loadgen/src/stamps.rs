//! The time stamps in a frame's payload: one an event, of this server and of the others that it is compared with.

use std::time::{SystemTime, UNIX_EPOCH};

use memchr::memmem::Finder;

/// What stands before an event's time stamp, in microseconds since 1970. `"event_ts":` and the like do not match.
const MARK: &[u8] = b"\"ts\":";

/// Finds time stamps.
pub(crate) struct Stamps(Finder<'static>);

/// A time stamp, and where its digits are.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Stamp {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) micros: u64,
}

impl Stamps {
    pub(crate) fn new() -> Self {
        Self(Finder::new(MARK))
    }

    /// All of a payload, in order: as many as there are events.
    pub(crate) fn of(&self, payload: &[u8]) -> impl Iterator<Item = Stamp> {
        self.0.find_iter(payload).map(|at| {
            let start = at + MARK.len();
            let (mut end, mut micros) = (start, 0_u64);
            while let Some(digit) = payload.get(end).map(|byte| byte.wrapping_sub(b'0')).filter(|d| *d < 10) {
                micros = micros.wrapping_mul(10).wrapping_add(digit.into());
                end += 1;
            }
            Stamp { start, end, micros }
        })
    }
}

/// Microseconds since 1970 on this machine's clock, the one that the servers read, too.
pub(crate) fn now_micros() -> u64 {
    let micros = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_micros());
    u64::try_from(micros).unwrap_or(u64::MAX)
}

/// Moves all time stamps of `frame` by the same distance, so that the last one is `to`. Their lengths stay.
pub(crate) fn restamp(frame: &mut [u8], stamps: &[Stamp], to: u64) {
    let Some(last) = stamps.last() else { return };
    for stamp in stamps {
        let mut rest = to.saturating_sub(last.micros.saturating_sub(stamp.micros));
        for digit in frame[stamp.start..stamp.end].iter_mut().rev() {
            *digit = b'0' + u8::try_from(rest % 10).unwrap_or_default();
            rest /= 10;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: &str =
        r#"[{"ch":"ticker","ts":1700000000000005,"a":1},{"ch":"ticker","ts":1700000000000017}]"#;

    fn check(payload: &str, expected: &[u64]) {
        let found: Vec<u64> = Stamps::new().of(payload.as_bytes()).map(|stamp| stamp.micros).collect();
        assert_eq!(found, expected, "{payload}");
    }

    #[test]
    fn each_event_has_one_stamp() {
        check(FRAME, &[1_700_000_000_000_005, 1_700_000_000_000_017]);
        check(r#"{"type":"heartbeat","event_ts":5,"server_ts":6}"#, &[]);
        check(r#"{"push":{"data":{"ts":5}}}"#, &[5]);
        check(r#"{"ts":"#, &[0]);
        check("", &[]);
    }

    #[test]
    fn a_frame_is_moved_in_time_as_a_whole() {
        let stamps: Vec<Stamp> = Stamps::new().of(FRAME.as_bytes()).collect();
        let mut frame = FRAME.as_bytes().to_vec();
        restamp(&mut frame, &stamps, 1_800_000_000_000_100);
        check(std::str::from_utf8(&frame).unwrap(), &[1_800_000_000_000_088, 1_800_000_000_000_100]);
        assert_eq!(frame.len(), FRAME.len());
    }
}
