//! The book as two curves: how much rests within a distance of the middle. All sums are integers of ticks and lots; the
//! places on the screen are whole thousandths.

use std::fmt::Write as _;

use market::{Decimal, Instrument, Level, Notional, Price, Qty, Side};

use super::book::LiveBook;
use super::format;

/// The box that the curves are drawn in: the middle of the market is at [`WIDTH`] / 2.
pub(crate) const WIDTH: i64 = 2_000;
/// See [`WIDTH`].
pub(crate) const HEIGHT: i64 = 1_000;
/// How far the curves may reach to each side, in hundredths of a percent of the middle.
pub(crate) const REACHES_BP: [i64; 6] = [5, 10, 25, 50, 100, 200];
/// A full curve leaves some air above it, in thousandths.
const CEILING: u64 = 920;

/// Both curves up to a distance from the middle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Depth {
    bids: Vec<Step>,
    asks: Vec<Step>,
    /// Best bid + best ask: twice the middle, in ticks.
    twice_mid: i64,
    /// How far it reaches to each side, in half ticks.
    reach: i64,
}

/// A level, and what rests at it and at all better ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Step {
    price: Price,
    total: Qty,
    notional: Notional,
}

/// What the cursor reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reading {
    /// Whose orders.
    pub(crate) side: Side,
    /// Up to this price.
    pub(crate) price: Decimal,
    /// That far from the middle, in hundredths of a percent.
    pub(crate) distance_bp: i64,
    /// So much rests there and better.
    pub(crate) qty: Decimal,
    /// What it costs.
    pub(crate) notional: Decimal,
}

impl Depth {
    /// The curves up to `reach_bp` hundredths of a percent from the middle; `None` while a side is empty.
    pub(crate) fn new(
        bids: impl Iterator<Item = Level>,
        asks: impl Iterator<Item = Level>,
        reach_bp: i64,
    ) -> Option<Self> {
        let (mut bids, mut asks) = (bids.peekable(), asks.peekable());
        let twice_mid = bids.peek()?.price.0 + asks.peek()?.price.0;
        // At least two half ticks, so that there is something to divide by.
        let reach = (i128::from(twice_mid) * i128::from(reach_bp) / 10_000).max(2);
        let reach = i64::try_from(reach).unwrap_or(i64::MAX);
        let within = |level: &Level| (2 * level.price.0 - twice_mid).abs() <= reach;
        Some(Self {
            bids: sums(bids.take_while(within)),
            asks: sums(asks.take_while(within)),
            twice_mid,
            reach,
        })
    }

    /// One side as the path of an area in the box.
    pub(crate) fn path(&self, side: Side) -> String {
        let (mut path, mut drawn) = (format!("M{} {HEIGHT}", WIDTH / 2), None);
        let full = self.full();
        for step in self.side(side) {
            let at = (self.x(step.price), y(step.total, full));
            // Levels that fall on the same spot are one step.
            if drawn != Some(at) {
                let _ = write!(path, "H{}V{}", at.0, at.1);
                drawn = Some(at);
            }
        }
        // The last total holds up to the edge: nothing more rests there that we know of.
        let edge = if side == Side::Buy { 0 } else { WIDTH };
        let _ = write!(path, "H{edge}V{HEIGHT}Z");
        path
    }

    /// What rests between the middle and a place of the box, from 0 to [`WIDTH`].
    pub(crate) fn read(&self, x: i64, instrument: &Instrument) -> Option<Reading> {
        let offset = i128::from(x - WIDTH / 2) * i128::from(2 * self.reach) / i128::from(WIDTH);
        let offset = i64::try_from(offset).ok()?;
        let side = if offset < 0 { Side::Buy } else { Side::Sell };
        // The tick that is reached: away from it the next one is not reached yet.
        let price = match side {
            Side::Buy => Price((self.twice_mid + offset + 1).div_euclid(2)),
            Side::Sell => Price((self.twice_mid + offset).div_euclid(2)),
        };
        let reached = self.side(side).iter().take_while(|step| match side {
            Side::Buy => step.price >= price,
            Side::Sell => step.price <= price,
        });
        let (qty, notional) =
            reached.last().map_or((Qty(0), Notional(0)), |step| (step.total, step.notional));
        Some(Reading {
            side,
            price: instrument.price_decimal(price),
            distance_bp: offset * 10_000 / self.twice_mid.max(1),
            qty: instrument.qty_decimal(qty),
            notional: instrument.notional_decimal(notional),
        })
    }

    /// What a side has in all, quantity and what it costs.
    pub(crate) fn whole(&self, side: Side, instrument: &Instrument) -> (Decimal, Decimal) {
        let (qty, notional) =
            self.side(side).last().map_or((Qty(0), Notional(0)), |step| (step.total, step.notional));
        (instrument.qty_decimal(qty), instrument.notional_decimal(notional))
    }

    /// The price at the left edge, in the middle, at the right edge.
    pub(crate) fn marks(&self, instrument: &Instrument) -> [Decimal; 3] {
        let half = |twice: i64| instrument.price_decimal(Price(twice.div_euclid(2)));
        [half(self.twice_mid - self.reach), half(self.twice_mid), half(self.twice_mid + self.reach)]
    }

    fn side(&self, side: Side) -> &[Step] {
        match side {
            Side::Buy => &self.bids,
            Side::Sell => &self.asks,
        }
    }

    fn full(&self) -> u64 {
        let total = |side: &[Step]| side.last().map_or(0, |step| step.total.0);
        total(&self.bids).max(total(&self.asks)).max(1)
    }

    fn x(&self, price: Price) -> i64 {
        let offset =
            i128::from(2 * price.0 - self.twice_mid) * i128::from(WIDTH / 2) / i128::from(self.reach);
        WIDTH / 2 + i64::try_from(offset).unwrap_or_default()
    }
}

