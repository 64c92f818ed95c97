//! The candles of the chosen symbol: REST history and live events, joined without seam or overlap, and as much of the
//! past as the person scrolled back to.

use market::Interval;
use protocol::Candle;

use super::SECOND;

/// How many candles are kept while nobody looks further back: older ones are forgotten.
pub(crate) const CANDLES_MAX: usize = 3_000;
/// How many are held for somebody who does. No older ones are asked for then, and the oldest go when new ones come.
pub(crate) const CANDLES_HELD_MAX: usize = 10_000;
/// Candles left of the view that are kept, so that a small step back asks for nothing.
const MARGIN: usize = 500;
/// With fewer candles than this left of the view, older ones are asked for. Less than [`MARGIN`]: what was just
/// forgotten is not asked for again.
const AHEAD: usize = 200;
/// Forgetting draws all anew: it is done in batches of this many.
const BATCH: usize = CANDLES_MAX / 10;
/// After a failure the past is asked for again no sooner than this, in microseconds.
const RETRY_MICROS: u64 = 2 * SECOND;

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

/// What is known of the candles before the first one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Past {
    /// Not even the latest history is here.
    #[default]
    Unknown,
    /// There may be older ones; not to be asked for before this time, in microseconds since 1970.
    Open {
        /// 0, but after a failure.
        not_before_us: u64,
    },
    /// They were asked for.
    Loading,
    /// The server has none.
    Complete,
}

/// Candles of one symbol and interval in time order.
#[derive(Clone, Debug)]
pub(crate) struct CandleSeries {
    interval: Interval,
    entries: Vec<Entry>,
    /// `open_ts` of the oldest candle that changed since the last [`CandleSeries::redraw`].
    changed_from: Option<u64>,
    reset: bool,
    past: Past,
    /// How many candles are left of what is seen; `None` while nothing is.
    hidden_left: Option<usize>,
}

impl CandleSeries {
    /// An empty series.
    pub(crate) const fn new(interval: Interval) -> Self {
        Self {
            interval,
            entries: Vec::new(),
            changed_from: None,
            reset: true,
            past: Past::Unknown,
            hidden_left: None,
        }
    }

    /// The history up to event `seq`, oldest first.
    pub(crate) fn join_history(&mut self, candles: &[Candle], seq: u64) {
        for candle in candles {
            self.put(Entry { candle: *candle, seq });
        }
        if self.past == Past::Unknown {
            self.past = Past::Open { not_before_us: 0 };
        }
        self.reset = true;
        self.forget_old();
    }

    /// The answer to [`CandleSeries::take_older`]: up to `limit` candles before `end_ts`, oldest first. One that does
    /// not join what is here is an answer to an older question, and dropped.
    pub(crate) fn join_older(&mut self, candles: &[Candle], seq: u64, end_ts: u64, limit: usize) {
        if self.past != Past::Loading || self.first().is_none_or(|first| first.open_ts != end_ts) {
            return;
        }
        self.past = if candles.len() < limit { Past::Complete } else { Past::Open { not_before_us: 0 } };
        // At once: one by one, each would move all that is here.
        let older = candles.iter().filter(|candle| candle.open_ts < end_ts);
        self.entries.splice(0..0, older.map(|candle| Entry { candle: *candle, seq }));
        self.hidden_left = None; // as of the next look
        self.reset = true;
    }

    /// They could not be had: they are asked for again, but not at once.
    pub(crate) fn older_failed(&mut self, now_us: u64) {
        if self.past == Past::Loading {
            self.past = Past::Open { not_before_us: now_us + RETRY_MICROS };
        }
    }

    /// What is seen begins after `hidden_left` candles; a negative number is room left of the first one.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to what is held")]
    pub(crate) fn look(&mut self, hidden_left: f64) {
        self.hidden_left = Some(hidden_left.clamp(0.0, CANDLES_HELD_MAX as f64) as usize);
    }

    /// Whether older candles are to be asked for, and then before which time. Once asked, it waits for the answer.
    pub(crate) fn take_older(&mut self, now_us: u64) -> Option<u64> {
        let Past::Open { not_before_us } = self.past else { return None };
        let wanted = self.hidden_left.is_some_and(|left| left < AHEAD);
        if !wanted || now_us < not_before_us || self.is_full() {
            return None;
        }
        let end_ts = self.first()?.open_ts;
        self.past = Past::Loading;
        Some(end_ts)
    }

