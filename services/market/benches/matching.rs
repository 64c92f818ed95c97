//! Our engine beside two public ones, on one recorded sequence of orders, in one run:
//! `cargo bench -p market --bench matching`.
//!
//! 55 % limit orders, 40 % cancels, 5 % market orders, round a slowly moving middle. The sequence is made before the
//! clock starts; the engines take turns, each round on a fresh book that was filled untimed; the median counts.
//! All must have traded the same.

#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "a benchmark reads the clock and prints")]

use std::hint::black_box;
use std::time::Instant;

use market::{
    Executions, MatchingEngine, NewOrder, OrderId, OrderKind, OwnerId, Price, Qty, Side, TimeInForce,
};
use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

/// Limit orders that fill the book before the clock starts.
const FILL_ORDERS: usize = 40_000;
/// Operations timed in a round.
const TIMED_OPS: usize = 1_000_000;
const ROUNDS: usize = 5;
/// How far from the middle an order may be, in ticks.
const DEPTH_TICKS: i64 = 400;

#[derive(Clone, Copy)]
enum Op {
    /// The nth of these is order n.
    Limit {
        side: Side,
        price: i64,
        qty: u64,
    },
    /// Cancels order n, which rests; `id` is what our engine calls it, in every run.
    Cancel {
        order: usize,
        id: OrderId,
    },
    Market {
        side: Side,
        qty: u64,
    },
}

/// What an engine traded: how often, how much, and at what cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Tape {
    trades: u64,
    qty: u64,
    notional: u128,
}

impl Tape {
    fn add(&mut self, price: u64, qty: u64) {
        self.trades += 1;
        self.qty += qty;
        self.notional += u128::from(price) * u128::from(qty);
    }
}

trait Engine {
    const NAME: &'static str;
    fn new() -> Self;
    fn run(&mut self, op: Op, tape: &mut Tape);
}

struct Ours {
    engine: MatchingEngine,
    out: Executions,
}

impl Engine for Ours {
    const NAME: &'static str = "tickwire";

    fn new() -> Self {
        Self { engine: MatchingEngine::with_capacity(2 * FILL_ORDERS), out: Executions::default() }
    }

    fn run(&mut self, op: Op, tape: &mut Tape) {
        let order = match op {
            Op::Limit { side, price, qty } => {
                let kind = OrderKind::Limit { price: Price(price), tif: TimeInForce::GoodTilCancelled };
                NewOrder { side, qty: Qty(qty), kind, owner: OwnerId(0) }
            }
            Op::Market { side, qty } => {
                NewOrder { side, qty: Qty(qty), kind: OrderKind::Market, owner: OwnerId(0) }
            }
            Op::Cancel { id, .. } => {
                let cancelled = self.engine.cancel(id, &mut self.out);
                black_box(cancelled).expect("the recording cancels orders that rest");
                return;
            }
        };
        let outcome = self.engine.submit(order, &mut self.out).expect("the recording has valid orders");
        let _ = black_box(outcome);
        for fill in &self.out.trades {
            tape.add(fill.price.0.unsigned_abs(), fill.qty.0);
        }
        black_box(&self.out);
    }
}

struct Lobster {
    book: lobster::OrderBook,
    orders: u128,
}

impl Engine for Lobster {
    const NAME: &'static str = "lobster";

    fn new() -> Self {
        Self { book: lobster::OrderBook::new(2 * FILL_ORDERS, 256, false), orders: 0 }
    }

    fn run(&mut self, op: Op, tape: &mut Tape) {
        let side = |side| if side == Side::Buy { lobster::Side::Bid } else { lobster::Side::Ask };
        let event = self.book.execute(match op {
            Op::Limit { side: of, price, qty } => {
                self.orders += 1;
                lobster::OrderType::Limit {
                    id: self.orders - 1,
                    side: side(of),
                    qty,
                    price: price.unsigned_abs(),
                }
            }
            Op::Market { side: of, qty } => lobster::OrderType::Market { id: u128::MAX, side: side(of), qty },
            Op::Cancel { order, .. } => lobster::OrderType::Cancel { id: order as u128 },
        });
        let event = black_box(event);
        if let lobster::OrderEvent::Filled { fills, .. }
        | lobster::OrderEvent::PartiallyFilled { fills, .. } = event
        {
            fills.iter().for_each(|fill| tape.add(fill.price, fill.qty));
        }
    }
}

struct OrderBookRs {
    book: orderbook_rs::OrderBook<()>,
    orders: u64,
    markets: u64,
}

impl Engine for OrderBookRs {
    const NAME: &'static str = "orderbook-rs";

    fn new() -> Self {
        Self { book: orderbook_rs::OrderBook::new("BENCH"), orders: 0, markets: 1 << 40 }
    }

