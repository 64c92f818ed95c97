//! One test an order type and rule; the properties over random orders stand in `tests/matching.rs`.

use super::*;

const OWNER: OwnerId = OwnerId(7);

fn limit(side: Side, price: i64, qty: u64, tif: TimeInForce) -> NewOrder {
    NewOrder { side, qty: Qty(qty), kind: OrderKind::Limit { price: Price(price), tif }, owner: OWNER }
}

fn market(side: Side, qty: u64) -> NewOrder {
    NewOrder { side, qty: Qty(qty), kind: OrderKind::Market, owner: OWNER }
}

/// An engine with one good-till-cancelled order of each (side, price, qty), and their ids.
fn book(orders: &[(Side, i64, u64)]) -> (MatchingEngine, Vec<OrderId>) {
    let mut engine = MatchingEngine::new();
    let mut out = Executions::default();
    let ids = orders.iter().map(|&(side, price, qty)| {
        let order = limit(side, price, qty, TimeInForce::GoodTilCancelled);
        engine.submit(order, &mut out).unwrap().resting().expect("these orders don't cross")
    });
    let ids = ids.collect();
    (engine, ids)
}

fn trades(out: &Executions) -> Vec<(OrderId, i64, u64, u64)> {
    out.trades.iter().map(|fill| (fill.maker, fill.price.0, fill.qty.0, fill.maker_left.0)).collect()
}

fn changes(out: &Executions) -> Vec<(Side, i64, u64)> {
    out.delta.levels.iter().map(|change| (change.side, change.price.0, change.qty.0)).collect()
}

fn levels(engine: &MatchingEngine, side: Side) -> Vec<(i64, u64)> {
    engine.levels(side).map(|level| (level.price.0, level.qty.0)).collect()
}

use Side::{Buy, Sell};
use TimeInForce::{GoodTilCancelled, ImmediateOrCancel, PostOnly};

#[test]
fn a_limit_order_that_does_not_cross_rests() {
    let (mut engine, mut out) = (MatchingEngine::new(), Executions::default());
    let outcome = engine.submit(limit(Buy, 100, 5, GoodTilCancelled), &mut out).unwrap();
    let id = outcome.resting().unwrap();
    assert_eq!(outcome, Outcome { filled: Qty(0), remainder: Remainder::Resting { id, qty: Qty(5) } });
    assert_eq!(changes(&out), [(Buy, 100, 5)]);
    assert_eq!(engine.order(id), Some(Order { id, owner: OWNER, side: Buy, price: Price(100), qty: Qty(5) }));
    assert_eq!(engine.bbo(), Bbo { bid: Some(Level { price: Price(100), qty: Qty(5) }), ask: None });
}

#[test]
fn a_limit_order_trades_at_the_makers_prices_best_first_and_rests_the_remainder() {
    let (mut engine, ids) = book(&[(Sell, 102, 4), (Sell, 101, 2), (Sell, 101, 3), (Sell, 104, 9)]);
    let mut out = Executions::default();
    let outcome = engine.submit(limit(Buy, 103, 12, GoodTilCancelled), &mut out).unwrap();
    assert_eq!(trades(&out), [(ids[1], 101, 2, 0), (ids[2], 101, 3, 0), (ids[0], 102, 4, 0)]);
    assert!(out.trades.iter().all(|fill| fill.taker == Buy && fill.maker_owner == OWNER));
    assert_eq!(changes(&out), [(Sell, 101, 0), (Sell, 102, 0), (Buy, 103, 3)]);
    assert_eq!(outcome.filled, Qty(9));
    assert_eq!(levels(&engine, Buy), [(103, 3)]);
    assert_eq!(levels(&engine, Sell), [(104, 9)]);
}

#[test]
fn time_decides_between_orders_at_one_price() {
    let (mut engine, ids) = book(&[(Buy, 100, 5), (Buy, 100, 5), (Buy, 100, 5)]);
    let mut out = Executions::default();
    assert_eq!(engine.cancel(ids[0], &mut out), Ok(Qty(5)));
    assert_eq!(changes(&out), [(Buy, 100, 10)]);
    let order = limit(Buy, 100, 1, GoodTilCancelled);
    let last = engine.submit(order, &mut out).unwrap().resting().unwrap();
    let outcome = engine.submit(market(Sell, 7), &mut out).unwrap();
    assert_eq!(outcome, Outcome { filled: Qty(7), remainder: Remainder::None });
    assert_eq!(trades(&out), [(ids[1], 100, 5, 0), (ids[2], 100, 2, 3)]);
    let queue: Vec<_> = engine.orders_at(Buy, Price(100)).map(|order| (order.id, order.qty.0)).collect();
    assert_eq!(queue, [(ids[2], 3), (last, 1)]);
}

