//! Lines over the candles: moving averages and the session's volume-weighted average price.
//!
//! Sums are exact: integers of ticks, and the `quote_volume` and `volume` of the candles. What is drawn is the nearest
//! `f64`. A line is computed anew from all its candles: a fraction of a millisecond for the most that is held, and
//! nothing that could drift.

use market::{Decimal, Interval};
use protocol::Candle;

use super::candles::CandleSeries;

/// A day, in microseconds: a session goes from midnight to midnight UTC.
const DAY_MICROS: u64 = Interval::D1.micros();
/// What a session is summed up from where its beginning is not loaded: at most 288 of them.
pub(crate) const SESSION_INTERVAL: Interval = Interval::M5;

/// A line over the candles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Indicator {
    /// The mean of so many closes.
    Sma(usize),
    /// The exponential average: 2 / (n + 1) of it is the latest close. It starts with the mean of the first n.
    Ema(usize),
    /// All that was paid in the session by all that was traded.
    Vwap,
}

impl Indicator {
    /// What can be switched on, in the order of the buttons. The periods are those that traders find everywhere.
    pub(crate) const ALL: [Self; 6] =
        [Self::Sma(7), Self::Sma(25), Self::Sma(99), Self::Ema(12), Self::Ema(26), Self::Vwap];

    /// Its name on the button and in the legend.
    pub(crate) fn name(self) -> String {
        match self {
            Self::Sma(n) => format!("MA {n}"),
            Self::Ema(n) => format!("EMA {n}"),
            Self::Vwap => "VWAP".into(),
        }
    }

    /// Its value at each candle; NaN where there is none (yet).
    pub(crate) fn line(self, series: &CandleSeries, session: Option<&Session>) -> Vec<f64> {
        let closes = || series.iter().map(|candle| candle.close);
        match self {
            Self::Sma(n) => moving_average(closes(), n),
            Self::Ema(n) => exponential_average(closes(), n),
            Self::Vwap => vwap(series.iter(), series.interval(), session),
        }
    }
}

/// All closes of a symbol have the digits of its tick, so their mantissas can be added.
#[allow(clippy::cast_precision_loss, reason = "periods are small")]
fn moving_average(closes: impl Iterator<Item = Decimal>, n: usize) -> Vec<f64> {
    let closes: Vec<Decimal> = closes.collect();
    let mut sum = 0;
    let mean = |(at, close): (usize, &Decimal)| {
        sum += close.mantissa;
        if at >= n {
            sum -= closes[at - n].mantissa;
        }
        if at + 1 < n { f64::NAN } else { Decimal::new(sum, close.scale).to_f64() / n as f64 }
    };
    closes.iter().enumerate().map(mean).collect()
}

#[allow(clippy::cast_precision_loss, reason = "periods are small")]
fn exponential_average(closes: impl Iterator<Item = Decimal>, n: usize) -> Vec<f64> {
    let weight = 2.0 / (n as f64 + 1.0);
    let (mut sum, mut average) = (0.0, f64::NAN);
    let next = |(at, close): (usize, Decimal)| {
        let close = close.to_f64();
        sum += close;
        average = match at + 1 {
            seen if seen < n => f64::NAN,
            seen if seen == n => sum / n as f64,
            _ => average + weight * (close - average),
        };
        average
    };
    closes.enumerate().map(next).collect()
}

/// What a session traded before the candles that are loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Session {
    /// Up to here, in microseconds since 1970.
    pub(crate) until: u64,
    /// Whether candles that it was summed up from were modelled.
    pub(crate) modelled: bool,
    traded: Traded,
}

/// Sums of mantissas: all volumes of a symbol have the same digits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Traded {
    quote_volume: i128,
    volume: i128,
}

impl Traded {
    const fn add(&mut self, candle: &Candle) {
        self.quote_volume += candle.quote_volume.mantissa;
        self.volume += candle.volume.mantissa;
    }

    /// The average price, with the digits of `like`.
    fn average(&self, like: &Candle) -> f64 {
        if self.volume == 0 {
            return f64::NAN;
        }
        Decimal::new(self.quote_volume, like.quote_volume.scale).to_f64()
            / Decimal::new(self.volume, like.volume.scale).to_f64()
    }
}

impl Session {
    /// Up to which time `series` needs a sum of its latest session: `None` when it has the whole session, or `known`
    /// still joins it.
    pub(crate) fn wanted(series: &CandleSeries, known: Option<&Self>) -> Option<u64> {
        let (first, last) = (series.first()?.open_ts, series.last()?.open_ts);
        let day = start_of_day(last);
        let step = SESSION_INTERVAL.micros();
        let until = first.div_ceil(step) * step;
        let joins = known.is_some_and(|known| known.until == until);
        (series.interval().micros() < step && day < first && until <= last && !joins).then_some(until)
    }

    /// How many candles of [`SESSION_INTERVAL`] lead up to `until`.
    pub(crate) fn candles_before(until: u64) -> usize {
        usize::try_from((until - start_of_day(until)) / SESSION_INTERVAL.micros()).unwrap_or(usize::MAX)
    }

    /// The sum of the candles of a session up to `until`; `None` if they are not all there.
    pub(crate) fn sum(candles: &[Candle], until: u64) -> Option<Self> {
        let starts = candles.first()?.open_ts == start_of_day(until);
        let ends = candles.last()?.close_ts(SESSION_INTERVAL) == until;
        let mut traded = Traded::default();
        candles.iter().for_each(|candle| traded.add(candle));
        let modelled = candles.iter().any(|candle| candle.modelled);
        (starts && ends && candles.len() == Self::candles_before(until)).then_some(Self {
            until,
            modelled,
            traded,
        })
    }
}

