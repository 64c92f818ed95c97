//! Mistakes in the configuration, and guesses at what was meant.

use std::fmt;

use super::origin::{Origin, PREFIX, variable_of};

/// One mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The key, or the variable that is none.
    pub key: String,
    /// Where it came from.
    pub origin: Origin,
    /// What was found, and what was expected.
    pub problem: String,
}

/// Every mistake that was found; at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigErrors(pub Vec<Mistake>);

impl Mistake {
    pub(super) fn new(key: impl Into<String>, origin: Origin, problem: impl Into<String>) -> Self {
        Self { key: key.into(), origin, problem: problem.into() }
    }

    /// A key of a file that is none.
    pub(super) fn unknown_key(key: &str, origin: Origin, known: &[&str]) -> Self {
        let meant = nearest(key, known).map(str::to_owned);
        Self::new(key, origin, unknown("key", meant))
    }

    /// A variable with our prefix that is none of ours.
    pub(super) fn unknown_variable(name: &str, known: &[&str]) -> Self {
        let key = name.strip_prefix(PREFIX).unwrap_or(name);
        let meant = nearest(key, known).map(variable_of);
        Self::new(name, Origin::Variable(name.to_owned()), unknown("variable", meant))
    }
}

fn unknown(what: &str, meant: Option<String>) -> String {
    match meant {
        Some(meant) => format!("unknown {what}; did you mean {meant}?"),
        None => format!("unknown {what}; `tickwire config` prints those there are"),
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.origin {
            Origin::Variable(name) if *name == self.key => write!(f, "environment {name}: {}", self.problem),
            origin => write!(f, "{} ({origin}): {}", self.key, self.problem),
        }
    }
}

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.len() {
            1 => f.write_str("the configuration has a mistake:")?,
            count => write!(f, "the configuration has {count} mistakes:")?,
        }
        self.0.iter().try_for_each(|mistake| write!(f, "\n  {mistake}"))
    }
}

impl std::error::Error for ConfigErrors {}

/// The known key that was probably meant: a third of the letters may be wrong. A section may be missing.
fn nearest<'a>(key: &str, known: &[&'a str]) -> Option<&'a str> {
    let plain = |key: &str| key.to_ascii_lowercase().replace("__", "_").replace('.', "_");
    let key = plain(key);
    let score = |candidate: &&str| {
        let last = candidate.rsplit('.').next().unwrap_or(candidate);
        distance(&key, &plain(candidate)).min(distance(&key, last) + 1)
    };
    known
        .iter()
        .map(|candidate| (score(candidate), *candidate))
        .min_by_key(|(score, _)| *score)
        .filter(|(score, _)| *score <= (key.len() / 3).max(1))
        .map(|(_, candidate)| candidate)
}

/// Levenshtein's distance: insertions, deletions and replacements of bytes.
fn distance(from: &str, to: &str) -> usize {
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in to.bytes().enumerate() {
            let replaced = diagonal + usize::from(a != b);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_probably_meant() {
        let known = ["stream.flush_ms", "http.listen", "feed.loop", "log.filter"];
        for (key, expected) in [
            ("stream.flsh_ms", Some("stream.flush_ms")),
            ("flush_ms", Some("stream.flush_ms")),
            ("STREAM_FLUSH_MS", Some("stream.flush_ms")),
            ("HTTP__LISTENN", Some("http.listen")),
            ("colour", None),
            ("", None),
        ] {
            assert_eq!(nearest(key, &known), expected, "{key}");
        }
    }

    #[test]
    fn distances() {
        for (from, to, expected) in [("", "abc", 3), ("abc", "abc", 0), ("kitten", "sitting", 3)] {
            assert_eq!(distance(from, to), expected, "{from} {to}");
        }
    }
}
