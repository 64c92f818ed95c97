//! What is shown, as a link says it: `?symbol=BTC-USDT&interval=1m&panel=book&chart=vwap+log`.

use market::Interval;

use super::panel::Panel;

/// How many characters of a link's own words for the chart are taken.
const CHART_CHARS_MAX: usize = 200;

/// What a link asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct View {
    /// The symbol, if the link names one; it need not exist.
    pub(crate) symbol: Option<String>,
    /// The interval, if the link names one that exists.
    pub(crate) interval: Option<Interval>,
    /// The panel in front, if the link names one.
    pub(crate) panel: Option<Panel>,
    /// The chart's options in its own words, if the link has any.
    pub(crate) chart: Option<String>,
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
                "panel" => view.panel = Panel::of(value),
                "chart" if is_plain(value) => view.chart = Some(value.replace('+', " ")),
                _ => {}
            }
        }
        view
    }

    /// Whether this is another place than `before`, not only the same one said in more words.
    pub(crate) fn is_elsewhere(&self, before: &Self) -> bool {
        differ(self.symbol.as_ref(), before.symbol.as_ref())
            || differ(self.interval.as_ref(), before.interval.as_ref())
            || differ(self.panel.as_ref(), before.panel.as_ref())
    }

    /// The query that leads back here. Nothing in it has a character that would need an escape.
    pub(crate) fn query(&self) -> String {
        let mut query = String::new();
        let mut add = |name: &str, value: &str| {
            query.push(if query.is_empty() { '?' } else { '&' });
            query.extend([name, "=", value]);
        };
        if let Some(symbol) = &self.symbol {
            add("symbol", symbol);
        }
        if let Some(interval) = self.interval {
            add("interval", interval.name());
        }
        if let Some(panel) = self.panel {
            add("panel", panel.word());
        }
        if let Some(chart) =
            self.chart.as_ref().map(|chart| chart.replace(' ', "+")).filter(|it| is_plain(it))
        {
            add("chart", &chart);
        }
        query
    }
}

/// Whether both are said, and differently.
fn differ<T: PartialEq>(a: Option<&T>, b: Option<&T>) -> bool {
    a.is_some() && b.is_some() && a != b
}

/// Whether the chart could have said this: anything else comes from a link that somebody made up.
fn is_plain(chart: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.,:".contains(&byte);
    !chart.is_empty() && chart.len() <= CHART_CHARS_MAX && chart.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_back() {
        let view = View {
            symbol: Some("BRK.B-USD".into()),
            interval: Some(Interval::H4),
            panel: Some(Panel::Depth),
            chart: Some("sma20 vwap".into()),
        };
        assert_eq!(view.query(), "?symbol=BRK.B-USD&interval=4h&panel=depth&chart=sma20+vwap");
        assert_eq!(View::parse(&view.query()), view);
        assert_eq!(View::default().query(), "");
    }

    #[test]
    fn more_words_are_no_other_place() {
        let view = |query| View::parse(query);
        for (now, before, elsewhere) in [
            ("?symbol=A&interval=1m", "", false),
            ("?symbol=A&interval=1m", "?symbol=A", false),
            ("?symbol=A&interval=1m&chart=log", "?symbol=A&interval=1m", false),
            ("?symbol=B&interval=1m", "?symbol=A&interval=1m", true),
            ("?symbol=A&interval=1h", "?symbol=A&interval=1m", true),
            ("?symbol=A&panel=book", "?symbol=A&panel=chart", true),
        ] {
            assert_eq!(view(now).is_elsewhere(&view(before)), elsewhere, "{now} after {before}");
        }
    }

    #[test]
    fn what_a_link_does_not_say_is_left_open() {
        for (query, symbol, interval) in [
            ("", None, None),
            ("?symbol=&interval=2m&panel=kitchen&chart=%3Cscript%3E", None, None),
            ("?symbol=btc-usdt&x=1&y&chart=", Some("BTC-USDT"), None),
            ("interval=1s", None, Some(Interval::S1)),
        ] {
            let expected = View { symbol: symbol.map(String::from), interval, ..View::default() };
            assert_eq!(View::parse(query), expected, "{query}");
        }
    }
}