#[test]
fn immediate_or_cancel_never_rests() {
    let (mut engine, _) = book(&[(Sell, 101, 2), (Sell, 103, 2)]);
    let mut out = Executions::default();
    let outcome = engine.submit(limit(Buy, 102, 5, ImmediateOrCancel), &mut out).unwrap();
    assert_eq!(outcome, Outcome { filled: Qty(2), remainder: Remainder::Cancelled { qty: Qty(3) } });
    assert_eq!(engine.level_count(Buy), 0);
    let outcome = engine.submit(limit(Buy, 102, 5, ImmediateOrCancel), &mut out).unwrap();
    assert_eq!(outcome.remainder, Remainder::Cancelled { qty: Qty(5) });
    assert!(out.is_empty());
}

#[test]
fn post_only_rests_or_is_refused() {
    let (mut engine, _) = book(&[(Buy, 100, 1), (Sell, 101, 2)]);
    let mut out = Executions::default();
    let refused = engine.submit(limit(Buy, 101, 5, PostOnly), &mut out).unwrap_err();
    assert_eq!(refused, RejectReason::WouldTrade { price: Price(101), best: Price(101) });
    let refused = engine.submit(limit(Sell, 99, 5, PostOnly), &mut out).unwrap_err();
    assert_eq!(refused.to_string(), "a post-only order at 99 would trade with the other side's best at 100");
    assert!(engine.submit(limit(Buy, 100, 5, PostOnly), &mut out).unwrap().resting().is_some());
    assert_eq!(levels(&engine, Buy), [(100, 6)]);
}

#[test]
fn a_market_order_takes_what_there_is_and_reports_the_rest() {
    let (mut engine, _) = book(&[(Sell, 101, 2), (Sell, 5_000, 2)]);
    let mut out = Executions::default();
    let outcome = engine.submit(market(Buy, 5), &mut out).unwrap();
    assert_eq!(outcome, Outcome { filled: Qty(4), remainder: Remainder::Cancelled { qty: Qty(1) } });
    let outcome = engine.submit(market(Buy, 5), &mut out).unwrap();
    assert_eq!(outcome, Outcome { filled: Qty(0), remainder: Remainder::Cancelled { qty: Qty(5) } });
    assert!(out.is_empty());
    assert_eq!((engine.order_count(), engine.bbo()), (0, Bbo::default()));
}

#[test]
fn an_owner_may_trade_with_itself() {
    let (mut engine, ids) = book(&[(Sell, 101, 2)]);
    let mut out = Executions::default();
    let outcome = engine.submit(limit(Buy, 101, 2, GoodTilCancelled), &mut out).unwrap();
    assert_eq!(outcome, Outcome { filled: Qty(2), remainder: Remainder::None });
    assert_eq!(trades(&out), [(ids[0], 101, 2, 0)]);
}

#[test]
fn what_cannot_be_an_order_is_refused_and_named() {
    let (mut engine, _) = book(&[(Buy, 100, u64::MAX - 1), (Sell, 101, 2)]);
    let before = (levels(&engine, Buy), levels(&engine, Sell));
    let mut check = |order, expected: &str| {
        let mut out = Executions::default();
        assert_eq!(engine.submit(order, &mut out).unwrap_err().to_string(), expected);
        assert!(out.is_empty());
    };
    check(market(Buy, 0), "the order's quantity is 0, expected at least 1 lot");
    check(limit(Buy, 100, 0, PostOnly), "the order's quantity is 0, expected at least 1 lot");
    for price in [i64::MIN, -1, 0, ORDER_PRICE_MAX.0 + 1, i64::MAX] {
        let expected = format!("the order's price is {price} ticks, expected 1 to 9007199254740992");
        check(limit(Sell, price, 1, GoodTilCancelled), &expected);
        check(limit(Buy, price, 1, ImmediateOrCancel), &expected);
    }
    let overflow = "2 lots more at 100 overflow the level's total of 18446744073709551614: \
                    expected at most 18446744073709551615 in all";
    check(limit(Buy, 100, 2, GoodTilCancelled), overflow);
    check(limit(Buy, 100, 2, PostOnly), overflow);
    assert_eq!((levels(&engine, Buy), levels(&engine, Sell)), before);
}

