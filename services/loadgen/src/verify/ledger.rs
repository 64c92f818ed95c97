//! What all clients together were told: two that hear different things of the same event are found.

use std::sync::{Mutex, PoisonError};

use protocol::Event;

use super::content::{content, is_step};

/// Events of a stream that are remembered: the latest of each place, the `seq` modulo this.
const PLACES: u64 = 8_192;

/// The events of all streams.
#[derive(Debug)]
pub(crate) struct Ledger {
    streams: Vec<Mutex<Record>>,
}

/// The latest events of one stream.
#[derive(Debug, Default)]
struct Record {
    /// The highest `seq` that anybody got.
    mark: u64,
    /// Empty, or one for each place.
    entries: Vec<Entry>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Entry {
    seq: u64,
    content: u64,
    /// Of the event as a step; 0 as long as nobody got it as one.
    prev_seq: u64,
    client: u32,
}

/// Two clients were told different things.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Mismatch {
    /// Another payload or moment.
    #[error("event {seq} says something else than to client {client}")]
    Content {
        /// The event.
        seq: u64,
        /// Who got it before.
        client: u32,
    },
    /// Another event before it.
    #[error("event {seq} follows {found}, but client {client} was told that it follows {expected}")]
    PrevSeq {
        /// The event.
        seq: u64,
        /// What was now said to be before it.
        found: u64,
        /// What was said to be before it first.
        expected: u64,
        /// To whom.
        client: u32,
    },
}

impl Ledger {
    pub(crate) fn new(streams: usize) -> Self {
        Self { streams: std::iter::repeat_with(Mutex::default).take(streams).collect() }
    }

    /// Compares an event with what others were told. Returns whether there was something to compare it with.
    pub(crate) fn check(
        &self,
        stream: usize,
        event: &Event<'_>,
        is_paced: bool,
        client: u32,
    ) -> Result<bool, Mismatch> {
        let content = content(event, is_paced);
        let mut record = self.streams[stream].lock().unwrap_or_else(PoisonError::into_inner);
        record.mark = record.mark.max(event.seq);
        let Some(content) = content else { return Ok(false) };
        let prev_seq = if is_step(event) { event.prev_seq } else { 0 };
        record.entry(event.seq).check(Entry { seq: event.seq, content, prev_seq, client })
    }

    /// The highest `seq` of each stream that anybody got.
    pub(crate) fn marks(&self) -> Vec<u64> {
        self.streams.iter().map(|record| record.lock().unwrap_or_else(PoisonError::into_inner).mark).collect()
    }
}

impl Record {
    #[allow(clippy::cast_possible_truncation, reason = "it is below PLACES")]
    fn entry(&mut self, seq: u64) -> &mut Entry {
        if self.entries.is_empty() {
            self.entries = vec![Entry::default(); PLACES as usize];
        }
        &mut self.entries[(seq % PLACES) as usize]
    }
}

impl Entry {
    fn check(&mut self, told: Self) -> Result<bool, Mismatch> {
        let Self { seq, client, .. } = *self;
        if seq != told.seq {
            // An older one than the one in its place: too long ago to be remembered.
            if seq < told.seq {
                *self = told;
            }
            return Ok(false);
        }
        if self.content != told.content {
            return Err(Mismatch::Content { seq, client });
        }
        match (self.prev_seq, told.prev_seq) {
            (expected, found) if expected != found && expected != 0 && found != 0 => {
                Err(Mismatch::PrevSeq { seq, found, expected, client })
            }
            (0, found) => {
                self.prev_seq = found;
                Ok(true)
            }
            _ => Ok(true),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bbo(seq: u64, prev_seq: u64, bid: u64) -> Event<'static> {
        let text =
            format!(r#"{{"ch":"bbo","sym":"A","seq":{seq},"prev_seq":{prev_seq},"ts":5,"bid":"{bid}"}}"#);
        let event: Event<'_> = serde_json::from_str(&text).unwrap();
        Event { sym: event.sym.into_owned().into(), payload: event.payload, ..event }
    }

    #[test]
    fn what_two_clients_hear_must_be_the_same() {
        let ledger = Ledger::new(2);
        assert_eq!(ledger.check(1, &bbo(9, 8, 1), false, 3), Ok(false));
        assert_eq!(ledger.check(1, &bbo(9, 8, 1), false, 4), Ok(true));
        assert_eq!(ledger.check(0, &bbo(9, 8, 2), false, 4), Ok(false), "another stream");
        assert_eq!(ledger.check(1, &bbo(9, 8, 2), false, 4), Err(Mismatch::Content { seq: 9, client: 3 }));
        let other = Mismatch::PrevSeq { seq: 9, found: 7, expected: 8, client: 3 };
        assert_eq!(ledger.check(1, &bbo(9, 7, 1), false, 4), Err(other));
        assert_eq!(ledger.marks(), [9, 9]);
    }

    #[test]
    fn merged_events_say_the_same_after_another_event() {
        let ledger = Ledger::new(1);
        let merged = Event { conflated: 2, ..bbo(9, 4, 1) };
        assert_eq!(ledger.check(0, &merged, false, 1), Ok(false));
        assert_eq!(ledger.check(0, &bbo(9, 8, 1), false, 2), Ok(true));
        assert_eq!(ledger.check(0, &merged, false, 1), Ok(true));
        assert!(ledger.check(0, &bbo(9, 7, 1), false, 3).is_err());
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let ledger = Ledger::new(1);
        for seq in [1, 1 + PLACES] {
            assert_eq!(ledger.check(0, &bbo(seq, 0, 1), false, 1), Ok(false));
        }
        assert_eq!(ledger.check(0, &bbo(1, 0, 2), false, 2), Ok(false), "forgotten");
        assert_eq!(ledger.check(0, &bbo(1 + PLACES, 0, 1), false, 2), Ok(true));
    }
}
