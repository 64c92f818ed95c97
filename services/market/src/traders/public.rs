//! The limit orders of everybody who is not a market maker: placed far and near, and after a while cancelled.

use super::floor::Floor;
use super::scale::{Scale, ceil, floor, lots};
use super::tables::Tables;
use super::view::View;
use crate::random::Random;
use crate::{Fill, OrderId, Outcome, OwnerId, Price, Side};

/// The tag of public orders; makers have the others.
pub(super) const PUBLIC: OwnerId = OwnerId(0);

/// Public orders that rest, both sides together, on average.
const RESTING_MEAN: usize = 260;

/// The most public orders that rest; at that many the next action is a cancellation.
pub(super) const RESTING_MAX: usize = 2 * RESTING_MEAN;

/// The median distance of a new order from the best price of its side, in gaps (half a spread, or more).
const DISTANCE_MEDIAN: f64 = 14.0;

/// The greatest distance, in gaps.
const DISTANCE_MAX: f64 = 400.0;

/// The chance that an order is placed inside a spread that has room.
const IMPROVE_CHANCE: f64 = 0.12;

/// An order that rests.
#[derive(Clone, Copy, Debug)]
struct Resting {
    id: OrderId,
    price: Price,
}

/// The public orders that rest.
#[derive(Clone, Debug)]
pub(crate) struct Public {
    resting: Vec<Resting>,
    /// The place in `resting` of the order in each slot of the engine.
    places: Vec<u32>,
}

impl Public {
    pub(crate) fn new() -> Self {
        Self { resting: Vec::with_capacity(RESTING_MAX), places: Vec::with_capacity(RESTING_MAX) }
    }

    /// Places an order or cancels one, whichever brings their number nearer its mean.
    pub(crate) fn act(&mut self, view: &View, floor: &mut Floor, tables: &Tables, random: &mut Random) {
        if random.below(RESTING_MAX) < self.resting.len() {
            self.cancel(view, floor, random);
        } else {
            self.place(view, floor, tables, random);
        }
    }

    /// Fills an empty book.
    pub(crate) fn populate(&mut self, view: &View, floor: &mut Floor, tables: &Tables, random: &mut Random) {
        for _ in 0..RESTING_MEAN {
            self.place(view, floor, tables, random);
        }
    }

    /// Places one order at a price that does not trade.
    pub(super) fn rest(&mut self, side: Side, price: Price, size: u64, floor: &mut Floor) {
        if let Some(id) = floor.limit(side, price, size, PUBLIC).and_then(Outcome::resting) {
            self.insert(Resting { id, price });
        }
    }

    /// Takes in that one of its orders traded.
    pub(crate) fn filled(&mut self, fill: &Fill) {
        if fill.maker_left.is_zero() {
            let at = self.places[fill.maker.slot()] as usize;
            debug_assert_eq!(self.resting[at].id, fill.maker, "the tables follow the engine");
            self.remove(at);
        }
    }

    fn place(&mut self, view: &View, floor: &mut Floor, tables: &Tables, random: &mut Random) {
        let side = if random.bits() >> 63 == 0 { Side::Buy } else { Side::Sell };
        let price = price(side, view, floor, tables, random);
        let size = lots(view.mean_lots * tables.size(random));
        self.rest(side, price, size, floor);
    }

    /// Of two orders the one further from the fair price is given up.
    fn cancel(&mut self, view: &View, floor: &mut Floor, random: &mut Random) {
        let fair = super::scale::floor(view.fair);
        let far = |at: usize| self.resting[at].price.0.abs_diff(fair.0);
        let (a, b) = (random.below(self.resting.len()), random.below(self.resting.len()));
        let at = if far(a) > far(b) { a } else { b };
        floor.cancel(self.resting[at].id);
        self.remove(at);
    }

    fn insert(&mut self, order: Resting) {
        let slot = order.id.slot();
        if self.places.len() <= slot {
            self.places.resize(slot + 1, 0);
        }
        self.places[slot] = u32::try_from(self.resting.len()).unwrap_or(u32::MAX);
        self.resting.push(order);
    }

    fn remove(&mut self, at: usize) {
        self.resting.swap_remove(at);
        if let Some(moved) = self.resting.get(at) {
            self.places[moved.id.slot()] = u32::try_from(at).unwrap_or(u32::MAX);
        }
    }
}

/// Where a new order goes: into the spread, or a power-law distance behind the best of its side; never across.
fn price(side: Side, view: &View, market: &Floor, tables: &Tables, random: &mut Random) -> Price {
    let bbo = market.engine.bbo();
    let below_ask = bbo.ask.map_or(Price(i64::MAX), |ask| Price(ask.price.0 - 1));
    let bid = bbo.bid.map_or_else(|| floor(view.fair - view.half_spread).min(below_ask), |bid| bid.price);
    let above_bid = Price(bid.0 + 1);
    let ask = bbo.ask.map_or_else(|| ceil(view.fair + view.half_spread).max(above_bid), |ask| ask.price);
    let room = usize::try_from(ask.0 - bid.0 - 1).unwrap_or(0);
    let step = if room > 0 && random.chance(IMPROVE_CHANCE) {
        -1 - i64::try_from(random.below(room)).unwrap_or(0)
    } else {
        let gaps = (DISTANCE_MEDIAN * tables.distance(random)).min(DISTANCE_MAX);
        (gaps * Scale::gap(view.half_spread)) as i64
    };
    match side {
        Side::Buy => Price((bid.0 - step).max(1)),
        Side::Sell => Price(ask.0 + step),
    }
}
