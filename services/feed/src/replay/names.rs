//! What people read: `BTC-USDT` for `BTCUSDT`, dates for seconds.

/// What Binance Spot quotes prices in; where one ends in another, the longer first.
const QUOTES: [&str; 26] = [
    "FDUSD", "USDT", "USDC", "TUSD", "BUSD", "USD1", "BIDR", "IDRT", "DAI", "EUR", "GBP", "AUD", "BRL",
    "TRY", "JPY", "MXN", "ARS", "ZAR", "PLN", "RUB", "UAH", "COP", "USD", "BTC", "ETH", "BNB",
];

/// Puts a dash before the currency that prices are quoted in; a symbol without a known one stays as it is.
pub(super) fn with_dash(symbol: &str) -> String {
    let mut name = symbol.to_uppercase();
    let base = QUOTES.iter().find_map(|quote| name.strip_suffix(quote)).filter(|base| !base.is_empty());
    if let Some(at) = base.map(str::len) {
        name.insert(at, '-');
    }
    name
}

/// `2024-08-08 23:54 UTC`, of seconds since 1970. (Hinnant, "chrono-compatible low-level date algorithms".)
pub(super) fn utc_minute(seconds: u64) -> String {
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02} {:02}:{:02} UTC", rest / 3_600, rest / 60 % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbols_are_split() {
        for (symbol, expected) in [
            ("btcusdt", "BTC-USDT"),
            ("ETHBTC", "ETH-BTC"),
            ("BTCFDUSD", "BTC-FDUSD"),
            ("1000SATSUSDT", "1000SATS-USDT"),
            ("BTC", "BTC"),
            ("FOOBAR", "FOOBAR"),
            ("", ""),
        ] {
            assert_eq!(with_dash(symbol), expected);
        }
    }

    #[test]
    fn seconds_are_dates() {
        for (seconds, expected) in [
            (0, "1970-01-01 00:00 UTC"),
            (951_782_400, "2000-02-29 00:00 UTC"),
            (1_723_161_253, "2024-08-08 23:54 UTC"),
            (1_767_225_600 - 60, "2025-12-31 23:59 UTC"),
        ] {
            assert_eq!(utc_minute(seconds), expected);
        }
    }
}
