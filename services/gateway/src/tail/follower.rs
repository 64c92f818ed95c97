//! What a client must verify: that every event follows the one before, and that each book has its checksum.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use market::{Instrument, InstrumentError, LevelChange, Side};
use protocol::{Book, Event, InstrumentInfo, Payload, StreamName, WireLevel};

/// The streams of one connection.
#[derive(Debug, Default)]
pub(super) struct Follower {
    instruments: HashMap<String, Instrument>,
    streams: HashMap<StreamName, Followed>,
}

#[derive(Debug, Default)]
struct Followed {
    seq: u64,
    book: market::Book,
    /// Something was wrong, and was told: nothing more is verified until the next snapshot.
    is_broken: bool,
}

/// What came of an event.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Seen {
    /// What is wrong, told once.
    pub(super) fault: Option<Fault>,
    /// The book after an event of one, verified.
    pub(super) book: Option<SeenBook>,
}

/// A book after an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SeenBook {
    pub(super) bid: Option<WireLevel>,
    pub(super) ask: Option<WireLevel>,
    pub(super) bids: usize,
    pub(super) asks: usize,
}

/// A stream is broken.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) stream: StreamName,
    /// A new snapshot may help: this was not one.
    pub(super) can_resync: bool,
    what: What,
}

#[derive(Debug, PartialEq, Eq)]
enum What {
    Gap { after: u64, prev_seq: u64, seq: u64 },
    NoSnapshot { seq: u64 },
    Checksum { computed: u32, sent: u32, seq: u64 },
    Instrument,
    Level(InstrumentError),
    Behind { at: u64, server: u64 },
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BROKEN {}: ", self.stream)?;
        match &self.what {
            What::Gap { after, prev_seq, seq } => {
                write!(
                    f,
                    "event {seq} follows {prev_seq}, but the last one seen is {after}: events are missing"
                )
            }
            What::NoSnapshot { seq } => write!(f, "event {seq} came before any snapshot"),
            What::Checksum { computed, sent, seq } => {
                write!(f, "after event {seq} the book's checksum is {computed}, expected {sent}")
            }
            What::Instrument => write!(f, "the server lists no such instrument: its book can't be verified"),
            What::Level(error) => write!(f, "{error}"),
            What::Behind { at, server } => {
                write!(f, "the server is at {server}, the last event seen is {at}")
            }
        }
    }
}

impl Follower {
    /// Takes in the answer to `list`.
    pub(super) fn learn(&mut self, instruments: Vec<InstrumentInfo>) {
        self.instruments = instruments.into_iter().map(|info| (info.symbol.clone(), info.into())).collect();
    }

    /// Takes in an event.
    pub(super) fn follow(&mut self, event: &Event<'_>) -> Seen {
        let stream = StreamName { channel: event.ch, symbol: event.sym.clone().into_owned() };
        let followed = self.streams.entry(stream.clone()).or_default();
        if event.snapshot {
            *followed = Followed::default();
        }
        if followed.is_broken {
            return Seen::default();
        }
        let checked = followed.step(event).and_then(|()| match &event.payload {
            Payload::Book(change) => {
                let instrument = self.instruments.get(event.sym.as_ref()).ok_or(What::Instrument)?;
                followed.change(instrument, change, event.seq).map(Some)
            }
            _ => Ok(None),
        });
        match checked {
            Ok(book) => Seen { fault: None, book },
            Err(what) => {
                followed.is_broken = true;
                Seen { fault: Some(Fault { stream, can_resync: !event.snapshot, what }), book: None }
            }
        }
    }

    /// The streams of which the server has sent more than was seen.
    pub(super) fn behind(&mut self, seqs: &BTreeMap<String, u64>) -> Vec<Fault> {
        self.streams
            .iter_mut()
            .filter(|(_, followed)| !followed.is_broken)
            .filter_map(|(stream, followed)| {
                let (at, server) = (followed.seq, *seqs.get(&stream.to_string())?);
                followed.is_broken = at < server;
                let what = What::Behind { at, server };
                (at < server).then(|| Fault { stream: stream.clone(), can_resync: true, what })
            })
            .collect()
    }
}

impl Followed {
    /// Each event follows the one before it.
    fn step(&mut self, event: &Event<'_>) -> Result<(), What> {
        let after = std::mem::replace(&mut self.seq, event.seq);
        let (prev_seq, seq) = (event.prev_seq, event.seq);
        match event.snapshot {
            true => Ok(()),
            false if after == 0 => Err(What::NoSnapshot { seq }),
            false if after != prev_seq => Err(What::Gap { after, prev_seq, seq }),
            false => Ok(()),
        }
    }