    fn run(&mut self, op: Op, tape: &mut Tape) {
        use orderbook_rs::prelude::{Id, Side as Theirs, TimeInForce as Tif};
        let side = |side| if side == Side::Buy { Theirs::Buy } else { Theirs::Sell };
        match op {
            Op::Limit { side: of, price, qty } => {
                let id = Id::Sequential(self.orders);
                self.orders += 1;
                let price = u128::from(price.unsigned_abs());
                let (_, result) = self
                    .book
                    .add_limit_order_with_result(id, price, qty, side(of), Tif::Gtc, None)
                    .expect("the recording has valid orders");
                if let Some(result) = black_box(result) {
                    for trade in result.match_result.trades().as_vec() {
                        tape.add(ticks(trade.price().as_u128()), trade.quantity().as_u64());
                    }
                }
            }
            Op::Market { side: of, qty } => {
                self.markets += 1;
                let result = self.book.submit_market_order(Id::Sequential(self.markets), qty, side(of));
                let result = black_box(result).expect("the book is never empty");
                for trade in result.trades().as_vec() {
                    tape.add(ticks(trade.price().as_u128()), trade.quantity().as_u64());
                }
            }
            Op::Cancel { order, .. } => {
                let cancelled = self.book.cancel_order(Id::Sequential(order as u64)).expect("a known order");
                assert!(black_box(cancelled).is_some(), "the recording cancels orders that rest");
            }
        }
    }
}

fn ticks(price: u128) -> u64 {
    u64::try_from(price).expect("prices of the recording are small")
}

/// Makes the sequence; it runs our engine to know which orders rest.
fn record(timed_ops: usize) -> Vec<Op> {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(7);
    let (mut engine, mut out) = (MatchingEngine::new(), Executions::default());
    let mut mid = 100_000_i64;
    let mut orders = 0;
    let mut live: Vec<(OrderId, usize)> = Vec::new();
    let mut ops = Vec::with_capacity(FILL_ORDERS + timed_ops);
    while ops.len() < FILL_ORDERS + timed_ops {
        if rng.random_range(0..500) == 0 {
            mid += if rng.random::<bool>() { 1 } else { -1 };
        }
        let side = if rng.random::<bool>() { Side::Buy } else { Side::Sell };
        let roll = if ops.len() < FILL_ORDERS { 0 } else { rng.random_range(0..100) };
        if roll < 55 {
            let near = rng.random_range(0..DEPTH_TICKS).min(rng.random_range(0..DEPTH_TICKS));
            let price = if side == Side::Buy { mid - near } else { mid + 1 + near };
            let qty = rng.random_range(1..=100);
            let kind = OrderKind::Limit { price: Price(price), tif: TimeInForce::GoodTilCancelled };
            let order = NewOrder { side, qty: Qty(qty), kind, owner: OwnerId(0) };
            let outcome = engine.submit(order, &mut out).expect("a valid order");
            live.extend(outcome.resting().map(|id| (id, orders)));
            orders += 1;
            ops.push(Op::Limit { side, price, qty });
        } else if roll < 95 {
            // Those that traded meanwhile are still in the list.
            let (id, order) = loop {
                let (id, order) = live.swap_remove(rng.random_range(0..live.len()));
                if engine.cancel(id, &mut out).is_ok() {
                    break (id, order);
                }
            };
            ops.push(Op::Cancel { order, id });
        } else {
            let qty = rng.random_range(1..=300);
            let order = NewOrder { side, qty: Qty(qty), kind: OrderKind::Market, owner: OwnerId(0) };
            let _ = engine.submit(order, &mut out).expect("a valid order");
            ops.push(Op::Market { side, qty });
        }
    }
    let levels = [Side::Buy, Side::Sell].map(|side| engine.level_count(side));
    println!("{} operations, then {} orders rest on {levels:?} levels", ops.len(), engine.order_count());
    ops
}

/// Gives nanoseconds an operation, and what was traded.
type Timed = fn(&[Op]) -> (f64, Tape);

fn time<E: Engine>(ops: &[Op]) -> (f64, Tape) {
    let mut engine = E::new();
    let mut tape = Tape::default();
    let (fill, timed) = ops.split_at(FILL_ORDERS);
    fill.iter().for_each(|op| engine.run(*op, &mut tape));
    let start = Instant::now();
    timed.iter().for_each(|op| engine.run(*op, &mut tape));
    let nanos = start.elapsed().as_secs_f64() * 1e9;
    #[allow(clippy::cast_precision_loss, reason = "a million")]
    let ops = timed.len() as f64;
    (nanos / ops, black_box(tape))
}

fn main() {
    // `cargo test --benches` only asks whether it runs.
    let (timed_ops, rounds) =
        if std::env::args().any(|arg| arg == "--bench") { (TIMED_OPS, ROUNDS) } else { (10_000, 1) };
    let ops = record(timed_ops);
    let engines: [(&str, Timed); 3] = [
        (Ours::NAME, time::<Ours>),
        (Lobster::NAME, time::<Lobster>),
        (OrderBookRs::NAME, time::<OrderBookRs>),
    ];
    let mut nanos = [const { Vec::new() }; 3];
    let expected = time::<Ours>(&ops).1;
    println!("{expected:?}");
    for _ in 0..rounds {
        for ((name, time), nanos) in engines.iter().zip(&mut nanos) {
            let (nanos_per_op, tape) = time(&ops);
            assert_eq!(tape, expected, "{name} traded otherwise");
            nanos.push(nanos_per_op);
        }
    }
    let median = nanos.map(|mut nanos| {
        nanos.sort_by(f64::total_cmp);
        nanos[nanos.len() / 2]
    });
    for ((name, _), median_ns) in engines.iter().zip(median) {
        let mops = 1e3 / median_ns;
        println!(
            "{name:<13}{median_ns:>9.1} ns/op {mops:>8.2} M ops/s {:>7.1} x ours",
            median_ns / median[0]
        );
    }
    println!(
        "ours is {:.1} times faster than the faster of the others",
        median[1].min(median[2]) / median[0]
    );
}
