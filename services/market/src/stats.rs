//! Statistics of the last 24 hours, to the minute, out of an instrument's candles.

use crate::{Candle, CandleSeries, Decimal, Interval, Notional, Price, Qty, Ts};

/// The window: 24 hours, of which the minute that is going on is the last.
pub const STATS_MICROS: u64 = Interval::D1.micros();

/// From longest to shortest: the window is cut into as few of their candles as possible, about 40.
const PIECES: [Interval; 5] = [Interval::H4, Interval::H1, Interval::M15, Interval::M5, Interval::M1];

/// The last 24 hours of an instrument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stats {
    /// The start of the window; later than 24 hours ago if no earlier candle is known.
    pub open_ts: Ts,
    /// The first price.
    pub open: Price,
    /// The highest price.
    pub high: Price,
    /// The lowest price.
    pub low: Price,
    /// The last price.
    pub last: Price,
    /// The quantity traded.
    pub volume: Qty,
    /// The sum of price x quantity.
    pub quote_volume: Notional,
    /// How many trades.
    pub trades: u32,
    /// Part of it is not of trades, but of the model of the market's past.
    pub modelled: bool,
}

impl Stats {
    /// The statistics at `now`, `None` without candles. Costs about 40 merged candles, and as it keeps no sums of its
    /// own it is right at once when exact candles replace modelled ones.
    #[must_use]
    pub fn of(series: &CandleSeries, now: Ts) -> Option<Self> {
        let minute = Interval::M1.micros();
        let end = Interval::M1.floor(now).plus(minute);
        let first = series.range(Interval::M1, Ts(end.0.saturating_sub(STATS_MICROS)), end).next()?;
        let mut window = *first;
        let mut ts = first.open_ts.plus(minute);
        while let Some((interval, candle)) = piece(series, ts, end) {
            window.merge(candle);
            ts = ts.plus(interval.micros());
        }
        Some(Self::from(window))
    }

    /// The last price less the first one.
    #[must_use]
    pub const fn change(&self) -> Price {
        Price(self.last.0.saturating_sub(self.open.0))
    }

    /// The change in percent, with two digits, towards zero.
    #[must_use]
    pub fn change_percent(&self) -> Decimal {
        let open = i128::from(self.open.0.max(1));
        Decimal::new(i128::from(self.change().0) * 10_000 / open, 2)
    }
}

impl From<Candle> for Stats {
    fn from(window: Candle) -> Self {
        let Candle { open_ts, open, high, low, close, volume, quote_volume, trades, modelled } = window;
        Self { open_ts, open, high, low, last: close, volume, quote_volume, trades, modelled }
    }
}

/// The longest candle that starts at `ts` and is over by `end`.
fn piece(series: &CandleSeries, ts: Ts, end: Ts) -> Option<(Interval, &Candle)> {
    PIECES
        .into_iter()
        .filter(|interval| interval.floor(ts) == ts && ts.plus(interval.micros()) <= end)
        .find_map(|interval| Some((interval, series.at(interval, ts)?)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Side, Trade};

    const START: Ts = Ts(1_700_006_400 * Ts::SECOND);

    #[test]
    fn they_are_those_of_the_minutes() {
        let mut series = CandleSeries::new();
        let mut state = 1_u64;
        for n in 0..30 * 60 * 20_u64 {
            state = crate::random::mix(state, n);
            let ts = START.plus(n * 3 * Ts::SECOND);
            let trade = Trade {
                price: Price(1_000 + (state % 97).cast_signed()),
                qty: Qty(1 + state % 7),
                taker: Side::Buy,
            };
            if state.is_multiple_of(40) {
                series.add(ts, &trade);
            }
            series.roll(ts);
            if n % 1_009 == 0 && series.current(Interval::M1).is_some() {
                let end = Interval::M1.floor(ts).plus(60 * Ts::SECOND);
                let mut minutes = series.range(Interval::M1, Ts(end.0 - STATS_MICROS), end);
                let mut all = *minutes.next().unwrap();
                minutes.for_each(|minute| all.merge(minute));
                assert_eq!(Stats::of(&series, ts), Some(Stats::from(all)), "after {n}");
            }
        }
    }

    #[test]
    fn change_is_of_the_first_price() {
        let mut candle = Candle::flat(START, Price(2_000));
        candle.close = Price(1_900);
        let stats = Stats::from(candle);
        assert_eq!((stats.change(), stats.change_percent().to_string().as_str()), (Price(-100), "-5.00"));
        assert_eq!(Stats::of(&CandleSeries::new(), START), None);
    }
}