/// What rests within some distances of the middle: distance, bids, what they cost, asks, what they cost.
pub(crate) fn table(book: &LiveBook, instrument: &Instrument) -> Vec<[String; 5]> {
    let row = |reach_bp: i64| {
        let depth = book.depth(reach_bp)?;
        let [bids, asks] = [Side::Buy, Side::Sell].map(|side| depth.whole(side, instrument));
        let cost = |(_, notional): (Decimal, Decimal)| format::compact(notional.to_f64());
        let qty = |(qty, _): (Decimal, Decimal)| format::decimal(qty);
        Some([format::share(reach_bp), qty(bids), cost(bids), qty(asks), cost(asks)])
    };
    REACHES_BP.into_iter().filter_map(row).collect()
}

/// The same in sentences, for those who hear the page.
pub(crate) fn sentences(table: &[[String; 5]]) -> String {
    let sentence = |[distance, bids, _, asks, _]: &[String; 5]| {
        format!("Within {distance} of the middle: bids {bids}, asks {asks}. ")
    };
    table.iter().map(sentence).collect()
}

/// What the cursor reads, in a sentence.
pub(crate) fn sentence(reading: &Reading) -> String {
    format!(
        "{} {} to {}: {}, worth {}",
        format::percent(reading.distance_bp),
        if reading.side == Side::Buy { "bids down" } else { "asks up" },
        format::decimal(reading.price),
        format::decimal(reading.qty),
        format::compact(reading.notional.to_f64()),
    )
}

fn y(total: Qty, full: u64) -> i64 {
    let height = u128::from(total.0) * u128::from(CEILING) / u128::from(full);
    HEIGHT - i64::try_from(height).unwrap_or(HEIGHT)
}

fn sums(levels: impl Iterator<Item = Level>) -> Vec<Step> {
    let (mut total, mut notional) = (0u64, 0i128);
    let step = |Level { price, qty }| {
        total = total.saturating_add(qty.0);
        notional = notional.saturating_add(i128::from(price.0) * i128::from(qty.0));
        Step { price, total: Qty(total), notional: Notional(notional) }
    };
    levels.map(step).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::fixture::instrument;

    /// Bids at 99.90, 99.50, 99.00 and asks at 100.10, 100.50, 101.00: the middle is 100.
    fn depth(reach_bp: i64) -> Depth {
        let levels = |levels: [(i64, u64); 3]| {
            levels.into_iter().map(|(price, qty)| Level { price: Price(price), qty: Qty(qty) })
        };
        let bids = levels([(9_990, 1), (9_950, 2), (9_900, 7)]);
        let asks = levels([(10_010, 4), (10_050, 1), (10_100, 5)]);
        Depth::new(bids, asks, reach_bp).unwrap()
    }

    #[test]
    fn curves_are_steps_out_from_the_middle() {
        let depth = depth(100);
        assert_eq!(depth.path(Side::Buy), "M1000 1000H900V908H500V724H0V80H0V1000Z");
        assert_eq!(depth.path(Side::Sell), "M1000 1000H1100V632H1500V540H2000V80H2000V1000Z");
        assert_eq!(depth.marks(&instrument()).map(|mark| mark.to_string()), ["99.00", "100.00", "101.00"]);
    }

    #[test]
    fn a_shorter_reach_leaves_out_what_is_further_away() {
        let near = depth(50);
        let whole = |side| near.whole(side, &instrument());
        assert_eq!(whole(Side::Buy).0.to_string(), "3");
        assert_eq!(whole(Side::Sell), (Decimal::new(5, 0), Decimal::new(4 * 10_010 + 10_050, 2)));
    }

    #[test]
    fn the_cursor_reads_what_is_reached() {
        let depth = depth(100);
        let check = |x: i64, side: Side, price: &str, bp: i64, qty: &str, notional: &str| {
            let read = depth.read(x, &instrument()).unwrap();
            let texts = [read.price, read.qty, read.notional].map(|decimal| decimal.to_string());
            assert_eq!((read.side, read.distance_bp), (side, bp), "{x}");
            assert_eq!(texts, [price, qty, notional], "{x}");
        };
        check(1_000, Side::Sell, "100.00", 0, "0", "0.00");
        check(1_099, Side::Sell, "100.09", 9, "0", "0.00");
        check(1_100, Side::Sell, "100.10", 10, "4", "400.40");
        check(2_000, Side::Sell, "101.00", 100, "10", "1005.90");
        check(901, Side::Buy, "99.91", -9, "0", "0.00");
        check(900, Side::Buy, "99.90", -10, "1", "99.90");
        check(0, Side::Buy, "99.00", -100, "10", "991.90");
    }

    #[test]
    fn depth_in_words() {
        let reading = depth(100).read(900, &instrument()).unwrap();
        assert_eq!(sentence(&reading), "\u{2212}0.10% bids down to 99.90: 1, worth 99.90");
        let row = ["0.5%", "3", "298.90", "5", "500.90"].map(String::from);
        assert_eq!(sentences(&[row]), "Within 0.5% of the middle: bids 3, asks 5. ");
    }

    #[test]
    fn half_a_book_has_no_middle() {
        let one = [Level { price: Price(1), qty: Qty(1) }];
        assert_eq!(Depth::new(one.into_iter(), [].into_iter(), 100), None);
        let tight =
            Depth::new(one.into_iter(), [Level { price: Price(2), qty: Qty(1) }].into_iter(), 1).unwrap();
        assert!(tight.path(Side::Buy).starts_with("M1000 1000H"), "a reach of less than a tick still draws");
    }
}
