//! Following streams: what a client must check so that nothing is lost silently. Used by the terminal client, the load
//! generator and the tests.

use std::collections::BTreeMap;

use market::{Instrument, InstrumentError, LevelChange, Side};

use crate::{Book, Channel, Event, Payload, StreamName};

/// Follows the streams of one connection: their sequence, and their books with checksums.
#[derive(Clone, Debug, Default)]
pub struct Follower {
    instruments: BTreeMap<String, Instrument>,
    streams: BTreeMap<StreamName, Followed>,
}

/// What is known of one stream.
#[derive(Clone, Debug, Default)]
pub struct Followed {
    /// The `seq` of its latest event; `None` before its snapshot.
    pub seq: Option<u64>,
    /// Its book, of book streams.
    pub book: market::Book,
    /// Events received, snapshots apart.
    pub events: u64,
    /// Snapshots received.
    pub snapshots: u64,
    /// Events merged into others, as the server told.
    pub conflated: u64,
    /// Trades left out, as the server told.
    pub skipped: u64,
    /// Checksums that were right.
    pub verified: u64,
}

/// A stream is not what it should be: resynchronise it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// Events are missing.
    #[error("{stream}: an event with prev_seq {prev_seq} follows {seq}")]
    Gap {
        /// Which stream.
        stream: StreamName,
        /// The latest `seq` received.
        seq: u64,
        /// What the event after it says came before.
        prev_seq: u64,
    },
    /// An event came before the snapshot.
    #[error("{stream}: the first event is not a snapshot")]
    NoSnapshot {
        /// Which stream.
        stream: StreamName,
    },
    /// The numbers do not rise.
    #[error("{stream}: seq {found} follows {seq}")]
    Order {
        /// Which stream.
        stream: StreamName,
        /// The latest `seq` received.
        seq: u64,
        /// The one after it.
        found: u64,
    },
    /// The rebuilt book is not the server's.
    #[error("{stream}: the checksum at seq {seq} is {theirs}, and of the rebuilt book {ours}")]
    Checksum {
        /// Which stream.
        stream: StreamName,
        /// The event.
        seq: u64,
        /// Of the rebuilt book.
        ours: u32,
        /// Of the event.
        theirs: u32,
    },
    /// A book event of a symbol of which nothing is known.
    #[error("{stream}: no such instrument is known")]
    Instrument {
        /// Which stream.
        stream: StreamName,
    },
    /// A price or quantity does not fit its instrument.
    #[error(transparent)]
    Level(#[from] InstrumentError),
}

impl Follower {
    /// A follower that can rebuild the books of `instruments`.
    #[must_use]
    pub fn new(instruments: impl IntoIterator<Item = Instrument>) -> Self {
        let by_symbol = |instrument: Instrument| (instrument.symbol.clone(), instrument);
        Self { instruments: instruments.into_iter().map(by_symbol).collect(), streams: BTreeMap::new() }
    }

    /// Takes in an event.
    ///
    /// # Errors
    /// When something was lost, or a book differs. The event counts as received all the same.
    pub fn take(&mut self, event: &Event<'_>) -> Result<(), Broken> {
        let stream = StreamName { channel: event.ch, symbol: event.sym.to_string() };
        let followed = self.streams.entry(stream.clone()).or_default();
        let before = followed.seq.replace(event.seq);
        followed.count(event);
        match before {
            _ if event.snapshot => followed.book.clear(),
            None => return Err(Broken::NoSnapshot { stream }),
            Some(seq) if seq != event.prev_seq => {
                return Err(Broken::Gap { stream, seq, prev_seq: event.prev_seq });
            }
            Some(seq) if event.seq <= seq => return Err(Broken::Order { stream, seq, found: event.seq }),
            Some(_) => {}
        }
        match (&event.payload, self.instruments.get(event.sym.as_ref())) {
            (Payload::Book(book), Some(instrument)) => followed.rebuild(stream, event.seq, book, instrument),
            (Payload::Book(_), None) => Err(Broken::Instrument { stream }),
            _ => Ok(()),
        }
    }

    /// What is known of a stream.
    #[must_use]
    pub fn followed(&self, channel: Channel, symbol: &str) -> Option<&Followed> {
        self.streams.get(&StreamName { channel, symbol: symbol.into() })
    }

    /// All streams of which an event was received.
    pub fn streams(&self) -> impl Iterator<Item = (&StreamName, &Followed)> {
        self.streams.iter()
    }

    /// Forgets a stream: it was unsubscribed.
    pub fn forget(&mut self, stream: &StreamName) {
        self.streams.remove(stream);
    }
}

impl Followed {
    fn count(&mut self, event: &Event<'_>) {
        if event.snapshot {
            self.snapshots += 1;
            return;
        }
        match &event.payload {
            Payload::Skipped(skipped) => self.skipped += skipped.count,
            _ => self.events += 1,
        }
        self.conflated += event.conflated;
    }

    fn rebuild(&mut self, stream: StreamName, seq: u64, book: &Book, instrument: &Instrument) -> Result<(), Broken> {
        for (side, levels) in [(Side::Buy, &book.bids), (Side::Sell, &book.asks)] {
            for (price, qty) in levels {
                let (price, qty) = (instrument.parse_price(*price)?, instrument.parse_qty(*qty)?);
                self.book.set(LevelChange { side, price, qty });
            }
        }
        let (ours, theirs) = (self.book.checksum(instrument), book.checksum);
        if ours != theirs {
            return Err(Broken::Checksum { stream, seq, ours, theirs });
        }
        self.verified += 1;
        Ok(())
    }
}
