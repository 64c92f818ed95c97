//! The latest trades of the chosen symbol.

use std::collections::VecDeque;

use protocol::{Chain, Event, Link, Trade};

/// How many trades are kept: some of them may be filtered away, and how large one is shows among many.
pub(crate) const TRADES_MAX: usize = 1_000;

/// What the tape has an entry for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    /// A trade.
    Trade(Trade),
    /// So many trades that the server left out, because we were slow.
    Skipped(u64),
}

/// The latest trades, oldest first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tape {
    entries: VecDeque<Entry>,
    chain: Chain,
}

impl Tape {
    /// Takes an event of the stream.
    pub(crate) fn apply(&mut self, event: &Event<'_>, trade: Option<Trade>, recent: &[Trade]) -> Link {
        let link = self.chain.take(event);
        match link {
            Link::Early => return link,
            Link::Snapshot => self.entries.clear(),
            // A trade is whole in itself: it is shown, and the gap is told.
            Link::Gap => self.chain.rejoin(event.seq),
            Link::Next => {}
        }
        for trade in recent.iter().copied().chain(trade) {
            self.push(Entry::Trade(trade));
        }
        link
    }

    /// The server left trades out because we were slow.
    pub(crate) fn skip(&mut self, event: &Event<'_>, count: u64) -> Link {
        let link = self.chain.take(event);
        if link == Link::Gap {
            self.chain.rejoin(event.seq);
        }
        if link != Link::Early {
            self.push(Entry::Skipped(count));
        }
        link
    }

    /// The next event is a snapshot.
    pub(crate) const fn expect_snapshot(&mut self) {
        self.chain.reset();
    }

    /// Newest first.
    pub(crate) fn newest(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().rev()
    }

    /// Where its stream is.
    pub(crate) const fn chain(&self) -> Chain {
        self.chain
    }

    fn push(&mut self, entry: Entry) {
        if self.entries.len() == TRADES_MAX {
            self.entries.pop_front();
        }
        self.entries.push_back(entry);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::fixture::{status, trade};

    /// Added to the count of a gap, so that it is told from an id.
    const SKIPPED: u64 = 1_000_000;

    fn ids(tape: &Tape) -> Vec<u64> {
        let id = |entry: &Entry| match entry {
            Entry::Trade(trade) => trade.id,
            Entry::Skipped(count) => count + SKIPPED,
        };
        tape.newest().map(id).collect()
    }

    #[test]
    fn a_snapshot_and_steps_make_the_tape() {
        let mut tape = Tape::default();
        assert_eq!(tape.apply(&status("A", 2, 1), Some(trade(2)), &[]), Link::Early);
        assert_eq!(tape.apply(&status("A", 5, 0), Some(trade(5)), &[trade(3), trade(4)]), Link::Snapshot);
        assert_eq!(tape.apply(&status("A", 6, 5), Some(trade(6)), &[]), Link::Next);
        assert_eq!(ids(&tape), [6, 5, 4, 3]);
        assert_eq!(tape.apply(&status("A", 9, 0), None, &[]), Link::Snapshot);
        assert!(ids(&tape).is_empty());
    }

    #[test]
    fn gaps_and_skips_are_told_and_the_tape_goes_on() {
        let mut tape = Tape::default();
        tape.apply(&status("A", 5, 0), None, &[]);
        assert_eq!(tape.apply(&status("A", 9, 8), Some(trade(9)), &[]), Link::Gap);
        assert_eq!(tape.skip(&status("A", 12, 9), 3), Link::Next);
        assert_eq!(tape.apply(&status("A", 13, 12), Some(trade(13)), &[]), Link::Next);
        assert_eq!(ids(&tape), [13, SKIPPED + 3, 9]);
    }

    #[test]
    fn it_is_bounded() {
        let mut tape = Tape::default();
        tape.apply(&status("A", 0, 0), None, &[]);
        let recent: Vec<Trade> = (0..TRADES_MAX as u64 + 50).map(trade).collect();
        tape.expect_snapshot();
        tape.apply(&status("A", 999, 0), None, &recent);
        assert_eq!(tape.newest().count(), TRADES_MAX);
        assert_eq!(ids(&tape).last(), Some(&50));
    }
}
