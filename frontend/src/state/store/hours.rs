//! The last hour of the symbols in view, fetched one after the other.

use protocol::rest::Candles;

use super::Store;
use crate::state::SECOND;

/// After a failure nothing is asked for so long, in microseconds.
const PAUSE_MICROS: u64 = 5 * SECOND;

/// What is being fetched.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Hours {
    pending: bool,
    not_before_us: u64,
}

impl Store {
    /// The first of these rows whose last hour was not asked for yet, if it is time to ask; then
    /// [`Store::join_hour`].
    pub(crate) fn want_hour(&mut self, in_view: impl Iterator<Item = usize>, now_us: u64) -> Option<String> {
        if self.hours.pending || !self.link.subscribed || now_us < self.hours.not_before_us {
            return None;
        }
        for row in in_view {
            if let Some(row) = self.rows.get_mut(row).filter(|row| !row.hour_asked) {
                (row.hour_asked, self.hours.pending) = (true, true);
                return Some(row.instrument.symbol.clone());
            }
        }
        None
    }

    /// The last hour of a symbol, or that it could not be had.
    pub(crate) fn join_hour(&mut self, symbol: &str, answer: Option<&Candles>, now_us: u64) {
        self.hours.pending = false;
        let Some(row) = self.by_symbol.get(symbol).and_then(|at| self.rows.get_mut(*at)) else { return };
        match answer {
            Some(answer) => {
                let end = |candle: &protocol::Candle| candle.close_ts(answer.interval) - 1;
                row.spark.prepend(answer.candles.iter().map(|candle| (end(candle), candle.close.to_f64())));
                row.spark_dirty = true;
            }
            None => {
                row.hour_asked = false;
                self.hours.not_before_us = now_us + PAUSE_MICROS;
            }
        }
    }
}
