//! The order book of the chosen symbol, proved right with every event.

use market::{Book, Decimal, Instrument, Level, LevelChange, Price, Side};
use protocol::{Chain, Event, Link, WireLevel};

use super::crc::crc32;
use super::depth::Depth;
use super::format;
use super::grouping::grouped;

/// Whether the book is known to equal the server's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Proof {
    /// No snapshot yet, or waiting for a new one.
    #[default]
    Unknown,
    /// The last checksum was ours, too.
    Valid,
    /// It was not.
    Invalid,
}

impl Proof {
    /// `data-checksum`.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Valid => "valid",
            Self::Invalid => "invalid",
        }
    }
}

/// Why a book can't be trusted: a new snapshot is needed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Events are missing between the last one and this.
    Gap,
    /// The levels are not the server's.
    Checksum {
        /// What our levels give.
        ours: u32,
        /// What the event says.
        theirs: u32,
    },
    /// A price or quantity is not of this instrument.
    Level {
        /// What is wrong with it.
        cause: String,
    },
}

/// The book, and what was proved of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct LiveBook {
    book: Book,
    chain: Chain,
    proof: Proof,
    verified: u64,
    last_proved: Option<Proved>,
}

/// An event after which our book was the server's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Proved {
    /// Its number.
    pub(crate) seq: u64,
    /// The checksum of both books.
    pub(crate) checksum: u32,
}

impl LiveBook {
    /// Takes an event in and checks the result; `Ok(false)` for one that came before the snapshot.
    ///
    /// # Errors
    /// When the book is not the server's: it then waits for a snapshot.
    pub(crate) fn apply(
        &mut self,
        event: &Event<'_>,
        wire: &protocol::Book,
        instrument: &Instrument,
    ) -> Result<bool, Fault> {
        match self.chain.take(event) {
            Link::Early => return Ok(false),
            Link::Gap => {
                self.proof = Proof::Unknown;
                return Err(Fault::Gap);
            }
            Link::Snapshot => self.book.clear(),
            Link::Next => {}
        }
        let taken = self.set_levels(wire, instrument).and_then(|()| self.verify(wire.checksum, instrument));
        match taken {
            Ok(()) => {
                self.proof = Proof::Valid;
                self.verified += 1;
                self.last_proved = Some(Proved { seq: event.seq, checksum: wire.checksum });
            }
            Err(_) => {
                self.proof = Proof::Invalid;
                self.chain.reset();
            }
        }
        taken.map(|()| true)
    }

    /// The next event is a snapshot; what is shown until then is not proved.
    pub(crate) fn expect_snapshot(&mut self) {
        self.chain.reset();
        self.doubt();
    }

    /// The connection is gone: what is shown is not proved until the next event.
    pub(crate) fn doubt(&mut self) {
        if self.proof == Proof::Valid {
            self.proof = Proof::Unknown;
        }
    }

    /// Whether it is the server's book.
    pub(crate) const fn proof(&self) -> Proof {
        self.proof
    }

    /// How many checksums were right.
    pub(crate) const fn verified(&self) -> u64 {
        self.verified
    }

    /// The last event of which that is so.
    pub(crate) const fn last_proved(&self) -> Option<Proved> {
        self.last_proved
    }

    /// Where its stream is.
    pub(crate) const fn chain(&self) -> Chain {
        self.chain
    }

    fn set_levels(&mut self, wire: &protocol::Book, instrument: &Instrument) -> Result<(), Fault> {
        for (side, levels) in [(Side::Buy, &wire.bids), (Side::Sell, &wire.asks)] {
            for level in levels {
                self.book.set(level_change(side, level, instrument)?);
            }
        }
        Ok(())
    }

    fn verify(&self, theirs: u32, instrument: &Instrument) -> Result<(), Fault> {
        match crc32(&self.book.checksum_text(instrument)) {
            ours if ours == theirs => Ok(()),
            ours => Err(Fault::Checksum { ours, theirs }),
        }
    }

