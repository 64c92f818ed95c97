//! The event stream of one instrument: it numbers what its sessions do, and rolls from block to block.

use super::{Blueprint, Session};
use crate::traders::Tables;
use crate::{Bbo, Block, Body, Book, BookDelta, Event, Seq, TICK_MICROS, Trade, Ts};

/// One instrument's events, block after block.
#[derive(Clone, Debug)]
pub(crate) struct Lane {
    blueprint: Blueprint,
    session: Session,
    /// The book before the opening, as long as the opening was not told.
    before: Option<Book>,
    /// Events of the block so far.
    count: u64,
    next_tick: Ts,
    bbo: Bbo,
    /// The next block's opening, worked out ahead.
    prepared: Option<Box<Session>>,
}

/// The first moment of a block, in ticks, at which the next opening is worked out ahead, and how many follow: the lanes
/// spread over them.
const PREPARE_TICK: u64 = 200;
const PREPARE_TICKS: u64 = 900;

impl Lane {
    /// At the start of a block. The first book delta is then the whole opening book, as nothing came before it.
    pub(crate) fn open(blueprint: Blueprint, block: Block, tables: &Tables) -> Self {
        Self {
            session: Session::open(&blueprint, block, tables),
            blueprint,
            before: Some(Book::default()),
            count: 0,
            next_tick: block.start(),
            bbo: Bbo::default(),
            prepared: None,
        }
    }

    /// The price levels of the book now.
    pub(crate) fn book(&self) -> Book {
        self.session.book()
    }

    /// When the next thing happens.
    pub(crate) fn next_ts(&self) -> Ts {
        if self.before.is_some() {
            return self.session.block.start();
        }
        let Session { calendar, next_action, block, .. } = &self.session;
        self.next_tick.min(calendar.next_ts()).min(*next_action).min(block.end())
    }

    /// Whether it is time to work out the next opening, which would else delay the events of the boundary. Each lane
    /// has its own moment for it; no event depends on it.
    pub(crate) fn should_prepare(&self, ts: Ts) -> bool {
        let tick = PREPARE_TICK + self.blueprint.key % PREPARE_TICKS;
        self.prepared.is_none() && ts.since(self.session.block.start()) > tick * TICK_MICROS
    }

    /// Works out the next block's opening, unless that is done.
    pub(crate) fn prepare(&mut self, tables: &Tables) {
        let Self { prepared, blueprint, session, .. } = self;
        prepared.get_or_insert_with(|| Box::new(Session::open(blueprint, session.block.next(), tables)));
    }

    /// Makes the events of the next thing that happens, at [`Lane::next_ts`]; now and then there are none.
    ///
    /// At one moment a block opens first, then come the tick, a change of status, and an action.
    pub(crate) fn run(&mut self, tables: &Tables, out: &mut Vec<Event>) {
        let ts = self.next_ts();
        if ts == self.session.block.end() {
            self.before = Some(self.book());
            self.prepare(tables);
            if let Some(next) = self.prepared.take() {
                self.session = *next;
            }
            self.count = 0;
        }
        if let Some(before) = self.before.take() {
            self.announce(&before, out);
        } else if ts == self.next_tick {
            self.next_tick = ts.plus(TICK_MICROS);
            self.emit(ts, Body::Tick, true, out);
        } else if ts == self.session.calendar.next_ts() {
            let status = self.session.change_status(&self.blueprint);
            self.emit(ts, Body::Status(status), true, out);
        } else {
            self.session.act(&self.blueprint, tables);
            self.emit_step(ts, out);
        }
    }

    /// The opening of a block: the book as a change from the one before, the best prices, the status, each of them always,
    /// so that every stream's numbers in a block follow from the block alone; then the opening print.
    fn announce(&mut self, before: &Book, out: &mut Vec<Event>) {
        let ts = self.session.block.start();
        let book = self.book();
        self.bbo = book.bbo();
        self.emit(ts, Body::Book(before.delta_to(&book)), false, out);
        self.emit(ts, Body::Bbo(self.bbo), true, out);
        self.emit(ts, Body::Status(self.session.status), true, out);
        self.session.print(&self.blueprint);
        self.emit_step(ts, out);
    }

    /// The trades, level changes and best prices of the floor's step, if it has any.
    fn emit_step(&mut self, ts: Ts, out: &mut Vec<Event>) {
        let bbo = self.session.floor.engine.bbo();
        let bbo_changed = std::mem::replace(&mut self.bbo, bbo) != bbo;
        let step = &mut self.session.floor.step;
        // What changed and changed back within the step is in the delta all the same: a level's total is whole.
        let delta = BookDelta { levels: std::mem::take(&mut step.delta.levels) };
        let id = self.blueprint.id;
        let block = self.session.block.0;
        for fill in &step.trades {
            let seq = Seq::new(block, self.count);
            out.push(Event {
                instrument: id,
                seq,
                ts,
                step_end: false,
                body: Body::Trade(Trade::from(*fill)),
            });
            self.count += 1;
        }
        if !delta.levels.is_empty() {
            self.emit(ts, Body::Book(delta), !bbo_changed, out);
        }
        if bbo_changed {
            self.emit(ts, Body::Bbo(bbo), true, out);
        }
    }

    fn emit(&mut self, ts: Ts, body: Body, step_end: bool, out: &mut Vec<Event>) {
        let seq = Seq::new(self.session.block.0, self.count);
        out.push(Event { instrument: self.blueprint.id, seq, ts, step_end, body });
        self.count += 1;
    }
}
