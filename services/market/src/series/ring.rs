//! The candles of one interval, one after the other.

use std::collections::VecDeque;

use super::candles_kept_max;
use crate::{Candle, Interval, Price, Ts};

/// At most [`candles_kept_max`] candles, each starting where the one before it ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ring {
    pub(super) interval: Interval,
    pub(super) candles: VecDeque<Candle>,
}

impl Ring {
    pub(super) fn new(interval: Interval) -> Self {
        Self { interval, candles: VecDeque::new() }
    }

    /// Opens the candle that holds `ts`, and flat ones before it; the very first one at `first`, if that is known.
    pub(super) fn roll(&mut self, ts: Ts, first: Option<Price>) {
        let open_ts = self.interval.floor(ts);
        let Some(last) = self.candles.back() else {
            self.candles.extend(first.map(|price| Candle::flat(open_ts, price)));
            return;
        };
        if open_ts <= last.open_ts {
            return;
        }
        let close = last.close;
        // After a gap longer than all that is kept the first candles are not made to be thrown away.
        let kept = candles_kept_max(self.interval) as u64 * self.interval.micros();
        let first =
            last.open_ts.plus(self.interval.micros()).max(self.interval.floor(Ts(ts.0.saturating_sub(kept))));
        for open in
            (first.0..=open_ts.0).step_by(usize::try_from(self.interval.micros()).unwrap_or(usize::MAX))
        {
            self.push(Candle::flat(Ts(open), close));
        }
    }

    /// Merges a candle of this or a shorter interval into the last one, or starts one with it.
    pub(super) fn extend(&mut self, candle: &Candle) {
        let open_ts = self.interval.floor(candle.open_ts);
        match self.candles.back_mut() {
            Some(last) if last.open_ts == open_ts => last.merge(candle),
            _ => self.push(Candle { open_ts, ..*candle }),
        }
    }

    /// Puts a candle in the place of the one that starts with it; says whether there was one.
    pub(super) fn replace(&mut self, candle: &Candle) -> bool {
        match self.at_mut(candle.open_ts) {
            Some(old) => {
                *old = *candle;
                true
            }
            None => false,
        }
    }

    pub(super) fn at_mut(&mut self, ts: Ts) -> Option<&mut Candle> {
        let place = self.place(ts)?;
        self.candles.get_mut(place)
    }

    pub(super) fn place(&self, ts: Ts) -> Option<usize> {
        let first = self.candles.front()?.open_ts;
        let micros = ts.0.checked_sub(first.0)?;
        usize::try_from(micros / self.interval.micros()).ok().filter(|place| *place < self.candles.len())
    }

    fn push(&mut self, candle: Candle) {
        if self.candles.len() == candles_kept_max(self.interval) {
            self.candles.pop_front();
        }
        self.candles.push_back(candle);
    }
}
