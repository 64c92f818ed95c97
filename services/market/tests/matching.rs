//! The engine beside the plainest one that could be right: a list of orders in the order in which they came, searched
//! from end to end.

use market::{
    Book, CancelError, Executions, Level, MatchingEngine, NewOrder, ORDER_PRICE_MAX, ORDER_PRICE_MIN, Order,
    OrderId, OrderKind, OwnerId, Price, Qty, RejectReason, Remainder, Side, TimeInForce,
};
use proptest::prelude::{Just, Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest};
use proptest::test_runner::TestCaseError;

#[derive(Clone, Debug)]
enum Op {
    Submit(NewOrder),
    /// Cancels one of the ids given so far, be its order still there or not.
    Cancel(usize),
    Clear,
}

/// A trade as the reference sees it: maker, price, quantity, what is left of the maker.
type Traded = (OrderId, Price, Qty, Qty);

/// Resting orders, the first that came first.
#[derive(Clone, Debug, Default, PartialEq)]
struct Reference(Vec<Order>);

impl Reference {
    /// The order that trades next with a taker of `side`: the best price, of those the first.
    fn next_maker(&self, taker: Side, limit: Option<Price>) -> Option<usize> {
        let makers = self.0.iter().enumerate().filter(|(_, order)| {
            order.side != taker
                && limit.is_none_or(|limit| match taker {
                    Side::Buy => order.price <= limit,
                    Side::Sell => order.price >= limit,
                })
        });
        let worth = |price: Price| if taker == Side::Buy { price.0 } else { -price.0 };
        makers.min_by_key(|(at, order)| (worth(order.price), *at)).map(|(at, _)| at)
    }

    fn total(&self, side: Side, price: Price) -> u128 {
        let there = self.0.iter().filter(|order| (order.side, order.price) == (side, price));
        there.map(|order| u128::from(order.qty.0)).sum()
    }

    fn refusal(&self, order: &NewOrder) -> Option<RejectReason> {
        if order.qty.is_zero() {
            return Some(RejectReason::ZeroQty);
        }
        let OrderKind::Limit { price, tif } = order.kind else {
            return None;
        };
        if price < ORDER_PRICE_MIN || price > ORDER_PRICE_MAX {
            return Some(RejectReason::PriceOutOfRange { price });
        }
        if tif == TimeInForce::ImmediateOrCancel {
            return None;
        }
        let total = self.total(order.side, price);
        match self.next_maker(order.side, Some(price)) {
            Some(best) if tif == TimeInForce::PostOnly => {
                Some(RejectReason::WouldTrade { price, best: self.0[best].price })
            }
            None if total + u128::from(order.qty.0) > u128::from(u64::MAX) => {
                let total = Qty(u64::try_from(total).expect("it did not overflow before"));
                Some(RejectReason::LevelOverflow { price, total, qty: order.qty })
            }
            _ => None,
        }
    }

    /// Trades, and says what is left.
    fn take(&mut self, order: &NewOrder) -> (Vec<Traded>, Qty) {
        let limit = match order.kind {
            OrderKind::Limit { price, .. } => Some(price),
            OrderKind::Market => None,
        };
        let (mut trades, mut left) = (Vec::new(), order.qty.0);
        while left > 0
            && let Some(at) = self.next_maker(order.side, limit)
        {
            let maker = &mut self.0[at];
            let qty = maker.qty.0.min(left);
            maker.qty.0 -= qty;
            left -= qty;
            trades.push((maker.id, maker.price, Qty(qty), maker.qty));
            if maker.qty.is_zero() {
                self.0.remove(at);
            }
        }
        (trades, Qty(left))
    }

    fn orders(&self, side: Side) -> Vec<Order> {
        let mut orders: Vec<_> = self.0.iter().filter(|order| order.side == side).copied().collect();
        orders.sort_by_key(|order| if side == Side::Buy { -order.price.0 } else { order.price.0 });
        orders
    }

    fn levels(&self, side: Side) -> Vec<Level> {
        let mut levels: Vec<Level> = Vec::new();
        for order in self.orders(side) {
            match levels.last_mut() {
                Some(level) if level.price == order.price => level.qty.0 += order.qty.0,
                _ => levels.push(Level { price: order.price, qty: order.qty }),
            }
        }
        levels
    }
}

/// The engine, the reference, and the book of levels that only hears of changes.
#[derive(Default)]
struct Pair {
    engine: MatchingEngine,
    reference: Reference,
    book: Book,
    ids: Vec<OrderId>,
    out: Executions,
}

