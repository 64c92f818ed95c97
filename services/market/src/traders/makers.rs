//! Market makers: ladders of quotes around what they think fair, leaning against their inventory.

use super::floor::Floor;
use super::scale::{Scale, ceil, floor, lots};
use super::view::View;
use crate::random::Random;
use crate::{Fill, OrderId, OwnerId, Price, Side};

/// Market makers of an instrument.
pub(crate) const MAKERS: usize = 3;

/// Quotes of a maker on each side.
pub(crate) const RUNGS: usize = 18;

/// How far a maker's opinion of the fair price lies off, in half spreads (s.d.).
const OPINION_SD: f64 = 0.35;

/// The chance that an action brings a new opinion.
const OPINION_CHANCE: f64 = 1.0 / 16.0;

/// The inventory, in mean orders, at which a maker's quotes are shifted by one half spread (Avellaneda & Stoikov 2008:
/// the reservation price falls with inventory).
const INVENTORY_ORDERS: f64 = 60.0;

/// The most half spreads by which inventory shifts quotes.
const SKEW_MAX: f64 = 1.5;

/// What is left of the inventory after an action: makers hedge elsewhere.
const INVENTORY_KEPT: f64 = 0.998;

/// How far off its target a quote may stand, in parts of its distance from the fair price.
const TOLERANCE: f64 = 0.12;

/// A quote that rests.
#[derive(Clone, Copy, Debug)]
struct Quote {
    id: OrderId,
    price: Price,
}

/// One market maker.
#[derive(Clone, Debug)]
pub(crate) struct Maker {
    number: usize,
    quotes: [[Option<Quote>; RUNGS]; 2],
    /// In lots; buying adds.
    inventory: f64,
    /// In half spreads.
    opinion: f64,
}

impl Maker {
    pub(crate) fn new(number: usize, random: &mut Random) -> Self {
        Self { number, quotes: [[None; RUNGS]; 2], inventory: 0.0, opinion: random.normal() * OPINION_SD }
    }

    /// Takes the best quotes and one rung further out to where they belong, both sides in one step.
    pub(crate) fn requote(&mut self, view: &View, floor: &mut Floor, random: &mut Random) {
        if random.chance(OPINION_CHANCE) {
            self.opinion = random.normal() * OPINION_SD;
        }
        self.inventory *= INVENTORY_KEPT;
        let deep = 1 + random.below(RUNGS - 1);
        let centre = self.centre(view);
        for side in [Side::Buy, Side::Sell] {
            self.withdraw(side, 0, centre, view, floor);
            self.withdraw(side, deep, centre, view, floor);
        }
        for side in [Side::Buy, Side::Sell] {
            self.quote(side, 0, centre, view, floor, random);
            self.quote(side, deep, centre, view, floor, random);
        }
    }

    /// Quotes all rungs afresh.
    pub(crate) fn requote_all(&mut self, view: &View, floor: &mut Floor, random: &mut Random) {
        let centre = self.centre(view);
        for side in [Side::Buy, Side::Sell] {
            for rung in 0..RUNGS {
                self.withdraw(side, rung, centre, view, floor);
            }
        }
        for side in [Side::Buy, Side::Sell] {
            for rung in 0..RUNGS {
                self.quote(side, rung, centre, view, floor, random);
            }
        }
    }

    /// Takes in that one of its quotes traded.
    pub(crate) fn filled(&mut self, fill: &Fill) {
        let bought = fill.taker == Side::Sell;
        self.inventory += if bought { fill.qty.0 as f64 } else { -(fill.qty.0 as f64) };
        if fill.maker_left.is_zero() {
            let rung = (fill.maker_owner.0 as usize - 1) % RUNGS;
            self.quotes[usize::from(!bought)][rung] = None;
        }
    }

    /// The maker behind an order's tag.
    pub(crate) fn of(owner: OwnerId) -> Option<usize> {
        (owner.0 as usize).checked_sub(1).map(|tag| tag / RUNGS)
    }

    fn owner(&self, rung: usize) -> OwnerId {
        OwnerId(u32::try_from(1 + self.number * RUNGS + rung).unwrap_or(u32::MAX))
    }

    fn centre(&self, view: &View) -> f64 {
        let skew = (self.inventory / (INVENTORY_ORDERS * view.mean_lots)).clamp(-SKEW_MAX, SKEW_MAX);
        view.fair + (self.opinion - skew) * view.half_spread
    }

    fn target(side: Side, rung: usize, centre: f64, view: &View) -> Price {
        let distance = distance(rung, view.half_spread);
        match side {
            Side::Buy => floor(centre - distance),
            Side::Sell => ceil(centre + distance),
        }
    }

    /// Takes a quote off that is not where it belongs.
    fn withdraw(&mut self, side: Side, rung: usize, centre: f64, view: &View, floor: &mut Floor) {
        let slot = &mut self.quotes[side as usize][rung];
        let Some(quote) = *slot else { return };
        let off = (quote.price.0 - Self::target(side, rung, centre, view).0).unsigned_abs() as f64;
        if off >= 1.0_f64.max(TOLERANCE * distance(rung, view.half_spread)) {
            floor.cancel(quote.id);
            *slot = None;
        }
    }

    /// Quotes a rung that has no quote. One that meets an old order of the other side trades with it.
    fn quote(
        &mut self,
        side: Side,
        rung: usize,
        centre: f64,
        view: &View,
        floor: &mut Floor,
        random: &mut Random,
    ) {
        if self.quotes[side as usize][rung].is_some() {
            return;
        }
        let price = Self::target(side, rung, centre, view);
        let size = lots(view.mean_lots * (0.4 + 1.2 * random.unit()) * (1.0 + 0.18 * rung as f64));
        let Some(outcome) = floor.limit(side, price, size, self.owner(rung)) else { return };
        self.inventory +=
            if side == Side::Buy { outcome.filled.0 as f64 } else { -(outcome.filled.0 as f64) };
        self.quotes[side as usize][rung] = outcome.resting().map(|id| Quote { id, price });
    }
}

/// How far a rung is from the centre, in ticks: each a little further from the one before it.
fn distance(rung: usize, half_spread: f64) -> f64 {
    let n = rung as f64;
    half_spread + Scale::gap(half_spread) * (0.5 * n + 0.06 * n * n)
}
