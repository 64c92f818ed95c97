//! Which symbol and interval are shown, as a link says it: `?symbol=BTC-USDT&interval=1m`.

use market::Interval;

/// What a link asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct View {
    /// The symbol, if the link names one; it need not exist.
    pub(crate) symbol: Option<String>,
    /// The interval, if the link names one that exists.
    pub(crate) interval: Option<Interval>,
}

/// The interval of a link that names none.
pub(crate) const DEFAULT_INTERVAL: Interval = Interval::M1;

impl View {
    /// Reads a URL's query.
    pub(crate) fn parse(query: &str) -> Self {
        let mut view = Self::default();
        for (name, value) in query.trim_start_matches('?').split('&').filter_map(|pair| pair.split_once('='))
        {
            match name {
                "symbol" if !value.is_empty() => view.symbol = Some(value.to_ascii_uppercase()),
                "interval" => view.interval = value.parse().ok(),
                _ => {}
            }
        }
        view
    }

    /// The query that leads back here. Symbols have no character that would need an escape.
    pub(crate) fn query(symbol: &str, interval: Interval) -> String {
        format!("?symbol={symbol}&interval={interval}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_back() {
        let query = View::query("BRK.B-USD", Interval::H4);
        assert_eq!(query, "?symbol=BRK.B-USD&interval=4h");
        let expected = View { symbol: Some("BRK.B-USD".into()), interval: Some(Interval::H4) };
        assert_eq!(View::parse(&query), expected);
    }

    #[test]
    fn what_a_link_does_not_say_is_left_open() {
        for (query, symbol, interval) in [
            ("", None, None),
            ("?symbol=&interval=2m", None, None),
            ("?symbol=btc-usdt&x=1&y", Some("BTC-USDT"), None),
            ("interval=1s", None, Some(Interval::S1)),
        ] {
            assert_eq!(View::parse(query), View { symbol: symbol.map(String::from), interval }, "{query}");
        }
    }
}
