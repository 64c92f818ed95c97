//! Where a value came from.

use std::fmt;
use std::str::FromStr;

/// What every variable of ours begins with.
pub(super) const PREFIX: &str = "TICKWIRE_";

/// Where a value came from, in the order in which one goes before the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// `default.toml`.
    Default,
    /// The file of this path.
    File(String),
    /// The variable of this name.
    Variable(String),
    /// The flag, with its dashes.
    Flag(String),
}

impl Origin {
    /// Whether values from there are texts, whatever they mean.
    pub(super) const fn is_text(&self) -> bool {
        matches!(self, Self::Variable(_) | Self::Flag(_))
    }
}

/// The variable of a key: that of `stream.flush_ms` is `TICKWIRE_STREAM__FLUSH_MS`.
#[must_use]
pub fn variable_of(key: &str) -> String {
    format!("{PREFIX}{}", key.replace('.', "__").to_ascii_uppercase())
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path) => write!(f, "file {path}"),
            Self::Variable(name) => write!(f, "environment {name}"),
            Self::Flag(name) => write!(f, "flag {name}"),
        }
    }
}

/// The `config` crate keeps the origin of a value as a text: this reads it back.
impl FromStr for Origin {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match text.split_once(' ') {
            Some(("file", path)) => Self::File(path.to_owned()),
            Some(("environment", name)) => Self::Variable(name.to_owned()),
            Some(("flag", name)) => Self::Flag(name.to_owned()),
            _ => Self::Default,
        })
    }
}