    /// How many candles, from the oldest on, there are up to the latest modelled one, and when that ends. What is not
    /// closed does not count: events bring it.
    pub(crate) fn modelled(&self) -> Option<(usize, u64)> {
        let is_modelled = |entry: &Entry| entry.candle.modelled && entry.candle.closed;
        let at = self.entries.iter().rposition(is_modelled)?;
        Some((at + 1, self.entries[at].candle.close_ts(self.interval)))
    }

    /// How long its candles are.
    pub(crate) const fn interval(&self) -> Interval {
        self.interval
    }

    /// What is known of the candles before the first one.
    pub(crate) const fn past(&self) -> Past {
        self.past
    }

    /// Whether the first candle is seen.
    pub(crate) fn is_start_seen(&self) -> bool {
        self.hidden_left == Some(0)
    }

    /// Whether no older candles are asked for any more.
    pub(crate) const fn is_full(&self) -> bool {
        self.entries.len() >= CANDLES_HELD_MAX
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
    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = &Candle> + DoubleEndedIterator {
        self.entries.iter().map(|entry| &entry.candle)
    }

    /// The oldest one.
    pub(crate) fn first(&self) -> Option<&Candle> {
        self.entries.first().map(|entry| &entry.candle)
    }

    /// The newest one.
    pub(crate) fn last(&self) -> Option<&Candle> {
        self.entries.last().map(|entry| &entry.candle)
    }

    /// The one that starts at `open_ts`.
    pub(crate) fn at(&self, open_ts: u64) -> Option<&Candle> {
        self.place(open_ts).ok().map(|at| &self.entries[at].candle)
    }

    /// The place of the candle that starts at `open_ts`, from 0.
    pub(crate) fn index(&self, open_ts: u64) -> Option<usize> {
        self.place(open_ts).ok()
    }

    /// The candle so many steps after (or before) the one that starts at `from`, or the newest; never beyond the ends.
    pub(crate) fn step(&self, from: Option<u64>, by: isize) -> Option<&Candle> {
        let last = self.entries.len().checked_sub(1)?;
        let at = from.map_or(last, |from| self.place(from).unwrap_or_else(|at| at));
        Some(&self.entries[at.saturating_add_signed(by).min(last)].candle)
    }

    fn place(&self, open_ts: u64) -> Result<usize, usize> {
        self.entries.binary_search_by_key(&open_ts, |entry| entry.candle.open_ts)
    }

    fn put(&mut self, entry: Entry) -> bool {
        let open_ts = entry.candle.open_ts;
        match self.place(open_ts) {
            Ok(at) if entry.supersedes(&self.entries[at]) => self.entries[at] = entry,
            Ok(_) => return false,
            Err(at) => self.entries.insert(at, entry),
        }
        true
    }

    /// What is left of the view, and of a margin beside it, is forgotten beyond [`CANDLES_MAX`]; anything beyond
    /// [`CANDLES_HELD_MAX`].
    fn forget_old(&mut self) {
        let len = self.entries.len();
        let unseen = self.hidden_left.map_or(len, |left| left.saturating_sub(MARGIN));
        let surplus = len.saturating_sub(CANDLES_MAX).min(unseen).max(len.saturating_sub(CANDLES_HELD_MAX));
        if surplus < BATCH {
            return;
        }
        self.entries.drain(..surplus);
        self.hidden_left = self.hidden_left.map(|left| left.saturating_sub(surplus));
        // Without this the chart itself would grow for as long as the page is open.
        self.reset = true;
        if self.past == Past::Complete {
            self.past = Past::Open { not_before_us: 0 };
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
    fn it_knows_up_to_where_it_is_modelled() {
        let mut series = with_minutes(5, 3);
        assert_eq!(series.modelled(), None);
        let modelled = |n: u64, closed| Candle { modelled: true, ..candle(n * MINUTE, "1", closed) };
        series.join_history(&[modelled(0, true), modelled(1, true), modelled(5, false)], 1);
        assert_eq!(series.modelled(), Some((2, 2 * MINUTE)), "the open one counts for nothing");
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
        for n in 0..(CANDLES_MAX + BATCH - 1) as u64 {
            assert!(!series.join_live(candle(n * MINUTE, "1", true), n));
        }
        series.redraw();
        assert_eq!(series.iter().len(), CANDLES_MAX + BATCH - 1);
        series.join_live(candle((CANDLES_MAX + BATCH - 1) as u64 * MINUTE, "1", true), 9_998);
        assert_eq!(series.iter().len(), CANDLES_MAX);
        assert_eq!(series.redraw(), Redraw::All, "the chart forgets with us");
        let last = series.last().unwrap().open_ts;
        assert!(series.join_live(candle(last + 2 * MINUTE, "1", false), 9_999));
        assert_eq!(series.at(last).map(|candle| candle.open_ts), Some(last));
        assert_eq!(series.at(last + 1), None);
    }

    /// `count` minutes that end before `end`.
    fn minutes(end: u64, count: u64) -> Vec<Candle> {
        (end - count..end).map(|n| candle(n * MINUTE, "1", true)).collect()
    }

    fn with_minutes(end: u64, count: u64) -> CandleSeries {
        let mut series = CandleSeries::new(Interval::M1);
        series.join_history(&minutes(end, count), 1);
        series
    }

    #[test]
    fn older_candles_are_asked_for_once_and_join_at_the_front() {
        let mut series = with_minutes(9_000, 500);
        assert_eq!(series.take_older(0), None, "nobody looks");
        series.look(AHEAD as f64);
        assert_eq!(series.take_older(0), None, "there is enough left of the view");
        series.look(-3.5);
        assert_eq!(series.take_older(0), Some(8_500 * MINUTE));
        assert_eq!((series.take_older(0), series.past()), (None, Past::Loading));
        series.join_live(candle(9_000 * MINUTE, "2", false), 5);
        series.redraw();
        series.join_older(&minutes(8_500, 100), 2, 8_500 * MINUTE, 100);
        assert_eq!(series.iter().len(), 601);
        assert_eq!(series.redraw(), Redraw::All);
        assert!(series.iter().is_sorted_by_key(|candle| candle.open_ts));
        series.look(0.0);
        assert_eq!(series.take_older(0), Some(8_400 * MINUTE));
        series.join_older(&minutes(8_400, 99), 2, 8_400 * MINUTE, 100);
        series.look(0.0);
        assert_eq!((series.take_older(0), series.past()), (None, Past::Complete), "the server has no more");
    }

    #[test]
    fn an_answer_to_another_question_is_dropped_and_a_failure_is_tried_again() {
        let mut series = with_minutes(9_000, 500);
        series.join_older(&minutes(8_500, 10), 2, 8_500 * MINUTE, 10);
        assert_eq!(series.iter().len(), 500, "nothing was asked");
        series.look(0.0);
        series.take_older(0);
        series.join_older(&minutes(8_400, 10), 2, 8_400 * MINUTE, 10);
        assert_eq!(series.iter().len(), 500, "it would leave a hole");
        series.older_failed(7);
        assert_eq!(series.take_older(6 + RETRY_MICROS), None);
        assert_eq!(series.take_older(7 + RETRY_MICROS), Some(8_500 * MINUTE));
    }

    #[test]
    fn what_is_looked_at_is_kept_up_to_a_limit() {
        let mut series = with_minutes(90_000, 2_000);
        let mut next = 90_000;
        let mut live = |series: &mut CandleSeries, count: u64| {
            for n in next..next + count {
                series.join_live(candle(n * MINUTE, "1", true), n);
            }
            next += count;
        };
        series.look(700.0);
        live(&mut series, 4_000);
        assert_eq!(series.first().unwrap().open_ts, 88_000 * MINUTE, "less than a batch is unseen");
        live(&mut series, CANDLES_HELD_MAX as u64);
        assert!((CANDLES_HELD_MAX..CANDLES_HELD_MAX + BATCH).contains(&series.iter().len()));
        assert!(series.is_full());
        series.look(0.0);
        assert_eq!(series.take_older(0), None, "the limit holds for the past, too");
        series.look(9_900.0);
        live(&mut series, 1);
        assert_eq!(series.iter().len(), CANDLES_MAX, "back at the live end the past is let go");
    }

    #[test]
    fn steps_stay_inside() {
        let series = with_minutes(10, 5);
        for (from, by, expected) in
            [(None, -1, 8), (Some(8), 1, 9), (Some(9), 1, 9), (Some(6), -20, 5), (None, 0, 9)]
        {
            let found = series.step(from.map(|n: u64| n * MINUTE), by).unwrap();
            assert_eq!(found.open_ts, expected * MINUTE, "{from:?} {by}");
        }
        assert_eq!((series.index(5 * MINUTE), series.index(99)), (Some(0), None));
        assert_eq!(CandleSeries::new(Interval::M1).step(None, -1), None);
    }
}
