//! What a person switched on in the chart, in words that links and settings keep: `ma7 ma25 vwap log`.

use super::indicators::Indicator;

/// Where a word would be, but nothing is switched on.
const PLAIN: &str = "plain";
/// The logarithmic scale.
const LOG: &str = "log";

/// What is switched on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ChartOptions {
    /// The lines, in the order of [`Indicator::ALL`].
    lines: [bool; Indicator::ALL.len()],
    /// Whether equal ratios are equally high.
    pub(crate) log: bool,
}

impl Default for ChartOptions {
    /// The three averages that traders expect.
    fn default() -> Self {
        Self { lines: Indicator::ALL.map(|line| matches!(line, Indicator::Sma(_))), log: false }
    }
}

impl ChartOptions {
    /// Those of the words that are known; without any word what is there by default.
    pub(crate) fn parse(words: &str) -> Self {
        if words.is_empty() {
            return Self::default();
        }
        let has = |wanted: &str| words.split_ascii_whitespace().any(|word| word == wanted);
        Self { lines: Indicator::ALL.map(|line| has(&word(line))), log: has(LOG) }
    }

    /// The words that lead back here.
    pub(crate) fn words(self) -> String {
        let mut words: Vec<String> = self.lines().map(|(_, line)| word(line)).collect();
        if self.log {
            words.push(LOG.into());
        }
        if words.is_empty() { PLAIN.into() } else { words.join(" ") }
    }

    /// The lines that are on, with their places in [`Indicator::ALL`].
    pub(crate) fn lines(self) -> impl Iterator<Item = (usize, Indicator)> {
        Indicator::ALL.into_iter().enumerate().filter(move |(at, _)| self.lines[*at])
    }

    /// Whether the line at this place is on.
    pub(crate) const fn has(self, at: usize) -> bool {
        self.lines[at]
    }

    /// With the logarithmic scale, or without.
    pub(crate) const fn with_log(mut self, on: bool) -> Self {
        self.log = on;
        self
    }

    /// With the line at this place switched over.
    pub(crate) const fn toggled(mut self, at: usize) -> Self {
        self.lines[at] = !self.lines[at];
        self
    }
}

/// `MA 7` -> `ma7`
fn word(line: Indicator) -> String {
    line.name().to_ascii_lowercase().replace(' ', "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_lead_back() {
        for words in ["plain", "log", "ma7 ma25 ma99", "ma25 ema12 vwap log"] {
            assert_eq!(ChartOptions::parse(words).words(), words);
        }
        assert_eq!(ChartOptions::parse("").words(), "ma7 ma25 ma99");
        assert_eq!(ChartOptions::parse("vwap nonsense").words(), "vwap");
    }

    #[test]
    fn a_line_is_switched_by_its_place() {
        let options = ChartOptions::parse("plain").toggled(5);
        assert_eq!((options.has(5), options.lines().next()), (true, Some((5, Indicator::Vwap))));
        assert_eq!(options.toggled(5).words(), "plain");
    }
}