    /// After its change the book has the server's checksum.
    fn change(&mut self, instrument: &Instrument, change: &Book, seq: u64) -> Result<SeenBook, What> {
        for (side, levels) in [(Side::Buy, &change.bids), (Side::Sell, &change.asks)] {
            for (price, qty) in levels {
                let price = instrument.parse_price(*price).map_err(What::Level)?;
                let qty = instrument.parse_qty(*qty).map_err(What::Level)?;
                self.book.set(LevelChange { side, price, qty });
            }
        }
        let (computed, sent) = (self.book.checksum(instrument), change.checksum);
        if computed != sent {
            return Err(What::Checksum { computed, sent, seq });
        }
        let best = |side| {
            let level = self.book.level(side, 0)?;
            Some((instrument.price_decimal(level.price), instrument.qty_decimal(level.qty)))
        };
        let levels = |side| self.book.side(side).len();
        Ok(SeenBook {
            bid: best(Side::Buy),
            ask: best(Side::Sell),
            bids: levels(Side::Buy),
            asks: levels(Side::Sell),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn follower() -> Follower {
        let list = r#"{"symbol":"A-B","kind":"crypto","tick_size":"0.5","lot_size":"0.1"}"#;
        let mut follower = Follower::default();
        follower.learn(vec![serde_json::from_str(list).unwrap()]);
        follower
    }

    /// The checksum of a book with these levels.
    fn checksum(bid: &str, ask: &str) -> u32 {
        let list = follower();
        let instrument = &list.instruments["A-B"];
        let mut book = market::Book::default();
        for (side, price) in [(Side::Buy, bid), (Side::Sell, ask)] {
            let price = instrument.parse_price(price.parse().unwrap()).unwrap();
            book.set(LevelChange { side, price, qty: market::Qty(10) });
        }
        book.checksum(instrument)
    }

    fn follow(follower: &mut Follower, event: &str) -> String {
        let seen = follower.follow(&serde_json::from_str(event).unwrap());
        match (seen.fault, seen.book) {
            (Some(fault), _) => format!("{fault}"),
            (None, Some(SeenBook { bid: Some(bid), ask: Some(ask), .. })) => format!("{} {}", bid.0, ask.0),
            (None, _) => "silent".into(),
        }
    }

    #[test]
    fn a_gap_is_told_once_and_ends_with_a_snapshot() {
        let mut follower = follower();
        for (event, expected) in [
            (r#"{"ch":"bbo","sym":"A-B","seq":4,"prev_seq":0,"ts":1,"snapshot":true}"#, "silent"),
            (r#"{"ch":"bbo","sym":"A-B","seq":6,"prev_seq":4,"ts":1}"#, "silent"),
            (
                r#"{"ch":"bbo","sym":"A-B","seq":9,"prev_seq":8,"ts":1}"#,
                "the last one seen is 6: events are missing",
            ),
            (r#"{"ch":"bbo","sym":"A-B","seq":12,"prev_seq":11,"ts":1}"#, "silent"),
            (r#"{"ch":"bbo","sym":"A-B","seq":12,"prev_seq":0,"ts":1,"snapshot":true}"#, "silent"),
            (r#"{"ch":"bbo","sym":"C-D","seq":9,"prev_seq":8,"ts":1}"#, "came before any snapshot"),
            (
                r#"{"ch":"bbo","sym":"A-B","seq":13,"prev_seq":9,"ts":1}"#,
                "BROKEN bbo:A-B: event 13 follows 9",
            ),
        ] {
            let found = follow(&mut follower, event);
            assert!(found.contains(expected), "{event}: {found}");
        }
    }

    #[test]
    fn books_are_rebuilt_and_verified() {
        let mut follower = follower();
        let book = |seq, prev_seq, snapshot, bids: &str, sum| {
            format!(
                r#"{{"ch":"book","sym":"A-B","seq":{seq},"prev_seq":{prev_seq},"ts":1,"snapshot":{snapshot},"bids":{bids},"asks":[["2.5","1.0"]],"checksum":{sum}}}"#
            )
        };
        let (first, second) = (checksum("1.5", "2.5"), checksum("2.0", "2.5"));
        for (event, expected) in [
            (book(1, 0, true, r#"[["1.5","1.0"]]"#, first), "1.5 2.5"),
            (book(2, 1, false, r#"[["2.0","1.0"],["1.5","0.0"]]"#, second), "2.0 2.5"),
            (book(3, 2, false, r#"[["2.0","0.0"]]"#, first), "after event 3 the book's checksum is"),
            (book(4, 3, false, "[]", first), "silent"),
            (book(4, 0, true, r#"[["1.5","1.0"]]"#, first), "1.5 2.5"),
            (
                book(5, 4, false, r#"[["1.6","1.0"]]"#, first),
                "1.6 is not a whole multiple of the tick_size 0.5",
            ),
        ] {
            let found = follow(&mut follower, &event);
            assert!(found.contains(expected), "{event}: {found}");
        }
        let unknown = r#"{"ch":"book","sym":"X","seq":1,"prev_seq":0,"ts":1,"snapshot":true,"bids":[],"asks":[],"checksum":0}"#;
        assert!(follow(&mut follower, unknown).contains("lists no such instrument"));
    }

    #[test]
    fn a_heartbeat_tells_what_was_lost_at_the_end() {
        let mut follower = follower();
        follow(&mut follower, r#"{"ch":"bbo","sym":"A-B","seq":4,"prev_seq":0,"ts":1,"snapshot":true}"#);
        let marks = |seq| BTreeMap::from([("bbo:A-B".to_owned(), seq), ("bbo:C-D".to_owned(), 9)]);
        assert!(follower.behind(&marks(4)).is_empty());
        let lost = follower.behind(&marks(5));
        assert_eq!(lost[0].to_string(), "BROKEN bbo:A-B: the server is at 5, the last event seen is 4");
        assert!(follower.behind(&marks(5)).is_empty(), "told once");
    }
}
