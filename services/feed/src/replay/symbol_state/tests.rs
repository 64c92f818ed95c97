use super::*;
use market::{Price, Qty};

fn decimals(levels: &[(&str, &str)]) -> Vec<(Decimal, Decimal)> {
    levels.iter().map(|(price, qty)| (price.parse().unwrap(), qty.parse().unwrap())).collect()
}

fn diff(ids: (u64, u64), bids: &[(&str, &str)], asks: &[(&str, &str)]) -> DepthUpdate {
    let (bids, asks) = (decimals(bids), decimals(asks));
    DepthUpdate { symbol: "X".into(), first_id: ids.0, last_id: ids.1, bids, asks }
}

fn image(id: u64, bids: &[(&str, &str)], asks: &[(&str, &str)]) -> Snapshot {
    Snapshot { last_update_id: id, bids: decimals(bids), asks: decimals(asks) }
}

fn ticker(id: u64, bid: &str, ask: &str) -> BookTicker {
    let qty: Decimal = "1".parse().unwrap();
    let (bid, ask) = (bid.parse().unwrap(), ask.parse().unwrap());
    BookTicker { update_id: id, symbol: "X".into(), bid, bid_qty: qty, ask, ask_qty: qty }
}

/// A book at update 10: 1 @ 99, 2 @ 98 bid, 1 @ 101 asked.
fn state() -> SymbolState {
    let mut state = SymbolState::new("X".into());
    state.snapshot(&image(10, &[("99", "1"), ("98", "2")], &[("101", "1")]), &mut Vec::new()).unwrap();
    state
}

fn told(tell: impl FnOnce(&mut Vec<Body>) -> Result<(), Damage>) -> Vec<Body> {
    let mut out = Vec::new();
    tell(&mut out).unwrap();
    out
}

fn change(side: Side, price: u64, qty: u64) -> LevelChange {
    LevelChange { side, price: Price((price * 100_000_000).cast_signed()), qty: Qty(qty * 100_000_000) }
}

fn delta(levels: &[LevelChange]) -> Body {
    Body::Book(BookDelta { levels: levels.iter().copied().collect() })
}

#[test]
fn only_what_changes_is_told() {
    let mut state = state();
    let update = diff((11, 12), &[("98", "3"), ("97", "0"), ("99", "1")], &[]);
    assert_eq!(told(|out| state.depth(&update, out)), [delta(&[change(Side::Buy, 98, 3)])]);
    assert_eq!(told(|out| state.depth(&update, out)), [], "an update that the book has is dropped");
}

#[test]
fn a_level_named_twice_has_its_later_total() {
    let mut state = state();
    let update = diff((11, 11), &[("97", "3"), ("97", "4")], &[]);
    assert_eq!(told(|out| state.depth(&update, out)), [delta(&[change(Side::Buy, 97, 4)])]);
}

#[test]
fn updates_before_the_snapshot_wait_for_it() {
    let mut state = SymbolState::new("X".into());
    for update in [
        diff((5, 8), &[("90", "1")], &[]),
        diff((9, 12), &[("99", "5")], &[]),
        diff((13, 14), &[], &[("101", "0"), ("102", "1")]),
    ] {
        assert_eq!(told(|out| state.depth(&update, out)), []);
    }
    let bodies = told(|out| state.snapshot(&image(10, &[("99", "1")], &[("101", "1")]), out));
    let level = |change: LevelChange| Some(Level { price: change.price, qty: change.qty });
    let (bid, ask) = (change(Side::Buy, 99, 5), change(Side::Sell, 102, 1));
    assert_eq!(bodies, [delta(&[bid, ask]), Body::Bbo(Bbo { bid: level(bid), ask: level(ask) })]);
    assert_eq!(told(|out| state.depth(&diff((15, 15), &[], &[]), out)), []);
}