    /// The best `depth` levels of each side in steps of so many ticks, with running totals.
    pub(crate) fn ladder(&self, depth: usize, step: i64, instrument: &Instrument) -> Ladder {
        let side = |side| running(grouped(self.book.side(side), side, step).take(depth));
        let (bids, asks) = (side(Side::Buy), side(Side::Sell));
        let (bid_total, ask_total) = (total(&bids), total(&asks));
        let full = bid_total.max(ask_total).max(1);
        let scale = format::trimmed(instrument.price_decimal(Price(step))).scale;
        let scale = if step == 1 { instrument.tick_size.scale } else { scale };
        let rungs = |levels: Vec<(Level, u64)>| {
            levels
                .into_iter()
                .map(|(level, total)| Rung::new(level, total, full, scale, instrument))
                .collect()
        };
        Ladder {
            bids: rungs(bids),
            asks: rungs(asks),
            touch: self.touch(instrument),
            bid_share: share(bid_total, ask_total),
        }
    }

    /// The curves up to `reach_bp` hundredths of a percent from the middle.
    pub(crate) fn depth(&self, reach_bp: i64) -> Option<Depth> {
        Depth::new(self.book.side(Side::Buy), self.book.side(Side::Sell), reach_bp)
    }

    /// The middle, rounded down to a tick.
    pub(crate) fn mid(&self) -> Option<Price> {
        let bbo = self.book.bbo();
        Some(Price((bbo.bid?.price.0 + bbo.ask?.price.0) / 2))
    }

    fn touch(&self, instrument: &Instrument) -> Option<Touch> {
        let bbo = self.book.bbo();
        let (bid, ask) = (bbo.bid?.price, bbo.ask?.price);
        let spread = instrument.price_decimal(Price(ask.0 - bid.0));
        let tick = instrument.tick_size;
        let sum = i128::from(bid.0) + i128::from(ask.0);
        // Half of an odd number of ticks needs one more digit.
        let mid = match sum % 2 {
            0 => Decimal::new(sum / 2 * tick.mantissa, tick.scale),
            _ => Decimal::new(sum * tick.mantissa * 5, tick.scale + 1),
        };
        Some(Touch {
            mid: format::decimal(mid),
            spread: format::decimal(spread),
            spread_bp: 10_000.0 * spread.to_f64() / mid.to_f64(),
        })
    }
}

fn level_change(side: Side, (price, qty): &WireLevel, instrument: &Instrument) -> Result<LevelChange, Fault> {
    let fault = |error: market::InstrumentError| Fault::Level { cause: error.to_string() };
    Ok(LevelChange {
        side,
        price: instrument.parse_price(*price).map_err(fault)?,
        qty: instrument.parse_qty(*qty).map_err(fault)?,
    })
}

fn running(levels: impl Iterator<Item = Level>) -> Vec<(Level, u64)> {
    let mut total = 0u64;
    levels
        .map(|level| {
            total = total.saturating_add(level.qty.0);
            (level, total)
        })
        .collect()
}

fn total(levels: &[(Level, u64)]) -> u64 {
    levels.last().map_or(0, |(_, total)| *total)
}

/// What the bids are of both, in percent; `None` if there is nothing.
fn share(bids: u64, asks: u64) -> Option<u32> {
    let (bids, all) = (u128::from(bids), u128::from(bids) + u128::from(asks));
    u32::try_from((bids * 100 + all / 2).checked_div(all)?).ok()
}

/// What the ladder shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Ladder {
    /// Best first.
    pub(crate) bids: Vec<Rung>,
    /// Best first.
    pub(crate) asks: Vec<Rung>,
    /// Between the two, if neither is empty.
    pub(crate) touch: Option<Touch>,
    /// What the bids are of all that is shown, in percent.
    pub(crate) bid_share: Option<u32>,
}

/// A level as it is shown.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Rung {
    /// The price.
    pub(crate) price: String,
    /// What rests at it.
    pub(crate) qty: String,
    /// What rests at it and at all better ones.
    pub(crate) total: String,
    /// That total as a share of a full bar, in thousandths.
    pub(crate) depth_permille: u32,
}

impl Rung {
    /// `scale`: how many digits the price needs; those beyond are zeros.
    fn new(level: Level, total: u64, full: u64, scale: u8, instrument: &Instrument) -> Self {
        let price = instrument.price_decimal(level.price);
        let permille = (u128::from(total) * 1_000 / u128::from(full)).min(1_000);
        Self {
            price: format::decimal(price.rescale(scale).unwrap_or(price)),
            qty: format::decimal(instrument.qty_decimal(level.qty)),
            total: format::decimal(instrument.qty_decimal(market::Qty(total))),
            depth_permille: u32::try_from(permille).unwrap_or(1_000),
        }
    }
}

