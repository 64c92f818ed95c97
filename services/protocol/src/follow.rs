//! Following streams: what a client must check so that nothing is lost silently. Used by the terminal client, the load
//! generator and the tests.

use std::collections::BTreeMap;
use std::mem;

use market::{Instrument, InstrumentError, LevelChange, Side};

use crate::{Book, Chain, Channel, Event, Link, Payload, StreamName};

/// Follows the streams of one connection: their sequence, and their books with checksums.
#[derive(Clone, Debug, Default)]
pub struct Follower {
    instruments: BTreeMap<String, Instrument>,
    streams: BTreeMap<StreamName, Followed>,
}

/// What is known of one stream.
#[derive(Clone, Debug, Default)]
pub struct Followed {
    /// Where it is; its `seq` is that of the latest event.
    pub chain: Chain,
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
#[error("{stream}: {fault}")]
pub struct Broken {
    /// Which stream.
    pub stream: StreamName,
    /// What is wrong with it.
    pub fault: Fault,
}

/// What is wrong with a stream.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Events are missing.
    #[error("event {found} follows {prev_seq}, but the last one received is {seq}: events are missing")]
    Gap {
        /// The latest `seq` received.
        seq: u64,
        /// What the event after it says came before.
        prev_seq: u64,
        /// That event.
        found: u64,
    },
    /// An event came before the snapshot.
    #[error("event {found} came before any snapshot")]
    NoSnapshot {
        /// That event.
        found: u64,
    },
    /// The numbers do not rise.
    #[error("event {found} follows {seq}: the numbers do not rise")]
    Order {
        /// The latest `seq` received.
        seq: u64,
        /// The one after it.
        found: u64,
    },
    /// The rebuilt book is not the server's.
    #[error("after event {seq} the checksum of the rebuilt book is {ours}, expected {theirs}")]
    Checksum {
        /// The event.
        seq: u64,
        /// Of the rebuilt book.
        ours: u32,
        /// Of the event.
        theirs: u32,
    },
    /// A book event of a symbol of which nothing is known.
    #[error("no such instrument is known: its book can't be verified")]
    Instrument,
    /// A price or quantity does not fit its instrument.
    #[error(transparent)]
    Level(Box<InstrumentError>),
    /// A heartbeat says that there was more.
    #[error("the server is at {server}, the last event received is {seq}")]
    Behind {
        /// The latest `seq` received.
        seq: u64,
        /// The one that the server sent last.
        server: u64,
    },
}

impl From<InstrumentError> for Fault {
    fn from(error: InstrumentError) -> Self {
        Self::Level(Box::new(error))
    }
}

impl Follower {
    /// A follower that can rebuild the books of `instruments`.
    #[must_use]
    pub fn new(instruments: impl IntoIterator<Item = Instrument>) -> Self {
        let mut follower = Self::default();
        follower.learn(instruments);
        follower
    }

    /// Learns of instruments, in place of those known so far. One that no market can have stays unknown; where the
    /// units of one change, what is known of its books means nothing any more.
    pub fn learn(&mut self, instruments: impl IntoIterator<Item = Instrument>) {
        let possible = instruments.into_iter().filter(|instrument| instrument.validate().is_ok());
        let learnt = possible.map(|instrument| (instrument.symbol.clone(), instrument)).collect();
        let before = mem::replace(&mut self.instruments, learnt);
        for (stream, followed) in &mut self.streams {
            if before.get(&stream.symbol) != self.instruments.get(&stream.symbol) {
                followed.book.clear();
            }
        }
    }

    /// Takes in an event.
    ///
    /// # Errors
    /// When something was lost, or a book differs. The event counts as received all the same.
    pub fn take(&mut self, event: &Event<'_>) -> Result<(), Broken> {
        let stream = StreamName { channel: event.ch, symbol: event.sym.to_string() };
        let followed = self.streams.entry(stream.clone()).or_default();
        let checked = followed.step(event).and_then(|()| {
            match (&event.payload, self.instruments.get(event.sym.as_ref())) {
                (Payload::Book(book), Some(instrument)) => followed.rebuild(event.seq, book, instrument),
                (Payload::Book(_), None) => Err(Fault::Instrument),
                _ => Ok(()),
            }
        });
        checked.map_err(|fault| Broken { stream, fault })
    }

    /// Compares with the high-water marks of a heartbeat: what the server has sent, and was not received.
    #[must_use]
    pub fn behind(&self, seqs: &BTreeMap<String, u64>) -> Vec<Broken> {
        let behind = |(stream, followed): (&StreamName, &Followed)| {
            let (seq, server) = (followed.chain.seq()?, *seqs.get(&stream.to_string())?);
            (seq < server).then(|| Broken { stream: stream.clone(), fault: Fault::Behind { seq, server } })
        };
        self.streams.iter().filter_map(behind).collect()
    }

    /// The instrument of a symbol, if it is known.
    #[must_use]
    pub fn instrument(&self, symbol: &str) -> Option<&Instrument> {
        self.instruments.get(symbol)
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
    /// Counts an event, and checks that it follows the one before it.
    fn step(&mut self, event: &Event<'_>) -> Result<(), Fault> {
        self.count(event);
        let (before, found) = (self.chain.seq(), event.seq);
        let fault = match (self.chain.take(event), before) {
            (Link::Snapshot, _) => {
                self.book.clear();
                return Ok(());
            }
            (Link::Next, _) => return Ok(()),
            (Link::Early | Link::Gap, None) => Fault::NoSnapshot { found },
            (Link::Early | Link::Gap, Some(seq)) if seq == event.prev_seq => Fault::Order { seq, found },
            (Link::Early | Link::Gap, Some(seq)) => Fault::Gap { seq, prev_seq: event.prev_seq, found },
        };
        self.chain.rejoin(found);
        Err(fault)
    }

    fn count(&mut self, event: &Event<'_>) {
        if event.snapshot {
            self.snapshots += 1;
            return;
        }
        match &event.payload {
            Payload::Skipped(skipped) => self.skipped = self.skipped.saturating_add(skipped.count),
            _ => self.events += 1,
        }
        self.conflated = self.conflated.saturating_add(event.conflated);
    }

    fn rebuild(&mut self, seq: u64, book: &Book, instrument: &Instrument) -> Result<(), Fault> {
        for (side, levels) in [(Side::Buy, &book.bids), (Side::Sell, &book.asks)] {
            for (price, qty) in levels {
                let (price, qty) = (instrument.parse_price(*price)?, instrument.parse_qty(*qty)?);
                self.book.set(LevelChange { side, price, qty });
            }
        }
        let (ours, theirs) = (self.book.checksum(instrument), book.checksum);
        if ours != theirs {
            return Err(Fault::Checksum { seq, ours, theirs });
        }
        self.verified += 1;
        Ok(())
    }
}
