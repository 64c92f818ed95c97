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
mod tests;