#[test]
fn a_gap_is_named() {
    let mut state = state();
    let error = state.depth(&diff((13, 14), &[], &[]), &mut Vec::new()).unwrap_err().to_string();
    assert_eq!(error, "depth updates of X are missing: found update id 13; expected 11 or less");

    let mut early = SymbolState::new("X".into());
    early.depth(&diff((13, 14), &[], &[]), &mut Vec::new()).unwrap();
    let error = early.snapshot(&image(10, &[], &[]), &mut Vec::new()).unwrap_err();
    assert_eq!(error, Damage::Gap { symbol: "X".into(), found: 13, expected: 11 });
}

#[test]
fn a_second_snapshot_replaces_the_book_unless_it_is_older() {
    let mut state = state();
    assert_eq!(told(|out| state.snapshot(&image(9, &[], &[]), out)), []);
    let bodies = told(|out| state.snapshot(&image(20, &[("99", "1")], &[("101", "4")]), out));
    assert_eq!(bodies[0], delta(&[change(Side::Buy, 98, 0), change(Side::Sell, 101, 4)]));
    state.depth(&diff((21, 21), &[], &[]), &mut Vec::new()).unwrap();
}

#[test]
fn best_prices_are_told_once_and_never_older() {
    let mut state = state();
    assert_eq!(told(|out| state.book_ticker(&ticker(12, "99", "101"), out)), [], "as the book shows");
    assert_eq!(told(|out| state.book_ticker(&ticker(9, "98", "102"), out)), [], "older than the book");
    assert_eq!(told(|out| state.book_ticker(&ticker(15, "99", "100"), out)).len(), 1);
    let lagging = diff((11, 14), &[("98", "9")], &[]);
    assert_eq!(
        told(|out| state.depth(&lagging, out)),
        [delta(&[change(Side::Buy, 98, 9)])],
        "the book lags behind"
    );
    let caught_up = diff((15, 16), &[], &[("100", "7")]);
    assert_eq!(told(|out| state.depth(&caught_up, out)).len(), 2, "the book is newer: another quantity");
}

#[test]
fn a_book_that_crosses_is_damage() {
    let crossed = Damage::Crossed { symbol: "X".into() };
    let out = &mut Vec::new();
    assert_eq!(state().depth(&diff((11, 11), &[("101", "1")], &[]), out).unwrap_err(), crossed);
    assert_eq!(state().book_ticker(&ticker(11, "100", "100"), out).unwrap_err(), crossed);
    assert_eq!(state().snapshot(&image(11, &[("5", "1")], &[("4", "1")]), out).unwrap_err(), crossed);
}

#[test]
fn waiting_updates_are_bounded() {
    let mut state = SymbolState::new("X".into());
    for id in 1..=PENDING_DIFFS_MAX as u64 + 5 {
        state.depth(&diff((id, id), &[], &[]), &mut Vec::new()).unwrap();
    }
    assert_eq!(state.pending.len(), PENDING_DIFFS_MAX);
    let error = state.snapshot(&image(2, &[], &[]), &mut Vec::new()).unwrap_err();
    assert_eq!(error, Damage::Gap { symbol: "X".into(), found: 6, expected: 3 });
}

#[test]
fn trades_say_what_the_taker_did() {
    let mut state = state();
    let mut trade = |qty: &str, buyer_is_maker| {
        let (price, qty) = ("99".parse().unwrap(), qty.parse().unwrap());
        let mut out = Vec::new();
        state.trade(&Trade { symbol: "X".into(), price, qty, buyer_is_maker }, &mut out).map(|()| out)
    };
    assert!(matches!(trade("1", true).unwrap()[..], [Body::Trade(market::Trade { taker: Side::Sell, .. })]));
    assert!(matches!(trade("1", false).unwrap()[..], [Body::Trade(market::Trade { taker: Side::Buy, .. })]));
    assert!(trade("0", false).unwrap_err().to_string().contains("expected a decimal above 0"));
}
