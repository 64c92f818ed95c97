//! The candles of one instrument in all intervals, kept live from its trades, without gaps and within bounds.
//!
//! A longer candle is always the merged shorter ones, so it is modelled as long as one of them is. It knows nothing of
//! where trades come from.

mod ring;

use ring::Ring;

use crate::{Block, Body, Candle, Event, InstrumentCandles, Interval, Trade, Ts};

/// How many candles of each interval are kept, by [`Interval::index`]; the oldest goes first.
const RETENTIONS: [usize; 7] = [
    3_600, // 1s: an hour
    1_500, // 1m: 25 hours, a day of statistics and an hour
    8_928, // 5m: 31 days: blocks out of which longer candles become exact
    2_976, // 15m: 31 days
    744,   // 1h: 31 days
    372,   // 4h: 62 days
    92,    // 1d: a quarter
];

/// How many candles of an interval a [`CandleSeries`] keeps.
#[must_use]
pub const fn candles_kept_max(interval: Interval) -> usize {
    RETENTIONS[interval.index()]
}

/// The candles of one instrument: at most [`candles_kept_max`] of each interval, each following the one before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CandleSeries {
    rings: [Ring; 7],
}

impl Default for CandleSeries {
    fn default() -> Self {
        Self::new()
    }
}

impl CandleSeries {
    /// Without candles: the first trade or model opens them.
    #[must_use]
    pub fn new() -> Self {
        Self { rings: Interval::ALL.map(Ring::new) }
    }

    /// Takes in an event of the instrument: trades count, ticks open the candles of intervals without trades.
    pub fn take(&mut self, event: &Event) {
        match &event.body {
            Body::Trade(trade) => self.add(event.ts, trade),
            Body::Tick => self.roll(event.ts),
            Body::Book(_) | Body::Bbo(_) | Body::Status(_) => {}
        }
    }

    /// Takes in a trade. One that is older than the current candle goes to its own, if that is kept.
    pub fn add(&mut self, ts: Ts, trade: &Trade) {
        for ring in &mut self.rings {
            ring.roll(ts, Some(trade.price));
            if let Some(candle) = ring.at_mut(ts) {
                candle.add(trade);
            }
        }
    }

    /// Opens the candles that hold `ts`, and flat ones for intervals without trades before it.
    pub fn roll(&mut self, ts: Ts) {
        for ring in &mut self.rings {
            ring.roll(ts, None);
        }
    }

    /// The candle of the interval that is going on.
    #[must_use]
    pub fn current(&self, interval: Interval) -> Option<&Candle> {
        self.ring(interval).candles.back()
    }

    /// The candle that holds `ts`.
    #[must_use]
    pub fn at(&self, interval: Interval, ts: Ts) -> Option<&Candle> {
        let ring = self.ring(interval);
        ring.candles.get(ring.place(ts)?)
    }

    /// The candles that start at or after `from` and before `to`, oldest first.
    pub fn range(
        &self,
        interval: Interval,
        from: Ts,
        to: Ts,
    ) -> impl DoubleEndedIterator<Item = &Candle> + ExactSizeIterator {
        let candles = &self.ring(interval).candles;
        let start = candles.partition_point(|candle| candle.open_ts < from);
        let end = candles.partition_point(|candle| candle.open_ts < to).max(start);
        candles.range(start..end)
    }

    /// The last `limit` candles, oldest first.
    pub fn last(
        &self,
        interval: Interval,
        limit: usize,
    ) -> impl DoubleEndedIterator<Item = &Candle> + ExactSizeIterator {
        let candles = &self.ring(interval).candles;
        candles.range(candles.len().saturating_sub(limit)..)
    }

    /// Puts the exact candles of a block in the place of the modelled ones, and merges the longer ones anew. Says
    /// whether any was replaced: a block older than the 5-minute candles that are kept changes nothing.
    pub fn replace(&mut self, block: Block, exact: &InstrumentCandles) -> bool {
        let mut replaced = self.ring_mut(Interval::M5).replace(&exact.block);
        for minute in &exact.minutes {
            replaced |= self.ring_mut(Interval::M1).replace(minute);
        }
        if replaced {
            for interval in [Interval::M15, Interval::H1, Interval::H4, Interval::D1] {
                self.merge_blocks(interval, interval.floor(block.start()));
            }
        }
        replaced
    }

    /// Takes in a modelled candle of the past that follows all those before it.
    pub(crate) fn extend(&mut self, interval: Interval, candle: &Candle) {
        for ring in self.rings.iter_mut().filter(|ring| ring.interval >= interval) {
            ring.extend(candle);
        }
    }

    /// Makes a longer candle of its 5-minute ones, if all of them so far are kept.
    fn merge_blocks(&mut self, interval: Interval, open_ts: Ts) {
        let mut blocks = self.range(Interval::M5, open_ts, open_ts.plus(interval.micros()));
        let Some(mut merged) = blocks.next().copied().filter(|first| first.open_ts == open_ts) else {
            return;
        };
        blocks.for_each(|block| merged.merge(block));
        self.ring_mut(interval).replace(&merged);
    }

    fn ring(&self, interval: Interval) -> &Ring {
        &self.rings[interval.index()]
    }

    fn ring_mut(&mut self, interval: Interval) -> &mut Ring {
        &mut self.rings[interval.index()]
    }
}

#[cfg(test)]
mod tests;
