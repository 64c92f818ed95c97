//! Those who take what others quote: large orders in pieces, followers of trends, and those who know the value.

use super::floor::Floor;
use super::public::PUBLIC;
use super::scale::{ceil, floor, lots};
use super::tables::Tables;
use super::view::View;
use crate::random::Random;
use crate::{NewOrder, OrderKind, Price, Qty, Regime, Side, TimeInForce};

/// The weights of the last mid price in the fast and the slow mean of trend followers.
const TREND_WEIGHTS: [f64; 2] = [0.04, 0.004];

/// The difference of the two means at which trend followers act, in half spreads.
const TREND_SPREADS: f64 = 4.0;

/// How far beyond the spread a price must be wrong for value traders to act, in half spreads.
const VALUE_SPREADS: f64 = 0.2;

/// How far from the fair price a taker pays at most, in half spreads: beyond that it waits.
const PAY_SPREADS_MAX: f64 = 30.0;

/// The most of a value trader's order, in mean orders.
const VALUE_ORDERS_MAX: f64 = 12.0;

/// In a crash this part of the market orders sells.
const CRASH_SELLS: f64 = 0.8;

/// The takers of one instrument.
#[derive(Clone, Debug)]
pub(crate) struct Takers {
    /// The large order that is being worked: its side and the pieces left.
    parent: (Side, f64),
    /// A fast and a slow mean of the mid price, in ticks.
    means: [f64; 2],
}

impl Takers {
    pub(crate) fn new(fair: f64) -> Self {
        Self { parent: (Side::Buy, 0.0), means: [fair; 2] }
    }

    /// Takes in the mid price after an action.
    pub(crate) fn watch(&mut self, market: &Floor) {
        if let (Some(bid), Some(ask)) = (market.engine.best(Side::Buy), market.engine.best(Side::Sell)) {
            let mid = (bid.price.0 + ask.price.0) as f64 / 2.0;
            for (mean, weight) in self.means.iter_mut().zip(TREND_WEIGHTS) {
                *mean += weight * (mid - *mean);
            }
        }
    }

    /// A piece of the large order that is being worked.
    pub(crate) fn piece(&mut self, view: &View, market: &mut Floor, tables: &Tables, random: &mut Random) {
        if self.parent.1 < 1.0 {
            let sells = if view.regime == Regime::Crash { CRASH_SELLS } else { 0.5 };
            let side = if random.chance(sells) { Side::Sell } else { Side::Buy };
            self.parent = (side, tables.pieces(random));
        }
        self.parent.1 -= 1.0;
        take(self.parent.0, lots(view.mean_lots * tables.size(random)), PAY_SPREADS_MAX, view, market);
    }

    /// Buys what has risen and sells what has fallen; says whether it did.
    pub(crate) fn follow(
        &self,
        view: &View,
        market: &mut Floor,
        tables: &Tables,
        random: &mut Random,
    ) -> bool {
        let trend = self.means[0] - self.means[1];
        if trend.abs() < TREND_SPREADS * view.half_spread {
            return false;
        }
        let side = if trend > 0.0 { Side::Buy } else { Side::Sell };
        take(side, lots(view.mean_lots * tables.size(random)), PAY_SPREADS_MAX, view, market);
        true
    }

    /// Takes what is quoted on the wrong side of the fair price; says whether there was any.
    pub(crate) fn correct(view: &View, market: &mut Floor, random: &mut Random) -> bool {
        let bbo = market.engine.bbo();
        let margin = VALUE_SPREADS * view.half_spread;
        let size = lots(view.mean_lots * VALUE_ORDERS_MAX * random.unit());
        if bbo.ask.is_some_and(|ask| (ask.price.0 as f64) < view.fair - margin) {
            take(Side::Buy, size, 0.0, view, market);
        } else if bbo.bid.is_some_and(|bid| bid.price.0 as f64 > view.fair + margin) {
            take(Side::Sell, size, 0.0, view, market);
        } else {
            return false;
        }
        true
    }
}

/// Trades at once, up to a price so many half spreads beyond the fair one.
fn take(side: Side, size: u64, spreads: f64, view: &View, market: &mut Floor) {
    let price = match side {
        Side::Buy => floor(view.fair + spreads * view.half_spread),
        Side::Sell => ceil(view.fair - spreads * view.half_spread),
    };
    let kind = OrderKind::Limit { price: price.max(Price(1)), tif: TimeInForce::ImmediateOrCancel };
    market.submit(NewOrder { side, qty: Qty(size), kind, owner: PUBLIC });
}
