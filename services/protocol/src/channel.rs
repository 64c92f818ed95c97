//! Names of channels and streams: `ticker:BTC-USDT`, `book:10:BTC-USDT`, `candles:1m:BTC-USDT`, `ticker:*`.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use market::{Interval, SYMBOL_CHARS_MAX};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// What kind of events a stream has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    /// Last trade, best bid and ask.
    Ticker,
    /// Best bid and ask.
    Bbo,
    /// Each trade.
    Trades,
    /// Price levels, with a checksum.
    Book(Depth),
    /// Open, high, low, close, volume.
    Candles(Interval),
    /// Rolling 24 hours.
    Stats,
    /// Trading or halted.
    Status,
}

/// How many levels of each side a book stream has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Depth {
    /// 10: `book:10`.
    Top10,
    /// 50: `book:50`.
    Top50,
    /// All: `book`.
    Full,
}

impl Depth {
    /// The number of levels, `None` for all.
    #[must_use]
    pub const fn levels(self) -> Option<usize> {
        match self {
            Self::Top10 => Some(10),
            Self::Top50 => Some(50),
            Self::Full => None,
        }
    }
}

impl Channel {
    /// How many channels there are.
    pub const COUNT: usize = 15;

    /// All of them; [`Channel::index`] is the place.
    pub const ALL: [Self; Self::COUNT] = [
        Self::Ticker,
        Self::Bbo,
        Self::Trades,
        Self::Book(Depth::Top10),
        Self::Book(Depth::Top50),
        Self::Book(Depth::Full),
        Self::Stats,
        Self::Status,
        Self::Candles(Interval::S1),
        Self::Candles(Interval::M1),
        Self::Candles(Interval::M5),
        Self::Candles(Interval::M15),
        Self::Candles(Interval::H1),
        Self::Candles(Interval::H4),
        Self::Candles(Interval::D1),
    ];

    /// Its place in [`Channel::ALL`].
    #[must_use]
    pub const fn index(self) -> usize {
        match self {
            Self::Ticker => 0,
            Self::Bbo => 1,
            Self::Trades => 2,
            Self::Book(Depth::Top10) => 3,
            Self::Book(Depth::Top50) => 4,
            Self::Book(Depth::Full) => 5,
            Self::Stats => 6,
            Self::Status => 7,
            Self::Candles(interval) => 8 + interval.index(),
        }
    }

    /// Its name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ticker => "ticker",
            Self::Bbo => "bbo",
            Self::Trades => "trades",
            Self::Book(Depth::Top10) => "book:10",
            Self::Book(Depth::Top50) => "book:50",
            Self::Book(Depth::Full) => "book",
            Self::Stats => "stats",
            Self::Status => "status",
            Self::Candles(interval) => match interval {
                Interval::S1 => "candles:1s",
                Interval::M1 => "candles:1m",
                Interval::M5 => "candles:5m",
                Interval::M15 => "candles:15m",
                Interval::H1 => "candles:1h",
                Interval::H4 => "candles:4h",
                Interval::D1 => "candles:1d",
            },
        }
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Channel {
    type Err = ParseStreamError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|channel| channel.name() == text)
            .ok_or_else(|| ParseStreamError::Channel { text: shortened(text) })
    }
}

impl Serialize for Channel {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Channel {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        parsed(deserializer)
    }
}

/// Reads a name without a copy of it: each event has one.
fn parsed<'de, D: Deserializer<'de>, T: FromStr<Err = ParseStreamError>>(
    deserializer: D,
) -> Result<T, D::Error> {
    struct Name<T>(PhantomData<T>);
    impl<T: FromStr<Err = ParseStreamError>> de::Visitor<'_> for Name<T> {
        type Value = T;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("the name of a channel or a stream")
        }
        fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
            text.parse().map_err(E::custom)
        }
    }
    deserializer.deserialize_str(Name(PhantomData))
}

/// A text names no stream.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseStreamError {
    /// No channel of that name.
    #[error(
        "unknown channel `{text}`: expected ticker, bbo, trades, book, book:10, book:50, stats, status or \
         candles:<1s|1m|5m|15m|1h|4h|1d>"
    )]
    Channel {
        /// What stood before the last colon.
        text: String,
    },
    /// Not of the form `channel:symbol`.
    #[error(
        "`{text}` is not a stream: expected channel:symbol, such as ticker:BTC-USDT or ticker:*, the symbol of at \
         most {SYMBOL_CHARS_MAX} characters"
    )]
    Form {
        /// The whole text.
        text: String,
    },
}

/// Error messages quote at most this much of what a client sent.
fn shortened(text: &str) -> String {
    text.chars().take(SYMBOL_CHARS_MAX).collect()
}

/// One stream: a channel of one symbol.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StreamName {
    /// The channel.
    pub channel: Channel,
    /// The symbol.
    pub symbol: String,
}

/// What a client asks for: a stream, or a channel of all symbols.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StreamPattern {
    /// `channel:*`
    All(Channel),
    /// `channel:symbol`
    One(StreamName),
}

impl fmt::Display for StreamName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.channel, self.symbol)
    }
}

impl fmt::Display for StreamPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All(channel) => write!(f, "{channel}:*"),
            Self::One(name) => name.fmt(f),
        }
    }
}

impl FromStr for StreamPattern {
    type Err = ParseStreamError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (channel, symbol) = text
            .rsplit_once(':')
            .filter(|(_, symbol)| !symbol.is_empty())
            .ok_or_else(|| ParseStreamError::Form { text: shortened(text) })?;
        let channel = channel.parse()?;
        match symbol {
            "*" => Ok(Self::All(channel)),
            // Not cut short: it would name another stream.
            _ if symbol.chars().count() > SYMBOL_CHARS_MAX => {
                Err(ParseStreamError::Form { text: shortened(text) })
            }
            _ => Ok(Self::One(StreamName { channel, symbol: symbol.to_owned() })),
        }
    }
}

impl FromStr for StreamName {
    type Err = ParseStreamError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.parse()? {
            StreamPattern::One(name) => Ok(name),
            StreamPattern::All(_) => Err(ParseStreamError::Form { text: shortened(text) }),
        }
    }
}

impl Serialize for StreamName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for StreamName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        parsed(deserializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_have_names_and_places() {
        for (place, channel) in Channel::ALL.into_iter().enumerate() {
            assert_eq!(channel.index(), place);
            assert_eq!(channel.name().parse(), Ok(channel));
        }
    }

    #[test]
    fn streams_parse() {
        let one = |channel, symbol: &str| StreamPattern::One(StreamName { channel, symbol: symbol.into() });
        for (text, expected) in [
            ("ticker:*", StreamPattern::All(Channel::Ticker)),
            ("trades:BTC-USDT", one(Channel::Trades, "BTC-USDT")),
            ("book:10:BTC-USDT", one(Channel::Book(Depth::Top10), "BTC-USDT")),
            ("candles:1m:AAPL-USD", one(Channel::Candles(Interval::M1), "AAPL-USD")),
        ] {
            assert_eq!(text.parse(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_stream_is_named() {
        for (text, expected) in [
            ("", "is not a stream"),
            ("ticker", "is not a stream"),
            ("ticker:", "is not a stream"),
            ("ticker:A-SYMBOL-OF-MORE-THAN-32-CHARACTERS", "is not a stream"),
            ("tickers:BTC-USDT", "unknown channel `tickers`"),
            ("candles:2m:BTC-USDT", "unknown channel `candles:2m`"),
        ] {
            let error = text.parse::<StreamPattern>().unwrap_err().to_string();
            assert!(error.contains(expected), "{text}: {error}");
        }
    }
}