impl Pair {
    fn run(&mut self, op: &Op) -> Result<(), TestCaseError> {
        match op {
            Op::Submit(order) => self.submit(*order)?,
            Op::Cancel(nth) if !self.ids.is_empty() => self.cancel(self.ids[nth % self.ids.len()])?,
            Op::Cancel(_) => {}
            Op::Clear => {
                self.engine.clear(&mut self.out);
                self.reference.0.clear();
            }
        }
        self.check_changes()?;
        self.check_books()
    }

    fn submit(&mut self, order: NewOrder) -> Result<(), TestCaseError> {
        let outcome = self.engine.submit(order, &mut self.out);
        if let Some(refusal) = self.reference.refusal(&order) {
            prop_assert_eq!(outcome, Err(refusal));
            prop_assert!(self.out.is_empty());
            return Ok(());
        }
        let outcome = outcome?;
        let (expected, left) = self.reference.take(&order);
        let trades: Vec<Traded> =
            self.out.trades.iter().map(|fill| (fill.maker, fill.price, fill.qty, fill.maker_left)).collect();
        prop_assert_eq!(trades, expected);
        prop_assert!(self.out.trades.iter().all(|fill| fill.taker == order.side));
        prop_assert_eq!(outcome.filled, Qty(order.qty.0 - left.0));
        match (outcome.remainder, order.kind) {
            (Remainder::None, _) => prop_assert!(left.is_zero()),
            (Remainder::Cancelled { qty }, OrderKind::Market)
            | (Remainder::Cancelled { qty }, OrderKind::Limit { tif: TimeInForce::ImmediateOrCancel, .. }) => {
                prop_assert_eq!(qty, left);
                prop_assert!(!left.is_zero());
            }
            (Remainder::Resting { id, qty }, OrderKind::Limit { price, .. }) => {
                prop_assert_eq!(qty, left);
                prop_assert!(!left.is_zero() && !self.ids.contains(&id), "a new id for what rests");
                self.ids.push(id);
                self.reference.0.push(Order { id, owner: order.owner, side: order.side, price, qty });
            }
            (remainder, kind) => prop_assert!(false, "{:?} of {:?}", remainder, kind),
        }
        Ok(())
    }

    fn cancel(&mut self, id: OrderId) -> Result<(), TestCaseError> {
        let cancelled = self.engine.cancel(id, &mut self.out);
        match self.reference.0.iter().position(|order| order.id == id) {
            Some(at) => prop_assert_eq!(cancelled, Ok(self.reference.0.remove(at).qty)),
            None => {
                prop_assert_eq!(cancelled, Err(CancelError::Gone { id }));
                prop_assert!(self.out.is_empty());
            }
        }
        Ok(())
    }

    /// Each level at most once, with the total that it has now, and only if that is another than before.
    fn check_changes(&mut self) -> Result<(), TestCaseError> {
        let changes = &self.out.delta.levels;
        for (n, change) in changes.iter().enumerate() {
            let twice =
                changes[..n].iter().any(|other| (other.side, other.price) == (change.side, change.price));
            prop_assert!(!twice, "{:?} twice", change);
            prop_assert_eq!(change.qty, self.engine.qty_at(change.side, change.price));
            let before = self.book.side(change.side).find(|level| level.price == change.price);
            prop_assert_ne(before.map_or(Qty::ZERO, |level| level.qty), change.qty)?;
        }
        self.book.apply(&self.out.delta);
        Ok(())
    }

    fn check_books(&self) -> Result<(), TestCaseError> {
        prop_assert!(!self.book.is_crossed());
        prop_assert_eq!(self.engine.bbo(), self.book.bbo());
        prop_assert_eq!(self.engine.order_count(), self.reference.0.len());
        for side in [Side::Buy, Side::Sell] {
            let levels = self.reference.levels(side);
            prop_assert_eq!(&self.engine.levels(side).collect::<Vec<_>>(), &levels);
            prop_assert_eq!(&self.book.side(side).collect::<Vec<_>>(), &levels);
            prop_assert_eq!(self.engine.best(side), levels.first().copied());
            prop_assert_eq!(self.engine.level_count(side), levels.len());
            let orders = self.reference.orders(side);
            prop_assert_eq!(&self.engine.orders(side).collect::<Vec<_>>(), &orders);
            let by_level = levels.iter().flat_map(|level| self.engine.orders_at(side, level.price));
            prop_assert_eq!(by_level.collect::<Vec<_>>(), orders);
        }
        let gone = |id: &&OrderId| !self.reference.0.iter().any(|order| order.id == **id);
        prop_assert!(self.ids.iter().filter(gone).all(|id| self.engine.order(*id).is_none()));
        prop_assert!(self.reference.0.iter().all(|order| self.engine.order(order.id) == Some(*order)));
        Ok(())
    }
}

