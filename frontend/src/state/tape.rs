//! The latest trades of the chosen symbol.

use std::collections::VecDeque;

use protocol::{Chain, Event, Link, Trade};

/// How many trades are kept.
pub(crate) const TRADES_MAX: usize = 200;

/// The latest trades, oldest first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tape {
    trades: VecDeque<Trade>,
    chain: Chain,
}

impl Tape {
    /// Takes an event of the stream.
    pub(crate) fn apply(&mut self, event: &Event<'_>, trade: Option<Trade>, recent: &[Trade]) -> Link {
        let link = self.chain.take(event);
        match link {
            Link::Early => return link,
            Link::Snapshot => self.trades.clear(),
            // A trade is whole in itself: it is shown, and the gap is told.
            Link::Gap => self.chain.rejoin(event.seq),
            Link::Next => {}
        }
        for trade in recent.iter().copied().chain(trade) {
            self.push(trade);
        }
        link
    }

    /// The server left trades out because we were slow.
    pub(crate) fn skip(&mut self, event: &Event<'_>) -> Link {
        let link = self.chain.take(event);
        if link == Link::Gap {
            self.chain.rejoin(event.seq);
        }
        link
    }

    /// The next event is a snapshot.
    pub(crate) const fn expect_snapshot(&mut self) {
        self.chain.reset();
    }

    /// Newest first.
    pub(crate) fn newest(&self) -> impl Iterator<Item = &Trade> {
        self.trades.iter().rev()
    }

    /// Where its stream is.
    pub(crate) const fn chain(&self) -> Chain {
        self.chain
    }

    fn push(&mut self, trade: Trade) {
        if self.trades.len() == TRADES_MAX {
            self.trades.pop_front();
        }
        self.trades.push_back(trade);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::fixture::{status, trade};

    fn ids(tape: &Tape) -> Vec<u64> {
        tape.newest().map(|trade| trade.id).collect()
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
        assert_eq!(tape.skip(&status("A", 12, 9)), Link::Next);
        assert_eq!(tape.apply(&status("A", 13, 12), Some(trade(13)), &[]), Link::Next);
        assert_eq!(ids(&tape), [13, 9]);
    }

    #[test]
    fn it_is_bounded() {
        let mut tape = Tape::default();
        tape.apply(&status("A", 0, 0), None, &[]);
        let recent: Vec<Trade> = (0..TRADES_MAX as u64 + 50).map(trade).collect();
        tape.expect_snapshot();
        tape.apply(&status("A", 999, 0), None, &recent);
        assert_eq!(tape.newest().count(), TRADES_MAX);
        assert_eq!(tape.newest().last().unwrap().id, 50);
    }
}