/// Where bids and asks meet.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Touch {
    /// The middle.
    pub(crate) mid: String,
    /// Best ask minus best bid.
    pub(crate) spread: String,
    /// The same in hundredths of a percent of the middle.
    pub(crate) spread_bp: f64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::fixture::{book_event, instrument};

    fn apply(book: &mut LiveBook, event: &Event<'_>) -> Result<bool, Fault> {
        let protocol::Payload::Book(wire) = &event.payload else { panic!("not a book") };
        book.apply(event, wire, &instrument())
    }

    #[test]
    fn a_book_is_proved_by_every_event() {
        let mut book = LiveBook::default();
        assert_eq!(apply(&mut book, &book_event(4, 3, &["9.00:1"], &[], None)), Ok(false), "too early");
        assert_eq!(book.proof(), Proof::Unknown);
        let snapshot = book_event(5, 0, &["10.00:2", "9.50:1"], &["10.50:3"], Some("10.00:2,9.50:1|10.50:3"));
        assert_eq!(apply(&mut book, &snapshot), Ok(true));
        let step = book_event(8, 5, &["10.00:0"], &["10.25:1"], Some("9.50:1|10.25:1,10.50:3"));
        assert_eq!(apply(&mut book, &step), Ok(true));
        assert_eq!((book.proof(), book.verified()), (Proof::Valid, 2));
        assert_eq!(book.last_proved().map(|proved| proved.seq), Some(8));
    }

    #[test]
    fn a_wrong_checksum_is_found_and_a_snapshot_heals_it() {
        let mut book = LiveBook::default();
        let snapshot = book_event(5, 0, &["10.00:2"], &[], Some("10.00:2|"));
        apply(&mut book, &snapshot).unwrap();
        let wrong = book_event(6, 5, &["9.00:1"], &[], Some("10.00:2,9.00:7|"));
        assert!(matches!(apply(&mut book, &wrong), Err(Fault::Checksum { .. })));
        assert_eq!(book.proof(), Proof::Invalid);
        assert_eq!(apply(&mut book, &book_event(7, 6, &[], &[], None)), Ok(false), "waits for the snapshot");
        let healed = book_event(9, 0, &["10.00:2"], &[], Some("10.00:2|"));
        assert_eq!(apply(&mut book, &healed), Ok(true));
        assert_eq!(book.proof(), Proof::Valid);
    }

    #[test]
    fn gaps_and_foreign_levels_are_faults() {
        let mut book = LiveBook::default();
        let snapshot = book_event(5, 0, &["10.00:2"], &[], Some("10.00:2|"));
        apply(&mut book, &snapshot).unwrap();
        assert_eq!(apply(&mut book, &book_event(9, 7, &[], &[], None)), Err(Fault::Gap));
        assert_eq!(book.proof(), Proof::Unknown);
        let foreign = book_event(10, 0, &["10.001:2"], &[], Some("10.001:2|"));
        assert!(matches!(apply(&mut book, &foreign), Err(Fault::Level { .. })));
    }

    #[test]
    fn the_ladder_sums_up_and_names_the_middle() {
        let mut book = LiveBook::default();
        let levels = "10.00:2,9.75:1|10.25:4";
        apply(&mut book, &book_event(5, 0, &["10.00:2", "9.75:1"], &["10.25:4"], Some(levels))).unwrap();
        let ladder = book.ladder(10, 1, &instrument());
        let bids: Vec<_> =
            ladder.bids.iter().map(|rung| (rung.total.as_str(), rung.depth_permille)).collect();
        assert_eq!(bids, [("2", 500), ("3", 750)]);
        assert_eq!((ladder.asks[0].price.as_str(), ladder.bid_share), ("10.25", Some(43)));
        let touch = ladder.touch.unwrap();
        assert_eq!((touch.mid.as_str(), touch.spread.as_str()), ("10.125", "0.25"));
        assert_eq!(format!("{:.1}", touch.spread_bp), "246.9");
        let prices = |step| {
            let ladder = book.ladder(10, step, &instrument());
            let price = |rung: &Rung| rung.price.clone();
            (
                ladder.bids.iter().map(price).collect::<Vec<_>>(),
                ladder.asks.iter().map(price).collect::<Vec<_>>(),
            )
        };
        assert_eq!(prices(50), (vec!["10.0".into(), "9.5".into()], vec!["10.5".into()]));
        assert_eq!(prices(100), (vec!["10".into(), "9".into()], vec!["11".into()]));
        assert_eq!(LiveBook::default().ladder(10, 1, &instrument()), Ladder::default());
    }
}