const fn start_of_day(ts: u64) -> u64 {
    ts - ts % DAY_MICROS
}

/// A session of which a candle is missing has no line from there on: half a sum would be a lie.
fn vwap<'a>(
    candles: impl Iterator<Item = &'a Candle>,
    interval: Interval,
    session: Option<&Session>,
) -> Vec<f64> {
    let (mut traded, mut expected): (Option<Traded>, u64) = (None, 0);
    let next = |candle: &Candle| {
        let open_ts = candle.open_ts;
        if open_ts != expected {
            traded = None;
        }
        if open_ts == start_of_day(open_ts) {
            traded = Some(Traded::default());
        } else if traded.is_none() {
            traded = session.filter(|session| session.until == open_ts).map(|session| session.traded);
        }
        expected = candle.close_ts(interval);
        let Some(traded) = &mut traded else { return f64::NAN };
        traded.add(candle);
        traded.average(candle)
    };
    candles.map(next).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::fixture::candle;

    const MINUTE: u64 = 60_000_000;

    fn check(indicator: Indicator, closes: &[&str], expected: &str) {
        let mut series = CandleSeries::new(Interval::M1);
        for (n, close) in (1..).zip(closes) {
            series.join_live(candle(n * MINUTE, close, true), n);
        }
        let line: Vec<String> =
            indicator.line(&series, None).iter().map(|value| format!("{value:.3}")).collect();
        assert_eq!(line.join(" "), expected, "{indicator:?}");
    }

    #[test]
    fn averages_of_closes() {
        let closes = ["1.00", "2.00", "4.00", "8.00", "1.00"];
        check(Indicator::Sma(1), &closes, "1.000 2.000 4.000 8.000 1.000");
        check(Indicator::Sma(3), &closes, "NaN NaN 2.333 4.667 4.333");
        check(Indicator::Sma(9), &closes, "NaN NaN NaN NaN NaN");
        check(Indicator::Ema(3), &closes, "NaN NaN 2.333 5.167 3.083");
        check(Indicator::Ema(1), &closes, "1.000 2.000 4.000 8.000 1.000");
    }

    /// A candle of a given turnover: `quote` paid for `volume`.
    fn traded(open_ts: u64, quote: i128, volume: i128) -> Candle {
        Candle {
            quote_volume: Decimal::new(quote, 2),
            volume: Decimal::new(volume, 0),
            ..candle(open_ts, "1.00", true)
        }
    }

    fn series_of(candles: &[Candle]) -> CandleSeries {
        let mut series = CandleSeries::new(Interval::M1);
        series.join_history(candles, 1);
        series
    }

    fn vwap_of(series: &CandleSeries, session: Option<&Session>) -> Vec<String> {
        Indicator::Vwap.line(series, session).iter().map(|value| format!("{value:.2}")).collect()
    }

    #[test]
    fn the_average_price_starts_anew_each_day() {
        let last_minute = DAY_MICROS - MINUTE;
        let candles = [
            (last_minute, 900, 1),
            (DAY_MICROS, 0, 0),
            (DAY_MICROS + MINUTE, 600, 2),
            (DAY_MICROS + 2 * MINUTE, 400, 3),
        ];
        let series = series_of(&candles.map(|(ts, quote, volume)| traded(ts, quote, volume)));
        assert_eq!(vwap_of(&series, None), ["NaN", "NaN", "3.00", "2.00"]);
        let holed = series_of(&[traded(0, 100, 1), traded(MINUTE, 100, 1), traded(3 * MINUTE, 100, 1)]);
        assert_eq!(vwap_of(&holed, None), ["1.00", "1.00", "NaN"], "a minute is missing");
    }

    #[test]
    fn a_session_whose_beginning_is_not_loaded_is_summed_up_from_longer_candles() {
        let minutes: Vec<Candle> = (12..18).map(|n| traded(n * MINUTE, 300, 1)).collect();
        let series = series_of(&minutes);
        let until = Session::wanted(&series, None).unwrap();
        assert_eq!((until, Session::candles_before(until)), (15 * MINUTE, 3));
        let fives = [0, 5, 10].map(|n| traded(n * MINUTE, 100, 1));
        let session = Session::sum(&fives, until).unwrap();
        assert_eq!(vwap_of(&series, Some(&session)), ["NaN", "NaN", "NaN", "1.50", "1.80", "2.00"]);
        assert_eq!(Session::wanted(&series, Some(&session)), None);
        assert_eq!(Session::sum(&fives[1..], until), None, "its beginning is missing");
        assert_eq!(Session::sum(&fives[..2], until), None, "its end is missing");
    }

    #[test]
    fn a_session_is_wanted_only_where_it_helps() {
        let at = |minutes: &[u64]| {
            Session::wanted(
                &series_of(&minutes.iter().map(|n| traded(n * MINUTE, 1, 1)).collect::<Vec<_>>()),
                None,
            )
        };
        assert_eq!(at(&[]), None);
        assert_eq!(at(&[0, 1, 2]), None, "it is all here");
        assert_eq!(at(&[1, 2, 3]), None, "its first five minutes are not over");
        assert_eq!(at(&[4, 5]), Some(5 * MINUTE));
        assert_eq!(at(&[1_439, 1_440]), None, "a new one has begun");
        let mut hours = CandleSeries::new(Interval::H1);
        hours.join_history(&[traded(60 * MINUTE, 1, 1), traded(120 * MINUTE, 1, 1)], 1);
        assert_eq!(Session::wanted(&hours, None), None, "what is long is loaded far enough back");
    }
}
