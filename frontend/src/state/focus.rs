//! The chosen symbol: its book, trades and candles.

use market::Interval;
use protocol::{Chain, Channel, Depth};

use super::SECOND;
use super::book::LiveBook;
use super::candles::CandleSeries;
use super::indicators::Session;
use super::tape::Tape;

/// The shortest time between two resyncs of a stream, and between two fetches of history, in microseconds: a server
/// that is wrong is not asked in a loop.
const ASK_AGAIN_MICROS: u64 = 2 * SECOND;
/// The first and the longest wait for exact candles in the place of modelled ones, in microseconds. The server runs its
/// past anew, latest first: minutes are exact in minutes, and hours in hours.
const EXACT_FIRST_MICROS: u64 = 5 * SECOND;
const EXACT_LAST_MICROS: u64 = 1_800 * SECOND;

/// The chosen symbol.
#[derive(Clone, Debug)]
pub(crate) struct Focus {
    /// Its row, once there are rows.
    pub(crate) row: Option<usize>,
    /// The length of its candles.
    pub(crate) interval: Interval,
    /// Its book.
    pub(crate) book: LiveBook,
    /// Its trades.
    pub(crate) tape: Tape,
    /// Its candles.
    pub(crate) candles: CandleSeries,
    /// Where their stream is.
    pub(crate) candles_chain: Chain,
    /// The book needs a snapshot.
    pub(crate) book_resync: Due,
    /// The trades need one.
    pub(crate) tape_resync: Due,
    /// Candles are missing.
    pub(crate) history: Due,
    /// What its session traded before the candles that are loaded.
    pub(crate) session: Option<Session>,
    /// That is not known.
    pub(crate) session_due: Due,
    /// Some of all this is modelled.
    pub(crate) exact: Fading,
}

impl Focus {
    /// A symbol of which nothing is known yet.
    pub(crate) fn new(row: Option<usize>, interval: Interval) -> Self {
        Self {
            row,
            interval,
            book: LiveBook::default(),
            tape: Tape::default(),
            candles: CandleSeries::new(interval),
            candles_chain: Chain::default(),
            book_resync: Due::default(),
            tape_resync: Due::default(),
            history: Due::default(),
            session: None,
            session_due: Due::default(),
            exact: Fading::default(),
        }
    }

    /// Candles of another length.
    pub(crate) fn set_interval(&mut self, interval: Interval) {
        self.interval = interval;
        self.candles = CandleSeries::new(interval);
        self.candles_chain = Chain::default();
        self.session = None;
        self.exact = Fading::default();
    }

    /// Its streams, and where they are.
    pub(crate) const fn chains(&self) -> [(Channel, Chain); 3] {
        [
            (Channel::Book(Depth::Full), self.book.chain()),
            (Channel::Trades, self.tape.chain()),
            (Channel::Candles(self.interval), self.candles_chain),
        ]
    }
}

/// Something to ask for, but not too often.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Due {
    wanted: bool,
    not_before_us: u64,
}

impl Due {
    /// It is needed.
    pub(crate) const fn want(&mut self) {
        self.wanted = true;
    }

    /// Whether to ask now; then it is asked.
    pub(crate) const fn take(&mut self, now_us: u64) -> bool {
        if !self.wanted || now_us < self.not_before_us {
            return false;
        }
        self.wanted = false;
        self.not_before_us = now_us + ASK_AGAIN_MICROS;
        true
    }
}

/// Something to ask for again and again: after the first wait, then after twice as long each time, up to the last.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Fading {
    wait_us: u64,
    next_us: u64,
}

impl Fading {
    /// Whether to ask now. The first wait begins with the first call.
    pub(crate) fn take(&mut self, now_us: u64) -> bool {
        if now_us < self.next_us {
            return false;
        }
        let is_due = self.wait_us > 0;
        self.wait_us = (2 * self.wait_us).clamp(EXACT_FIRST_MICROS, EXACT_LAST_MICROS);
        self.next_us = now_us + self.wait_us;
        is_due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_due_is_asked_for_at_once_but_not_in_a_loop() {
        let mut due = Due::default();
        assert!(!due.take(0), "nothing is wanted");
        due.want();
        assert!(due.take(10));
        due.want();
        assert!(!due.take(10 + ASK_AGAIN_MICROS - 1));
        assert!(due.take(10 + ASK_AGAIN_MICROS), "it is not forgotten");
        assert!(!due.take(u64::MAX));
    }

    #[test]
    fn what_takes_long_is_asked_for_less_and_less() {
        let mut fading = Fading::default();
        let asked: Vec<u64> = (0..7_000).filter(|second| fading.take(second * SECOND)).collect();
        assert_eq!(asked, [5, 15, 35, 75, 155, 315, 635, 1_275, 2_555, 4_355, 6_155]);
    }
}
