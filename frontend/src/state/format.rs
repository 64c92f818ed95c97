//! The one place where numbers become text.

use std::fmt::Write as _;

use market::Decimal;

/// What stands where there is no number.
pub(crate) const NONE: &str = "\u{2013}";
const MINUS: char = '\u{2212}';

/// A price or quantity with exactly the digits of its tick or lot, thousands grouped: `64,000.10`.
pub(crate) fn decimal(value: Decimal) -> String {
    let mut text = Vec::with_capacity(24);
    value.write_to(&mut text);
    let digits = text.strip_prefix(b"-").unwrap_or(&text);
    let whole = digits.iter().position(|byte| *byte == b'.').unwrap_or(digits.len());
    let mut out = String::with_capacity(text.len() + whole / 3 + MINUS.len_utf8());
    out.extend((digits.len() < text.len()).then_some(MINUS));
    for (at, digit) in digits.iter().enumerate() {
        if at > 0 && at < whole && (whole - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(char::from(*digit));
    }
    out
}

/// A step without the zeros at its end: `0.50` -> `0.5`, `10.0` -> `10`.
pub(crate) const fn trimmed(mut value: Decimal) -> Decimal {
    while value.scale > 0 && value.mantissa % 10 == 0 {
        value = Decimal::new(value.mantissa / 10, value.scale - 1);
    }
    value
}

/// A number that was computed, with the digits of a tick.
#[allow(clippy::cast_possible_truncation, reason = "computed from prices")]
pub(crate) fn computed(value: f64, tick: Decimal) -> String {
    if value.is_nan() {
        return NONE.into();
    }
    decimal(Decimal::new((value * 10f64.powi(tick.scale.into())).round() as i128, tick.scale))
}

/// Hundredths of a percent without a sign: `0.25%`, `1%`.
pub(crate) fn share(bp: i64) -> String {
    format!("{}%", trimmed(Decimal::new(bp.into(), 2)))
}

/// The same, or a dash.
pub(crate) fn optional(value: Option<Decimal>) -> String {
    value.map_or_else(|| NONE.into(), decimal)
}

/// Hundredths of a percent as a signed percentage: `+1.05%`.
pub(crate) fn percent(change_bp: i64) -> String {
    let sign = match change_bp {
        0 => "",
        1.. => "+",
        _ => "\u{2212}",
    };
    let size = change_bp.unsigned_abs();
    format!("{sign}{}.{:02}%", size / 100, size % 100)
}

/// A large amount in three or four digits: `1.24M`.
pub(crate) fn compact(value: f64) -> String {
    let (scaled, unit) = match value.abs() {
        size if size >= 1e12 => (value / 1e12, "T"),
        size if size >= 1e9 => (value / 1e9, "B"),
        size if size >= 1e6 => (value / 1e6, "M"),
        size if size >= 1e3 => (value / 1e3, "K"),
        _ => (value, ""),
    };
    let digits = match scaled.abs() {
        size if size >= 100.0 => 1,
        _ => 2,
    };
    fixed(scaled, digits) + unit
}

/// A number with so many digits after the point, half away from zero.
///
/// Not by `format!`: what that needs to print any float exactly is a tenth of the dashboard's WebAssembly.
pub(crate) fn fixed(value: f64, digits: u8) -> String {
    let scaled = value * 10f64.powi(i32::from(digits));
    #[allow(clippy::cast_possible_truncation, reason = "saturates")]
    let mantissa = scaled.round() as i64;
    Decimal::new(mantissa.into(), digits).to_string()
}

/// Appends a number that is not negative, with one digit after the point.
pub(crate) fn push_tenths(out: &mut String, value: f64) {
    #[allow(clippy::cast_sign_loss, clippy::cast_possible_truncation, reason = "saturates")]
    let tenths = (value * 10.0).round() as u32;
    let _ = write!(out, "{}.{}", tenths / 10, tenths % 10);
}

/// A count with grouped thousands.
pub(crate) fn count(value: u64) -> String {
    decimal(Decimal::new(value.into(), 0))
}

/// So many of something: `1 trade`, `1,200 trades`.
pub(crate) fn counted(value: u64, what: &str) -> String {
    let plural = if value == 1 { "" } else { "s" };
    format!("{} {what}{plural}", count(value))
}

/// Milliseconds: one digit after the point where it says something.
pub(crate) fn millis(value: f64) -> String {
    fixed(value, if value.abs() < 10.0 { 1 } else { 0 }) + " ms"
}

/// The time of day in UTC of microseconds since 1970: `09:41:07`.
pub(crate) fn time_of_day(ts: u64) -> String {
    let seconds = ts / super::SECOND % 86_400;
    format!("{:02}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

/// The same with milliseconds: `09:41:07.250`.
pub(crate) fn time_of_day_millis(ts: u64) -> String {
    format!("{}.{:03}", time_of_day(ts), ts / super::MILLI % 1_000)
}

/// Date and time of day in UTC to the second: `2026-07-31 09:41:07`.
///
/// The calendar is Howard Hinnant's `civil_from_days`, <https://howardhinnant.github.io/date_algorithms.html>.
pub(crate) fn date_time(ts: u64) -> String {
    let days = ts / super::SECOND / 86_400 + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02} {}", time_of_day(ts))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_keep_their_digits() {
        for (text, expected) in [
            ("64000.10", "64,000.10"),
            ("999", "999"),
            ("1000", "1,000"),
            ("0.00001", "0.00001"),
            ("-1234567.5", "\u{2212}1,234,567.5"),
        ] {
            assert_eq!(decimal(text.parse().unwrap()), expected);
        }
        assert_eq!(optional(None), "\u{2013}");
    }

    #[test]
    fn steps_lose_their_zeros_and_computed_numbers_get_the_digits_of_a_tick() {
        let tick = Decimal::new(5, 2);
        for (step, expected) in [("0.05", "0.05"), ("0.50", "0.5"), ("10.0", "10"), ("100", "100")] {
            assert_eq!(trimmed(step.parse().unwrap()).to_string(), expected);
        }
        for (value, expected) in [(1_234.567, "1,234.57"), (-0.004, "0.00"), (f64::NAN, "\u{2013}")] {
            assert_eq!(computed(value, tick), expected);
        }
        assert_eq!([5, 25, 50, 100].map(share), ["0.05%", "0.25%", "0.5%", "1%"]);
    }

    #[test]
    fn changes_carry_a_sign() {
        for (change_bp, expected) in
            [(105, "+1.05%"), (-7, "\u{2212}0.07%"), (0, "0.00%"), (123_456, "+1234.56%")]
        {
            assert_eq!(percent(change_bp), expected);
        }
    }

    #[test]
    fn amounts_are_short() {
        for (value, expected) in
            [(0.5, "0.50"), (999.0, "999.0"), (1_240.0, "1.24K"), (12_340_000.0, "12.34M"), (3.0e9, "3.00B")]
        {
            assert_eq!(compact(value), expected);
        }
        let mut tenths = String::new();
        for value in [0.0, 9.96, 100.0, 66.66] {
            push_tenths(&mut tenths, value);
            tenths.push(' ');
        }
        assert_eq!(tenths, "0.0 10.0 100.0 66.7 ");
        assert_eq!((fixed(-0.25, 1).as_str(), fixed(2.0, 0).as_str()), ("-0.3", "2"));
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!([counted(1, "trade"), counted(1_200, "trade")], ["1 trade", "1,200 trades"]);
        assert_eq!((millis(3.21).as_str(), millis(123.4).as_str()), ("3.2 ms", "123 ms"));
    }

    #[test]
    fn times_are_utc() {
        assert_eq!(time_of_day(1_000_000), "00:00:01");
        assert_eq!(time_of_day_millis(1_002_999), "00:00:01.002");
        for (seconds, expected) in [
            (0, "1970-01-01 00:00:00"),
            (951_782_400, "2000-02-29 00:00:00"),
            (1_785_490_867, "2026-07-31 09:41:07"),
        ] {
            assert_eq!(date_time(seconds * 1_000_000), expected);
        }
    }
}
