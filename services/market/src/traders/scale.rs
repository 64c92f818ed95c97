//! What is typical of an instrument: how fast its traders act, how far apart they quote, how much they trade.

use crate::fundamental::Fundamental;
use crate::{InstrumentConfig, MarketConfig, Price};

/// Events that an action makes on average while calm: measured (`tests/simulation.rs` holds it to the target).
const EVENTS_PER_ACTION: f64 = 1.4;

/// Actions per second below which even the quietest instrument does not go.
const ACTIONS_PER_SECOND_MIN: f64 = 0.05;

/// The half spread in s.d. of the price from one action to the next: the spread of a market is proportional to its
/// volatility per trade (Wyart, Bouchaud, Kockelkoren, Potters & Vettorazzo 2008).
const HALF_SPREAD_SDS: f64 = 2.0;

/// The least half spread: bids below, asks above the fair price lie a tick apart.
const HALF_SPREAD_TICKS_MIN: f64 = 0.5;

/// The greatest half spread relative to the price.
const RELATIVE_HALF_SPREAD_MAX: f64 = 0.05;

/// The most lots of a mean order: the sum of a whole book, and of a day's trades, stays far below 2^64.
const MEAN_LOTS_MAX: f64 = 1e9;

/// The least gap between orders behind the best prices.
const GAP_TICKS_MIN: f64 = 2.0;

/// Trades that an action makes on average, and how many more where the half spread has two ticks.
const TRADES_PER_ACTION: f64 = 0.08;
const TRADES_PER_ACTION_WIDE: f64 = 0.32;

/// The mean size of a trade relative to that of an order.
const TRADE_OF_ORDER: f64 = 0.64;

/// Seconds of a day.
const DAY_SECONDS: f64 = 86_400.0;

/// The measures of one instrument.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scale {
    /// Actions per second while calm.
    pub(crate) actions_per_second: f64,
    /// Half a spread relative to the price, at average volatility.
    relative_half_spread: f64,
    /// The mean size of an order at a price of one tick, in lots.
    lots_at_a_tick: f64,
    /// The s.d. of the log price over an average minute.
    pub(crate) minute_sd: f64,
}

impl Scale {
    pub(crate) fn new(market: &MarketConfig, config: &InstrumentConfig, value: &Fundamental) -> Self {
        let actions = market.events_per_second_of(config) / EVENTS_PER_ACTION;
        let actions_per_second = actions.max(ACTIONS_PER_SECOND_MIN);
        let second_sd = (value.daily_variance() / DAY_SECONDS).sqrt();
        Self {
            actions_per_second,
            relative_half_spread: HALF_SPREAD_SDS * second_sd / actions_per_second.sqrt(),
            lots_at_a_tick: config.order_value / (config.tick_size.to_f64() * config.lot_size.to_f64()),
            minute_sd: second_sd * 60.0_f64.sqrt(),
        }
    }

    /// The half spread at a fair price and a volatility relative to the average, in ticks.
    pub(crate) fn half_spread(&self, fair: f64, volatility: f64) -> f64 {
        (self.relative_half_spread * volatility)
            .min(RELATIVE_HALF_SPREAD_MAX)
            .max(HALF_SPREAD_TICKS_MIN / fair)
            * fair
    }

    /// How far apart orders behind the best prices stand, in ticks: a book is made of many levels even where a spread is
    /// one tick.
    pub(crate) fn gap(half_spread: f64) -> f64 {
        half_spread.max(GAP_TICKS_MIN)
    }

    /// Trades per second at a variance relative to the average: measured, to model a volume without trading it. Where a
    /// spread has many ticks, more stale orders are met.
    pub(crate) fn trades_per_second(&self, fair: f64, intensity: f64) -> f64 {
        let room = (self.relative_half_spread * fair / 2.0).min(1.0);
        self.actions_per_second
            * (TRADES_PER_ACTION + TRADES_PER_ACTION_WIDE * room)
            * intensity.sqrt().clamp(0.35, 4.0)
    }

    /// The mean size of a trade, in lots: measured too.
    pub(crate) fn mean_trade_lots(&self, fair: f64) -> f64 {
        TRADE_OF_ORDER * self.mean_lots(fair)
    }

    /// The mean size of an order at a fair price, in lots.
    pub(crate) fn mean_lots(&self, fair: f64) -> f64 {
        (self.lots_at_a_tick / fair).clamp(1.0, MEAN_LOTS_MAX)
    }
}

/// The highest whole tick at or below a price, and at least one.
pub(crate) fn floor(ticks: f64) -> Price {
    Price(ticks.floor().max(1.0) as i64)
}

/// The lowest whole tick at or above a price.
pub(crate) fn ceil(ticks: f64) -> Price {
    Price(ticks.ceil() as i64)
}

/// A size in whole lots, at least one.
#[allow(clippy::cast_sign_loss, reason = "it is at least 1")]
pub(crate) const fn lots(size: f64) -> u64 {
    size.max(1.0) as u64
}