fn prop_assert_ne(left: Qty, right: Qty) -> Result<(), TestCaseError> {
    prop_assert!(left != right, "a change to what was there: {:?}", left);
    Ok(())
}

fn sides() -> impl Strategy<Value = Side> {
    prop_oneof![Just(Side::Buy), Just(Side::Sell)]
}

fn kinds(prices: impl Strategy<Value = i64> + 'static) -> impl Strategy<Value = OrderKind> {
    let tif = prop_oneof![
        6 => Just(TimeInForce::GoodTilCancelled),
        2 => Just(TimeInForce::ImmediateOrCancel),
        2 => Just(TimeInForce::PostOnly),
    ];
    let limits = (prices, tif).prop_map(|(price, tif)| OrderKind::Limit { price: Price(price), tif });
    prop_oneof![5 => limits, 1 => Just(OrderKind::Market)]
}

fn ops(
    prices: impl Strategy<Value = i64> + 'static,
    qtys: impl Strategy<Value = u64> + 'static,
) -> impl Strategy<Value = Vec<Op>> {
    let orders = (sides(), qtys, kinds(prices), any::<u32>()).prop_map(|(side, qty, kind, owner)| {
        Op::Submit(NewOrder { side, qty: Qty(qty), kind, owner: OwnerId(owner) })
    });
    let op = prop_oneof![60 => orders, 30 => any::<usize>().prop_map(Op::Cancel), 1 => Just(Op::Clear)];
    proptest::collection::vec(op, 1..160)
}

fn check(ops: &[Op]) -> Result<(), TestCaseError> {
    let mut pair = Pair::default();
    ops.iter().try_for_each(|op| pair.run(op))
}

proptest! {
    #[test]
    fn agrees_with_the_reference_in_a_tight_book(ops in ops(90..110_i64, 1..20_u64)) {
        check(&ops)?;
    }

    #[test]
    fn agrees_with_the_reference_over_wide_prices(
        ops in ops(prop_oneof![1..2_000_i64, Just(0), Just(-5), Just(ORDER_PRICE_MAX.0), any::<i64>()], 0..9_u64)
    ) {
        check(&ops)?;
    }

    #[test]
    fn agrees_with_the_reference_where_sums_overflow(
        ops in ops(99..102_i64, prop_oneof![1..5_u64, u64::MAX / 3..=u64::MAX])
    ) {
        check(&ops)?;
    }

    #[test]
    fn quantity_is_conserved(ops in ops(90..110_i64, 1..20_u64)) {
        let (mut engine, mut out) = (MatchingEngine::new(), Executions::default());
        let (mut submitted, mut traded, mut cancelled) = (0, 0, 0);
        let mut ids = Vec::new();
        for op in ops {
            match op {
                Op::Submit(order) => if let Ok(outcome) = engine.submit(order, &mut out) {
                    submitted += order.qty.0;
                    // Each trade takes as much from a resting order as from the new one.
                    traded += 2 * out.trades.iter().map(|fill| fill.qty.0).sum::<u64>();
                    if let Remainder::Cancelled { qty } = outcome.remainder {
                        cancelled += qty.0;
                    }
                    ids.extend(outcome.resting());
                },
                Op::Cancel(nth) if !ids.is_empty() => {
                    cancelled += engine.cancel(ids[nth % ids.len()], &mut out).unwrap_or_default().0;
                }
                Op::Cancel(_) | Op::Clear => {}
            }
            let resting: u64 = [Side::Buy, Side::Sell].into_iter().flat_map(|side| engine.levels(side)).map(|level| level.qty.0).sum();
            prop_assert_eq!(submitted, traded + resting + cancelled);
        }
    }

    #[test]
    fn the_same_calls_give_the_same_answers(ops in ops(90..110_i64, 1..20_u64)) {
        let run = || {
            let mut pair = Pair::default();
            let executions: Result<Vec<_>, _> = ops.iter().map(|op| pair.run(op).map(|()| pair.out.clone())).collect();
            executions.map(|executions| (executions, pair.ids))
        };
        prop_assert_eq!(run()?, run()?);
    }
}
