//! The trading of one instrument through one block: a state machine whose opening is a pure function of the block.

use super::{Blueprint, Calendar};
use crate::fundamental::{Cell, LEAF_DEPTH, LEAF_MICROS, MINUTE_DEPTH, Path};
use crate::random::{Random, mix};
use crate::traders::{Arrivals, Floor, ORDERS_MAX, Tables, Traders, View};
use crate::{Block, Book, LevelChange, Regime, Side, Status, Ts};

/// The longest time that a session trades unseen before its block, so that its book has found its shape.
const WARM_UP_MICROS_MAX: u64 = 30 * Ts::SECOND;

/// About the most actions of that time: most orders of the book are renewed.
const WARM_UP_ACTIONS: f64 = 1_000.0;

/// What a leaf (234 ms) weighs in the moving mean of the local variance: 23 s.
const TENSION_WEIGHT: f64 = 0.01;

/// The least fair price, in ticks: leaves room for bids below it.
const FAIR_TICKS_MIN: f64 = 4.0;

/// Bounds on how much the local volatility changes the pace of trading.
const PACE_MIN: f64 = 0.35;
const PACE_MAX: f64 = 4.0;

/// One instrument in one block.
#[derive(Clone, Debug)]
pub(super) struct Session {
    pub(super) block: Block,
    pub(super) floor: Floor,
    pub(super) calendar: Calendar,
    pub(super) status: Status,
    /// When somebody acts next; never while trading is halted.
    pub(super) next_action: Ts,
    traders: Traders,
    arrivals: Arrivals,
    random: Random,
    weather: Weather,
}

/// The fundamental value and its volatility around now.
#[derive(Clone, Debug)]
struct Weather {
    path: Path,
    cell: Cell,
    /// A moving mean of the variance relative to the average.
    tension: f64,
    /// Its root.
    volatility: f64,
}

impl Session {
    /// The opening of a block: everybody starts with the typical book some time before it and trades until it opens.
    pub(super) fn open(blueprint: &Blueprint, block: Block, tables: &Tables) -> Self {
        let rate = blueprint.scale.actions_per_second;
        let from = Ts(block.start().0.saturating_sub(warm_up_micros(rate)));
        let calendar = Calendar::of(blueprint, block);
        let status = Status { halted: false, regime: calendar.before };
        let weather = Weather::at(blueprint, from);
        let mut random = Random::new(mix(mix(blueprint.key, 0), block.0));
        let mut floor = Floor::new(ORDERS_MAX);
        let view = weather.view(blueprint, &calendar, status.regime, from);
        let traders = Traders::open(&view, &mut floor, tables, &mut random);
        let arrivals = Arrivals::new(rate);
        let mut session =
            Self { block, floor, calendar, status, next_action: from, traders, arrivals, random, weather };
        while session.next_action < block.start() {
            session.act(blueprint, tables);
        }
        session.status = session.calendar.opening;
        session.weather.move_to(block.start());
        let view = session.view(blueprint, block.start());
        session.traders.quote_both_sides(&view, &mut session.floor);
        session
    }

    /// The opening print, a trade at the block's first moment; the floor's step holds it.
    pub(super) fn print(&mut self, blueprint: &Blueprint) {
        let view = self.view(blueprint, self.block.start());
        self.traders.print(&view, &mut self.floor, &mut self.random);
    }

    /// Lets somebody act at `next_action`; the floor's step holds what happened.
    pub(super) fn act(&mut self, blueprint: &Blueprint, tables: &Tables) {
        let ts = self.next_action;
        self.weather.move_to(ts);
        let view = self.view(blueprint, ts);
        self.traders.act(&view, &mut self.floor, tables, &mut self.random);
        self.schedule(blueprint, ts);
    }

    /// Takes the next change of the calendar.
    pub(super) fn change_status(&mut self, blueprint: &Blueprint) -> Status {
        let ts = self.calendar.next_ts();
        let halted = self.status.halted;
        self.status = self.calendar.next().unwrap_or(self.status);
        if self.status.halted {
            self.next_action = Ts(u64::MAX);
        } else if halted {
            self.weather.move_to(ts);
            self.schedule(blueprint, ts);
        }
        self.status
    }

    /// The price levels of the book now.
    pub(super) fn book(&self) -> Book {
        let mut book = Book::default();
        for side in [Side::Buy, Side::Sell] {
            // The worst first: each then goes to the end of its side.
            for level in self.floor.engine.levels(side).rev() {
                book.set(LevelChange { side, price: level.price, qty: level.qty });
            }
        }
        book
    }

    fn schedule(&mut self, blueprint: &Blueprint, ts: Ts) {
        let rate = blueprint.scale.actions_per_second * self.weather.pace() * eagerness(self.status.regime);
        self.next_action = ts.plus(self.arrivals.next_micros(rate, &mut self.random));
    }

    fn view(&self, blueprint: &Blueprint, ts: Ts) -> View {
        self.weather.view(blueprint, &self.calendar, self.status.regime, ts)
    }
}

impl Weather {
    fn at(blueprint: &Blueprint, ts: Ts) -> Self {
        let path = blueprint.fundamental.walk(LEAF_DEPTH, ts.0 / LEAF_MICROS);
        let tension = path.intensity(MINUTE_DEPTH);
        Self { cell: path.cell(), path, tension, volatility: tension.sqrt() }
    }

    /// Leaf by leaf to the one that holds `ts`.
    fn move_to(&mut self, ts: Ts) {
        let number = ts.0 / LEAF_MICROS;
        if number <= self.cell.number {
            return;
        }
        for leaf in self.cell.number + 1..=number {
            self.path.seek(leaf);
            self.tension += TENSION_WEIGHT * (self.path.intensity(LEAF_DEPTH) - self.tension);
        }
        self.volatility = self.tension.sqrt();
        self.cell = self.path.cell();
    }

    /// How fast traders act, relative to the average.
    fn pace(&self) -> f64 {
        self.volatility.clamp(PACE_MIN, PACE_MAX)
    }

    fn view(&self, blueprint: &Blueprint, calendar: &Calendar, regime: Regime, ts: Ts) -> View {
        let fair = (self.cell.value(ts) * calendar.panic(ts)).max(FAIR_TICKS_MIN);
        let half_spread = blueprint.scale.half_spread(fair, self.volatility * caution(regime));
        View { fair, half_spread, mean_lots: blueprint.scale.mean_lots(fair), regime }
    }
}

/// How much wider makers quote than the volatility alone asks for.
const fn caution(regime: Regime) -> f64 {
    match regime {
        Regime::Calm => 1.0,
        Regime::Volatile => 1.3,
        Regime::Crash => 3.0,
    }
}

/// How much faster everybody acts than the volatility alone asks for.
const fn eagerness(regime: Regime) -> f64 {
    match regime {
        Regime::Calm => 1.0,
        Regime::Volatile => 1.3,
        Regime::Crash => 3.0,
    }
}

#[allow(clippy::cast_sign_loss, reason = "rates are above 0")]
fn warm_up_micros(actions_per_second: f64) -> u64 {
    ((WARM_UP_ACTIONS / actions_per_second * 1e6) as u64).min(WARM_UP_MICROS_MAX)
}
