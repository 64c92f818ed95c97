//! All streams of a server, numbered, so that what is known of each can stand in an array.

use std::ops::Range;

use protocol::{Channel, InstrumentInfo, StreamName, StreamPattern};
use rustc_hash::FxHashMap;

/// The instruments of the servers, and with them all streams.
#[derive(Debug)]
pub(crate) struct Catalogue {
    pub(crate) instruments: Vec<InstrumentInfo>,
    places: FxHashMap<String, usize>,
}

impl Catalogue {
    pub(crate) fn new(instruments: Vec<InstrumentInfo>) -> Self {
        let places = instruments.iter().enumerate().map(|(at, info)| (info.symbol.clone(), at)).collect();
        Self { instruments, places }
    }

    /// How many streams there are.
    pub(crate) fn streams(&self) -> usize {
        self.instruments.len() * Channel::COUNT
    }

    /// The number of a stream.
    pub(crate) fn number(&self, channel: Channel, symbol: &str) -> Option<usize> {
        Some(self.places.get(symbol)? * Channel::COUNT + channel.index())
    }

    /// The stream of that number.
    pub(crate) fn name(&self, stream: usize) -> StreamName {
        StreamName {
            channel: Channel::ALL[stream % Channel::COUNT],
            symbol: self.instruments[stream / Channel::COUNT].symbol.clone(),
        }
    }

    /// The numbers of the streams that a pattern names.
    pub(crate) fn expand(&self, pattern: &StreamPattern) -> Vec<usize> {
        let (channel, symbols): (_, Range<usize>) = match pattern {
            StreamPattern::All(channel) => (*channel, 0..self.instruments.len()),
            StreamPattern::One(name) => {
                let at = self.places.get(&name.symbol).copied();
                (name.channel, at.map_or(0..0, |at| at..at + 1))
            }
        };
        symbols.map(|symbol| symbol * Channel::COUNT + channel.index()).collect()
    }
}

#[cfg(test)]
pub(crate) fn catalogue(symbols: &[&str]) -> Catalogue {
    let info = |symbol: &&str| {
        let text = format!(r#"{{"symbol":"{symbol}","kind":"crypto","tick_size":"0.5","lot_size":"0.1"}}"#);
        serde_json::from_str(&text).unwrap()
    };
    Catalogue::new(symbols.iter().map(info).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names_are_the_same_streams() {
        let catalogue = catalogue(&["A", "B"]);
        assert_eq!(catalogue.streams(), 2 * Channel::COUNT);
        for stream in 0..catalogue.streams() {
            let name = catalogue.name(stream);
            assert_eq!(catalogue.number(name.channel, &name.symbol), Some(stream));
            assert_eq!(catalogue.expand(&StreamPattern::One(name)), [stream]);
        }
        assert_eq!(catalogue.number(Channel::Bbo, "C"), None);
        assert_eq!(catalogue.expand(&"ticker:*".parse().unwrap()), [0, Channel::COUNT]);
        assert!(catalogue.expand(&"ticker:C".parse().unwrap()).is_empty());
    }
}
