//! Pictures in words: what a screen reader says of a chart, and of a candle.

use market::{Decimal, Interval};
use protocol::Candle;

use super::candles::CandleSeries;
use super::format;

/// Sentences on all candles that are loaded: where the price is, where it came from, between what it was.
pub(crate) fn of_candles(symbol: &str, series: &CandleSeries) -> String {
    let (Some(first), Some(last)) = (series.first(), series.last()) else {
        return format!("No candles of {symbol} yet.");
    };
    let by_price = |pick: fn(&Candle) -> Decimal| series.iter().map(pick);
    let high = by_price(|candle| candle.high).max_by_key(|price| price.mantissa).unwrap_or(last.high);
    let low = by_price(|candle| candle.low).min_by_key(|price| price.mantissa).unwrap_or(last.low);
    let count = series.iter().len();
    format!(
        "{symbol}, {count} candles of {}. Last price {}, {} since {}. High {}, low {}.",
        spoken_interval(series.interval()),
        format::decimal(last.close),
        change(first.open, last.close),
        format::date_time(first.open_ts),
        format::decimal(high),
        format::decimal(low),
    )
}

/// A sentence on one candle.
pub(crate) fn of_candle(candle: &Candle) -> String {
    let [open, high, low, close, volume] =
        [candle.open, candle.high, candle.low, candle.close, candle.volume].map(format::decimal);
    let modelled = if candle.modelled { ", modelled" } else { "" };
    format!(
        "{}: open {open}, high {high}, low {low}, close {close}, volume {volume}{modelled}.",
        format::date_time(candle.open_ts)
    )
}

/// Prices of one symbol have the same digits, so their mantissas can be compared.
fn change(from: Decimal, to: Decimal) -> String {
    let difference = (to.mantissa - from.mantissa).saturating_mul(10_000);
    let change_bp = difference.checked_div(from.mantissa).and_then(|bp| i64::try_from(bp).ok()).unwrap_or(0);
    let direction = match change_bp {
        0 => "unchanged",
        1.. => "up",
        _ => "down",
    };
    if change_bp == 0 { direction.into() } else { format!("{direction} {}", format::share(change_bp.abs())) }
}

const fn spoken_interval(interval: Interval) -> &'static str {
    match interval {
        Interval::S1 => "1 second",
        Interval::M1 => "1 minute",
        Interval::M5 => "5 minutes",
        Interval::M15 => "15 minutes",
        Interval::H1 => "1 hour",
        Interval::H4 => "4 hours",
        Interval::D1 => "1 day",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::fixture::candle;

    #[test]
    fn a_chart_in_words() {
        let mut series = CandleSeries::new(Interval::M5);
        assert_eq!(of_candles("A", &series), "No candles of A yet.");
        let step = Interval::M5.micros();
        series.join_history(
            &[candle(0, "100.00", true), candle(step, "98.00", true), candle(2 * step, "101.50", false)],
            1,
        );
        assert_eq!(
            of_candles("A", &series),
            "A, 3 candles of 5 minutes. Last price 101.50, up 1.5% since 1970-01-01 00:00:00. High 101.50, low 98.00."
        );
    }

    #[test]
    fn changes_in_words() {
        let check = |from: i128, to: i128| change(Decimal::new(from, 2), Decimal::new(to, 2));
        assert_eq!(
            [check(100, 100), check(100, 99), check(10_000, 10_025)],
            ["unchanged", "down 1%", "up 0.25%"]
        );
        assert_eq!(check(0, 5), "unchanged", "nothing to compare with");
    }

    #[test]
    fn a_candle_in_words() {
        let modelled = Candle { modelled: true, ..candle(60_000_000, "9.50", true) };
        assert_eq!(
            of_candle(&modelled),
            "1970-01-01 00:01:00: open 9.50, high 9.50, low 9.50, close 9.50, volume 1, modelled."
        );
    }
}
