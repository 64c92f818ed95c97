//! The simulated traders of one instrument: who acts, and what they do to its book.
//!
//! Market makers quote around the fair price, the public places and cancels limit orders, takers trade large orders in
//! pieces, follow trends, or correct a wrong price. It knows neither time nor events: those are the simulation's.

mod arrivals;
mod floor;
mod makers;
mod public;
mod scale;
mod tables;
mod takers;
mod view;

pub(crate) use arrivals::Arrivals;
pub(crate) use floor::Floor;
pub(crate) use scale::Scale;
pub(crate) use tables::Tables;
pub(crate) use view::View;

use crate::random::Random;
use crate::{NewOrder, OrderKind, Price, Qty, Regime, Side};
use makers::{MAKERS, Maker, RUNGS};
use public::{PUBLIC, Public, RESTING_MAX};
use takers::Takers;

/// The most orders that rest in the book of one instrument.
pub(crate) const ORDERS_MAX: usize = 2 * MAKERS * RUNGS + RESTING_MAX;

/// Out of 64 actions those of makers, the public, large orders, trend followers; the rest corrects prices.
const MAKER_ACTIONS: usize = 27;
const PUBLIC_ACTIONS: usize = 30;
const PIECE_ACTIONS: usize = 3;
const TREND_ACTIONS: usize = 1;

/// In a crash this part of the actions are market orders.
const CRASH_PIECES: f64 = 0.25;

/// All traders of one instrument.
#[derive(Clone, Debug)]
pub(crate) struct Traders {
    makers: [Maker; MAKERS],
    public: Public,
    takers: Takers,
}

impl Traders {
    /// Fills an empty book as it is found around noon.
    pub(crate) fn open(view: &View, floor: &mut Floor, tables: &Tables, random: &mut Random) -> Self {
        let mut traders = Self {
            makers: std::array::from_fn(|number| Maker::new(number, random)),
            public: Public::new(),
            takers: Takers::new(view.fair),
        };
        for maker in &mut traders.makers {
            maker.requote_all(view, floor, random);
        }
        traders.settle(floor);
        traders.public.populate(view, floor, tables, random);
        traders
    }

    /// One action of one of them. The floor's step holds what it did, which can be nothing.
    pub(crate) fn act(&mut self, view: &View, floor: &mut Floor, tables: &Tables, random: &mut Random) {
        floor.begin();
        if view.regime == Regime::Crash && random.chance(CRASH_PIECES) {
            self.takers.piece(view, floor, tables, random);
        } else {
            self.act_calmly(view, floor, tables, random);
        }
        self.settle(floor);
        self.takers.watch(floor);
    }

    /// Gives a side that has no best price one, near the fair price; it does not trade.
    pub(crate) fn quote_both_sides(&mut self, view: &View, floor: &mut Floor) {
        floor.begin();
        let bbo = floor.engine.bbo();
        let size = scale::lots(view.mean_lots);
        if bbo.bid.is_none() {
            let below_ask = bbo.ask.map_or(Price(i64::MAX), |ask| Price(ask.price.0 - 1));
            self.public.rest(
                Side::Buy,
                scale::floor(view.fair - view.half_spread).min(below_ask),
                size,
                floor,
            );
        }
        if bbo.ask.is_none() {
            let above_bid = floor.engine.bbo().bid.map_or(Price(0), |bid| Price(bid.price.0 + 1));
            self.public.rest(
                Side::Sell,
                scale::ceil(view.fair + view.half_spread).max(above_bid),
                size,
                floor,
            );
        }
    }

    /// The opening print: a small market order, at the price of a side that has one.
    pub(crate) fn print(&mut self, view: &View, floor: &mut Floor, random: &mut Random) {
        floor.begin();
        let side = if random.bits() >> 63 == 0 { Side::Buy } else { Side::Sell };
        let size = Qty(scale::lots(view.mean_lots * 0.5 * random.unit()));
        floor.submit(NewOrder { side, qty: size, kind: OrderKind::Market, owner: PUBLIC });
        self.settle(floor);
        debug_assert!(!floor.step.trades.is_empty(), "a book opens with both sides quoted");
    }

    fn act_calmly(&mut self, view: &View, floor: &mut Floor, tables: &Tables, random: &mut Random) {
        const PUBLIC_END: usize = MAKER_ACTIONS + PUBLIC_ACTIONS;
        const PIECE_END: usize = PUBLIC_END + PIECE_ACTIONS;
        const TREND_END: usize = PIECE_END + TREND_ACTIONS;
        let acted = match random.below(64) {
            n if n < MAKER_ACTIONS => false,
            n if n < PUBLIC_END => {
                self.public.act(view, floor, tables, random);
                true
            }
            n if n < PIECE_END => {
                self.takers.piece(view, floor, tables, random);
                true
            }
            n if n < TREND_END => self.takers.follow(view, floor, tables, random),
            _ => Takers::correct(view, floor, random),
        };
        if !acted {
            self.makers[random.below(MAKERS)].requote(view, floor, random);
        }
    }

    /// Tells the owners of resting orders what traded in the step. An order in it can be gone since, but none has its
    /// slot yet: whoever acts, trades before anything of theirs rests, or has withdrawn what was theirs.
    fn settle(&mut self, floor: &Floor) {
        for fill in &floor.step.trades {
            match Maker::of(fill.maker_owner) {
                Some(maker) => self.makers[maker].filled(fill),
                None => self.public.filled(fill),
            }
        }
    }
}
