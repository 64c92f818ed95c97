//! What a client must verify, each fault told once: after it nothing more is said of a stream until its next snapshot.

use std::collections::{BTreeMap, BTreeSet};

use market::Side;
use protocol::{Broken, Event, InstrumentInfo, Payload, StreamName, WireLevel};

/// The streams of one connection.
#[derive(Debug, Default)]
pub(super) struct Follower {
    follower: protocol::Follower,
    /// Streams whose fault was told.
    broken: BTreeSet<StreamName>,
}

/// What came of an event.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Seen {
    /// What is wrong, told once.
    pub(super) fault: Option<Broken>,
    /// A new snapshot may help: this was not one.
    pub(super) can_resync: bool,
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

impl Follower {
    /// Takes in the answer to `list`.
    pub(super) fn learn(&mut self, instruments: Vec<InstrumentInfo>) {
        self.follower.learn(instruments.into_iter().map(Into::into));
    }

    /// The last event of each stream that is as it should be.
    pub(super) fn marks(&self) -> Vec<(StreamName, u64)> {
        let whole = self.follower.streams().filter(|(stream, _)| !self.broken.contains(stream));
        whole.filter_map(|(stream, followed)| Some((stream.clone(), followed.chain.seq()?))).collect()
    }

    /// Takes in an event.
    pub(super) fn follow(&mut self, event: &Event<'_>) -> Seen {
        let taken = self.follower.take(event);
        let stream = StreamName { channel: event.ch, symbol: event.sym.to_string() };
        if event.snapshot {
            self.broken.remove(&stream);
        }
        match taken {
            _ if self.broken.contains(&stream) => Seen::default(),
            Ok(()) => Seen { book: self.book(event), ..Seen::default() },
            Err(fault) => {
                self.broken.insert(stream);
                Seen { fault: Some(fault), can_resync: !event.snapshot, book: None }
            }
        }
    }

    /// The streams of which the server has sent more than was seen.
    pub(super) fn behind(&mut self, seqs: &BTreeMap<String, u64>) -> Vec<Broken> {
        let mut behind = self.follower.behind(seqs);
        behind.retain(|broken| self.broken.insert(broken.stream.clone()));
        behind
    }

    fn book(&self, event: &Event<'_>) -> Option<SeenBook> {
        let Payload::Book(_) = event.payload else { return None };
        let instrument = self.follower.instrument(&event.sym)?;
        let book = &self.follower.followed(event.ch, &event.sym)?.book;
        let best = |side| {
            let level = book.level(side, 0)?;
            Some((instrument.price_decimal(level.price), instrument.qty_decimal(level.qty)))
        };
        let levels = |side| book.side(side).len();
        Some(SeenBook {
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
    use market::LevelChange;

    fn follower() -> Follower {
        let list = r#"{"symbol":"A-B","kind":"crypto","tick_size":"0.5","lot_size":"0.1"}"#;
        let mut follower = Follower::default();
        follower.learn(vec![serde_json::from_str(list).unwrap()]);
        follower
    }

    /// The checksum of a book with these levels.
    fn checksum(bid: &str, ask: &str) -> u32 {
        let list = follower();
        let instrument = list.follower.instrument("A-B").unwrap();
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
            (Some(fault), _) => fault.to_string(),
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
                "the last one received is 6: events are missing",
            ),
            (r#"{"ch":"bbo","sym":"A-B","seq":12,"prev_seq":11,"ts":1}"#, "silent"),
            (r#"{"ch":"bbo","sym":"A-B","seq":12,"prev_seq":0,"ts":1,"snapshot":true}"#, "silent"),
            (r#"{"ch":"bbo","sym":"C-D","seq":9,"prev_seq":8,"ts":1}"#, "came before any snapshot"),
            (r#"{"ch":"bbo","sym":"A-B","seq":13,"prev_seq":9,"ts":1}"#, "bbo:A-B: event 13 follows 9"),
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
            (
                book(3, 2, false, r#"[["2.0","0.0"]]"#, first),
                "after event 3 the checksum of the rebuilt book is",
            ),
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
        assert!(follow(&mut follower, unknown).contains("no such instrument"));
    }

    #[test]
    fn a_heartbeat_tells_what_was_lost_at_the_end() {
        let mut follower = follower();
        follow(&mut follower, r#"{"ch":"bbo","sym":"A-B","seq":4,"prev_seq":0,"ts":1,"snapshot":true}"#);
        let marks = |seq| BTreeMap::from([("bbo:A-B".to_owned(), seq), ("bbo:C-D".to_owned(), 9)]);
        assert!(follower.behind(&marks(4)).is_empty());
        let lost = follower.behind(&marks(5));
        assert_eq!(lost[0].to_string(), "bbo:A-B: the server is at 5, the last event received is 4");
        assert!(follower.behind(&marks(5)).is_empty(), "told once");
    }
}
