//! Whether the events of a stream follow each other without a gap.

use protocol::Event;

/// The last event taken of a stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Chain {
    last: Option<u64>,
}

/// How an event joins those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Link {
    /// The state as of now: starts the chain.
    Snapshot,
    /// The next step.
    Next,
    /// Something before it is missing.
    Gap,
    /// A step of which the snapshot is still to come: nothing to apply it to.
    Early,
}

impl Chain {
    /// Takes the event's number; after a gap the chain waits for a snapshot.
    pub(crate) fn take(&mut self, event: &Event<'_>) -> Link {
        let link = match self.last {
            _ if event.snapshot => Link::Snapshot,
            None => return Link::Early,
            Some(last) if last == event.prev_seq => Link::Next,
            Some(_) => Link::Gap,
        };
        self.last = (link != Link::Gap).then_some(event.seq);
        link
    }

    /// Goes on from an event that is whole in itself, whatever was missed before it.
    pub(crate) const fn rejoin(&mut self, seq: u64) {
        self.last = Some(seq);
    }

    /// Forgets where it was: the next event taken is a snapshot.
    pub(crate) const fn reset(&mut self) {
        self.last = None;
    }

    /// Whether the server's high-water mark tells of an event that never came.
    pub(crate) fn is_behind(self, high_water: u64) -> bool {
        self.last.is_some_and(|last| last < high_water)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::fixture::status;

    #[test]
    fn a_chain_starts_with_a_snapshot_and_breaks_at_a_gap() {
        let mut chain = Chain::default();
        let mut take = |seq, prev_seq| chain.take(&status("A", seq, prev_seq));
        assert_eq!(take(5, 4), Link::Early);
        assert_eq!(take(6, 0), Link::Snapshot);
        assert_eq!(take(9, 6), Link::Next);
        assert_eq!(take(12, 10), Link::Gap);
        assert_eq!(take(13, 12), Link::Early, "after a gap only a snapshot helps");
        assert_eq!(take(20, 0), Link::Snapshot);
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
