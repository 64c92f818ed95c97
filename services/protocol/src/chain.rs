//! Whether the events of a stream follow each other without a gap.

use crate::Event;

/// The last event taken of a stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Chain {
    last: Option<u64>,
}

/// How an event joins those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// The state as of now: starts the chain.
    Snapshot,
    /// The next step.
    Next,
    /// Something before it is missing, or its number does not rise.
    Gap,
    /// A step of which the snapshot is still to come: nothing to apply it to.
    Early,
}

impl Chain {
    /// Takes the event's number; after a gap the chain waits for a snapshot.
    pub fn take(&mut self, event: &Event<'_>) -> Link {
        let link = match self.last {
            _ if event.snapshot => Link::Snapshot,
            None => return Link::Early,
            Some(last) if last == event.prev_seq && last < event.seq => Link::Next,
            Some(_) => Link::Gap,
        };
        self.last = (link != Link::Gap).then_some(event.seq);
        link
    }

    /// Goes on from an event that is whole in itself, whatever was missed before it.
    pub const fn rejoin(&mut self, seq: u64) {
        self.last = Some(seq);
    }

    /// Forgets where it was: the next event taken is a snapshot.
    pub const fn reset(&mut self) {
        self.last = None;
    }

    /// The `seq` of the last event taken: where `resume` goes on. `None` before the snapshot, and after a gap.
    #[must_use]
    pub const fn seq(self) -> Option<u64> {
        self.last
    }

    /// Whether the server's high-water mark tells of an event that never came.
    #[must_use]
    pub fn is_behind(self, high_water: u64) -> bool {
        self.last.is_some_and(|last| last < high_water)
    }
}

#[cfg(test)]
mod tests {
    use market::Regime;

    use super::*;
    use crate::{Channel, Payload, Status};

    fn event(seq: u64, prev_seq: u64) -> Event<'static> {
        Event {
            ch: Channel::Status,
            sym: "A".into(),
            seq,
            prev_seq,
            ts: seq,
            snapshot: prev_seq == 0,
            conflated: 0,
            payload: Payload::Status(Status { halted: false, regime: Regime::Calm }),
        }
    }

    #[test]
    fn a_chain_starts_with_a_snapshot_and_breaks_at_a_gap() {
        let mut chain = Chain::default();
        for (seq, prev_seq, link, last) in [
            (5, 4, Link::Early, None),
            (6, 0, Link::Snapshot, Some(6)),
            (9, 6, Link::Next, Some(9)),
            (12, 10, Link::Gap, None),
            (13, 12, Link::Early, None),
            (20, 0, Link::Snapshot, Some(20)),
            (20, 20, Link::Gap, None),
        ] {
            assert_eq!(
                (chain.take(&event(seq, prev_seq)), chain.seq()),
                (link, last),
                "{seq} after {prev_seq}"
            );
        }
    }

    #[test]
    fn high_water_marks_tell_of_silent_loss() {
        let mut chain = Chain::default();
        assert!(!chain.is_behind(7), "nothing was promised yet");
        chain.rejoin(7);
        assert!(!chain.is_behind(7));
        assert!(chain.is_behind(8));
    }
}
