//! The candles of the time before a market was started, modelled by the fundamental value alone.
//!
//! Recent time is modelled minute by minute, older time in the shortest interval that is kept of it, and longer candles
//! are merged of those. Each modelled candle is a pure function of configuration, time and its interval; it says that
//! it is modelled, until the block is run again ([`crate::block_candles`]).

use crate::fundamental::{MINUTE_DEPTH, Path};
use crate::random::{mix, normal_pair, unit};
use crate::simulation::Blueprint;
use crate::{
    Candle, CandleSeries, Interval, InvalidConfig, MarketConfig, Notional, Price, Qty, Ts, candles_kept_max,
};

/// The intervals that are modelled, longest first, and how many levels above the minutes the tree's cells are about as
/// long as they.
const GRID: [(Interval, u32); 6] = [
    (Interval::D1, 10),
    (Interval::H4, 8),
    (Interval::H1, 6),
    (Interval::M15, 4),
    (Interval::M5, 2),
    (Interval::M1, 0),
];

/// Names the hash that highs, lows and volumes are drawn from.
const PAST_TAG: u64 = 0x7061_7374;

/// The s.d. of the logarithm of a candle's volume around what its volatility lets expect.
const VOLUME_SD: f64 = 0.35;

/// The candles of all instruments, by [`crate::InstrumentId`], before `until`, the start of a block.
///
/// # Errors
/// All mistakes in the configuration.
pub fn past(config: &MarketConfig, until: Ts) -> Result<Vec<CandleSeries>, InvalidConfig> {
    Ok(Blueprint::all(config.checked()?).map(|blueprint| series(&blueprint, until)).collect())
}

fn series(blueprint: &Blueprint, until: Ts) -> CandleSeries {
    let starts = starts(until);
    let minute = Interval::M1.micros();
    let mut path = blueprint.fundamental.walk(MINUTE_DEPTH, starts[0].0 / minute);
    let mut series = CandleSeries::new();
    for (n, (interval, levels)) in GRID.into_iter().enumerate() {
        let end = starts.get(n + 1).copied().unwrap_or(until);
        let mut ts = starts[n];
        while ts < end {
            series.extend(interval, &candle(blueprint, &mut path, interval, MINUTE_DEPTH - levels, ts));
            ts = ts.plus(interval.micros());
        }
    }
    series
}

/// From when on each interval of the grid is modelled: as long ago as it is kept, on the grid of the next longer one.
fn starts(until: Ts) -> [Ts; 6] {
    let mut longer = Interval::D1;
    GRID.map(|(interval, _)| {
        let kept = (candles_kept_max(interval) as u64 - 1) * interval.micros();
        let start = longer.floor(Ts(until.0.saturating_sub(kept)));
        longer = interval;
        start
    })
}

/// One candle: opens and closes at the value, and reaches as far as a Brownian bridge between the two does.
fn candle(blueprint: &Blueprint, path: &mut Path, interval: Interval, level: u32, open_ts: Ts) -> Candle {
    let minute = Interval::M1.micros();
    path.seek(open_ts.0 / minute);
    let (open, intensity) = (path.cell().open, path.intensity(level));
    path.seek(open_ts.plus(interval.micros()).0 / minute);
    let close = path.cell().open;
    let days = interval.micros() as f64 / Interval::D1.micros() as f64;
    let variance = blueprint.fundamental.daily_variance() * days * intensity * open * open;
    let key = mix(mix(blueprint.key, PAST_TAG + interval.index() as u64), open_ts.0);
    let reach = |n: u64| reach(close - open, variance, unit(mix(key, n)));
    let middle = (open + close) / 2.0;
    let (volume, trades) = volume(blueprint, interval, intensity, middle, key);
    Candle {
        open_ts,
        open: ticks(open),
        high: ticks(middle + reach(0)),
        low: ticks(middle - reach(1)),
        close: ticks(close),
        volume: Qty(volume),
        quote_volume: Notional::of(ticks(middle), Qty(volume)),
        trades,
        modelled: true,
    }
}

/// How far the maximum of a Brownian bridge lies above the middle of its ends, by the inverse of its distribution; the
/// minimum is as far below. At least half the increment.
fn reach(increment: f64, variance: f64, u: f64) -> f64 {
    (increment * increment - 2.0 * variance * libm::log(u)).sqrt() / 2.0
}

/// Lots and trades: what the simulated traders make of such a volatility, give or take.
#[allow(clippy::cast_sign_loss, reason = "both are above 0")]
fn volume(blueprint: &Blueprint, interval: Interval, intensity: f64, price: f64, key: u64) -> (u64, u32) {
    let seconds = interval.micros() as f64 / 1e6;
    let give_or_take = libm::exp(VOLUME_SD * normal_pair(mix(key, 2)).0 - VOLUME_SD * VOLUME_SD / 2.0);
    let trades = blueprint.scale.trades_per_second(price, intensity) * seconds * give_or_take;
    let lots = trades * blueprint.scale.mean_trade_lots(price);
    (lots.max(1.0) as u64, trades.max(1.0) as u32)
}

fn ticks(value: f64) -> Price {
    Price(value.round() as i64)
}

#[cfg(test)]
mod tests;