#[test]
fn the_largest_orders_trade() {
    let (mut engine, _) = book(&[(Sell, ORDER_PRICE_MAX.0, u64::MAX), (Buy, 1, u64::MAX)]);
    let mut out = Executions::default();
    for side in [Buy, Sell] {
        let outcome = engine.submit(market(side, u64::MAX), &mut out).unwrap();
        assert_eq!(outcome, Outcome { filled: Qty(u64::MAX), remainder: Remainder::None });
    }
    assert_eq!(engine.order_count(), 0);
}

#[test]
fn a_full_book_refuses_what_might_rest() {
    let (mut engine, mut out) = (MatchingEngine::new(), Executions::default());
    let order = limit(Buy, 100, 1, GoodTilCancelled);
    for _ in 0..RESTING_ORDERS_MAX {
        engine.submit(order, &mut out).unwrap().resting().unwrap();
    }
    assert_eq!(engine.submit(order, &mut out), Err(RejectReason::BookFull));
    assert_eq!(engine.submit(market(Sell, 1), &mut out).unwrap().filled, Qty(1));
    assert!(engine.submit(order, &mut out).is_ok());
}

#[test]
fn the_id_of_a_gone_order_is_stale_for_ever() {
    let (mut engine, ids) = book(&[(Buy, 100, 5)]);
    let mut out = Executions::default();
    assert_eq!(engine.cancel(ids[0], &mut out), Ok(Qty(5)));
    assert_eq!(changes(&out), [(Buy, 100, 0)]);
    assert_eq!(engine.cancel(ids[0], &mut out), Err(CancelError::Gone { id: ids[0] }));
    assert!(out.is_empty());
    let order = limit(Buy, 100, 6, GoodTilCancelled);
    let reused = engine.submit(order, &mut out).unwrap().resting().unwrap();
    assert_eq!(reused.slot(), ids[0].slot());
    assert_eq!(engine.cancel(ids[0], &mut out), Err(CancelError::Gone { id: ids[0] }));
    assert_eq!((engine.order(ids[0]), engine.order(reused).unwrap().qty), (None, Qty(6)));

    engine.clear(&mut out);
    assert_eq!(changes(&out), [(Buy, 100, 0)]);
    let fresh = engine.submit(order, &mut out).unwrap().resting().unwrap();
    assert_eq!(engine.cancel(reused, &mut out), Err(CancelError::Gone { id: reused }));
    assert_eq!(engine.cancel(fresh, &mut out), Ok(Qty(6)));
    assert_eq!((engine.order_count(), engine.level_count(Buy)), (0, 0));
}

#[test]
fn an_id_of_another_book_is_unknown() {
    let (_, ids) = book(&[(Buy, 100, 5), (Buy, 99, 5)]);
    let (mut engine, _) = book(&[(Buy, 100, 5)]);
    let unknown = engine.cancel(ids[1], &mut Executions::default()).unwrap_err();
    assert_eq!(unknown, CancelError::Unknown { id: ids[1] });
    assert_eq!(unknown.to_string(), "order 1.0 is unknown: expected the id of an order of this book");
}

#[test]
fn levels_with_gaps_and_far_apart_are_found() {
    let prices = [1, 2, 3, 7, 8, 20, 1_000, 1_001, ORDER_PRICE_MAX.0];
    for side in [Buy, Sell] {
        let inside_out = [4, 8, 0, 3, 5, 1, 7, 2, 6].map(|n| (side, prices[n], 1));
        let (mut engine, ids) = book(&inside_out);
        let mut expected = prices.map(|price| (price, 1)).to_vec();
        if side == Buy {
            expected.reverse();
        }
        assert_eq!(levels(&engine, side), expected);
        for price in prices {
            assert_eq!(engine.qty_at(side, Price(price)), Qty(1));
        }
        for price in [i64::MIN, 0, 4, 19, 999, 1_002, i64::MAX] {
            assert_eq!(engine.qty_at(side, Price(price)), Qty::ZERO);
        }
        for id in ids {
            assert_eq!(engine.cancel(id, &mut Executions::default()), Ok(Qty(1)));
        }
        assert_eq!(engine.level_count(side), 0);
    }
}
