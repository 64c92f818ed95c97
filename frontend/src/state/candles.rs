//! The candles of the chosen symbol: REST history and live events, joined without seam or overlap.

use market::Interval;
use protocol::Candle;

/// How many candles are kept: older ones are forgotten.
pub(crate) const CANDLES_MAX: usize = 3_000;

#[derive(Clone, Copy, Debug)]
struct Entry {
    candle: Candle,
    /// Up to which event of the symbol it goes.
    seq: u64,
}

impl Entry {
    /// Whether this one knows more than `other` of the same interval.
    fn supersedes(&self, other: &Self) -> bool {
        let exact = (self.candle.closed, !self.candle.modelled);
        let other_exact = (other.candle.closed, !other.candle.modelled);
        exact > other_exact || (exact == other_exact && self.seq >= other.seq)
    }
}

/// What a chart must do to show the series as it is now.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Redraw {
    /// Nothing.
    None,
    /// Show these in addition, or in place of those with the same `open_ts`; oldest first.
    Update(Vec<Candle>),
    /// Show all anew.
    All,
}

/// Candles of one symbol and interval in time order.
#[derive(Clone, Debug)]
pub(crate) struct CandleSeries {
    interval: Interval,
    entries: Vec<Entry>,
    /// `open_ts` of the oldest candle that changed since the last [`CandleSeries::redraw`].
    changed_from: Option<u64>,
    reset: bool,
}

impl CandleSeries {
    /// An empty series.
    pub(crate) const fn new(interval: Interval) -> Self {
        Self { interval, entries: Vec::new(), changed_from: None, reset: true }
    }

    /// The history up to event `seq`, oldest first.
    pub(crate) fn join_history(&mut self, candles: &[Candle], seq: u64) {
        for candle in candles {
            self.put(Entry { candle: *candle, seq });
        }
        self.reset = true;
        self.forget_old();
    }

    /// A live event; `true` when candles between it and the one before are missing.
    pub(crate) fn join_live(&mut self, candle: Candle, seq: u64) -> bool {
        let expected = self.entries.last().map(|entry| entry.candle.close_ts(self.interval));
        let hole = expected.is_some_and(|expected| candle.open_ts > expected);
        if self.put(Entry { candle, seq }) {
            let from = self.changed_from.unwrap_or(u64::MAX).min(candle.open_ts);
            self.changed_from = Some(from);
        }
        self.forget_old();
        hole
    }

    /// What changed since the last call.
    pub(crate) fn redraw(&mut self) -> Redraw {
        let from = self.changed_from.take();
        if std::mem::take(&mut self.reset) {
            return Redraw::All;
        }
        match from {
            None => Redraw::None,
            Some(from) => {
                let at = self.entries.partition_point(|entry| entry.candle.open_ts < from);
                Redraw::Update(self.entries[at..].iter().map(|entry| entry.candle).collect())
            }
        }
    }

    /// The next [`CandleSeries::redraw`] shows all: the chart is new.
    pub(crate) const fn redraw_all(&mut self) {
        self.reset = true;
    }

    /// The candles, oldest first.
    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = &Candle> {
        self.entries.iter().map(|entry| &entry.candle)
    }

    /// The newest one.
    pub(crate) fn last(&self) -> Option<&Candle> {
        self.entries.last().map(|entry| &entry.candle)
    }

    /// The one that starts at `open_ts`.
    pub(crate) fn at(&self, open_ts: u64) -> Option<&Candle> {
        let at = self.entries.binary_search_by_key(&open_ts, |entry| entry.candle.open_ts).ok()?;
        Some(&self.entries[at].candle)
    }

    fn put(&mut self, entry: Entry) -> bool {
        let open_ts = entry.candle.open_ts;
        match self.entries.binary_search_by_key(&open_ts, |known| known.candle.open_ts) {
            Ok(at) if entry.supersedes(&self.entries[at]) => self.entries[at] = entry,
            Ok(_) => return false,
            Err(at) => self.entries.insert(at, entry),
        }
        true
    }

    /// In batches, so that a full series does not move with each new candle.
    fn forget_old(&mut self) {
        if self.entries.len() > CANDLES_MAX + CANDLES_MAX / 10 {
            self.entries.drain(..self.entries.len() - CANDLES_MAX);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::fixture::candle;

    const MINUTE: u64 = 60_000_000;

    fn closes(series: &CandleSeries) -> Vec<String> {
        series.iter().map(|candle| candle.close.to_string()).collect()
    }

    #[test]
    fn history_that_comes_late_joins_without_seam() {
        let mut series = CandleSeries::new(Interval::M1);
        assert!(
            !series.join_live(candle(2 * MINUTE, "12", false), 50),
            "nothing is missing before the first"
        );
        series.join_history(
            &[candle(0, "10", true), candle(MINUTE, "11", true), candle(2 * MINUTE, "99", false)],
            40,
        );
        assert_eq!(closes(&series), ["10", "11", "12"], "the live candle is newer than the history's");
        assert_eq!(series.redraw(), Redraw::All);
        series.join_live(candle(2 * MINUTE, "13", true), 60);
        series.join_live(candle(3 * MINUTE, "14", false), 61);
        series.join_history(&[candle(2 * MINUTE, "77", false)], 70);
        assert_eq!(closes(&series), ["10", "11", "13", "14"], "a closed candle is final");
    }

    #[test]
    fn exact_candles_replace_modelled_ones_and_not_the_reverse() {
        let mut series = CandleSeries::new(Interval::M1);
        let modelled = |close| Candle { modelled: true, ..candle(0, close, true) };
        series.join_history(&[modelled("1")], 10);
        series.join_history(&[candle(0, "2", true)], 10);
        series.join_history(&[modelled("3")], 90);
        assert_eq!(closes(&series), ["2"]);
    }

    #[test]
    fn only_what_changed_is_drawn() {
        let mut series = CandleSeries::new(Interval::M1);
        series.join_live(candle(0, "1", false), 1);
        assert_eq!(series.redraw(), Redraw::All);
        assert_eq!(series.redraw(), Redraw::None);
        let (closed, open) = (candle(0, "2", true), candle(MINUTE, "3", false));
        series.join_live(closed, 2);
        series.join_live(open, 3);
        assert_eq!(series.redraw(), Redraw::Update(vec![closed, open]));
        series.join_live(candle(MINUTE, "9", false), 1);
        assert_eq!(series.redraw(), Redraw::None, "an older event changes nothing");
    }

    #[test]
    fn a_hole_is_told_and_the_past_is_bounded() {
        let mut series = CandleSeries::new(Interval::M1);
        for n in 0..=(CANDLES_MAX + CANDLES_MAX / 10) as u64 {
            assert!(!series.join_live(candle(n * MINUTE, "1", true), n));
        }
        assert_eq!(series.iter().len(), CANDLES_MAX);
        let last = series.last().unwrap().open_ts;
        assert!(series.join_live(candle(last + 2 * MINUTE, "1", false), 9_999));
        assert_eq!(series.at(last).map(|candle| candle.open_ts), Some(last));
        assert_eq!(series.at(last + 1), None);
    }
}
