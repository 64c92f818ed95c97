//! Which streams there are: every channel of every instrument, numbered densely.

use market::{Instrument, InstrumentId};
use protocol::{Channel, ErrorBody, ErrorCode, StreamName, StreamPattern};
use rustc_hash::FxHashMap;

/// A stream: a channel of an instrument, as a dense number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StreamId(pub u32);

impl StreamId {
    /// The stream of `channel` of `instrument`.
    #[must_use]
    pub const fn new(instrument: InstrumentId, channel: Channel) -> Self {
        Self(instrument.0 as u32 * Channel::COUNT as u32 + channel.index() as u32)
    }

    /// Its place in tables with an entry for each stream.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }

    /// Whose stream it is.
    #[must_use]
    pub const fn instrument(self) -> InstrumentId {
        InstrumentId((self.index() / Channel::COUNT) as u16)
    }

    /// What kind of events it has.
    #[must_use]
    pub const fn channel(self) -> Channel {
        Channel::ALL[self.index() % Channel::COUNT]
    }
}

/// The instruments and their streams.
#[derive(Debug)]
pub struct Directory {
    instruments: Vec<Instrument>,
    by_symbol: FxHashMap<String, InstrumentId>,
}

impl Directory {
    /// The directory of `instruments`, at most 65,536.
    #[must_use]
    pub fn new(instruments: Vec<Instrument>) -> Self {
        let by_symbol = (0..=u16::MAX)
            .zip(&instruments)
            .map(|(place, instrument)| (instrument.symbol.clone(), InstrumentId(place)))
            .collect();
        Self { instruments, by_symbol }
    }

    /// All instruments; [`InstrumentId`] is the place.
    #[must_use]
    pub fn instruments(&self) -> &[Instrument] {
        &self.instruments
    }

    /// One of them.
    #[must_use]
    pub fn instrument(&self, id: InstrumentId) -> &Instrument {
        &self.instruments[id.index()]
    }

    /// How many streams there are.
    #[must_use]
    pub fn streams(&self) -> usize {
        self.instruments.len() * Channel::COUNT
    }

    /// The instrument of that symbol.
    ///
    /// # Errors
    /// `unknown_symbol`.
    pub fn find(&self, symbol: &str) -> Result<InstrumentId, ErrorBody> {
        self.by_symbol.get(symbol).copied().ok_or_else(|| {
            let shown: String = symbol.chars().take(market::SYMBOL_CHARS_MAX).collect();
            ErrorCode::UnknownSymbol
                .with(format!("unknown symbol `{shown}`: `list` and /api/v1/instruments name all symbols"))
        })
    }

    /// The streams that a pattern means, in the order of the instruments.
    ///
    /// # Errors
    /// `unknown_symbol`.
    pub fn resolve(&self, pattern: &StreamPattern) -> Result<Vec<StreamId>, ErrorBody> {
        match pattern {
            StreamPattern::One(name) => Ok(vec![StreamId::new(self.find(&name.symbol)?, name.channel)]),
            StreamPattern::All(channel) => Ok((0..=u16::MAX)
                .zip(&self.instruments)
                .map(|(place, _)| StreamId::new(InstrumentId(place), *channel))
                .collect()),
        }
    }

    /// The name of a stream on the wire.
    #[must_use]
    pub fn name(&self, stream: StreamId) -> StreamName {
        StreamName { channel: stream.channel(), symbol: self.instrument(stream.instrument()).symbol.clone() }
    }
}
