//! `max_hz`: fewer events, nothing lost, and changed while the events flow.

use hub::ClientId;
use market::Side;
use protocol::{Channel, Depth, Payload};

use crate::bench::{Bench, book, trade};

fn subscribe(bench: &mut Bench, hz: &str) -> ClientId {
    let id = bench.connect();
    let streams = r#"["ticker:A","trades:A","book:A","candles:1s:A"]"#;
    bench.ask(id, &format!(r#"{{"op":"subscribe","streams":{streams},"max_hz":{hz}}}"#));
    id
}

fn configure(bench: &mut Bench, id: ClientId, what: &str) {
    bench.ask(id, &format!(r#"{{"op":"configure","streams":["ticker:A","trades:A","book:A"],{what}}}"#));
}

fn publish(bench: &mut Bench, events: i64) {
    for price in 0..events {
        bench.publish(vec![trade("A", 100 + price, 1), book("A", Side::Buy, 50 + price % 7, 1)]);
    }
}

/// What came and what was merged is what was published, and no trade is merged or skipped.
fn check_whole(bench: &Bench, id: ClientId, since: u64) {
    let client = bench.client(id);
    assert_eq!((client.broken.as_slice(), client.unannounced.as_slice()), (&[][..], &[][..]));
    for channel in [Channel::Ticker, Channel::Trades, Channel::Book(Depth::Full)] {
        let followed = client.follower.followed(channel, "A").unwrap();
        assert_eq!(followed.events + followed.conflated, bench.published(channel, "A") - since, "{channel}");
        assert_eq!(followed.snapshots, 1);
    }
    let trades = client.follower.followed(Channel::Trades, "A").unwrap();
    assert_eq!((trades.conflated, trades.skipped), (0, 0));
}

#[test]
fn events_come_no_more_often_than_asked() {
    let mut bench = Bench::new(&["A"]);
    let id = bench.connect();
    bench.ask(id, r#"{"op":"subscribe","streams":["ticker:A"],"max_hz":2}"#);
    publish(&mut bench, 101);
    let client = bench.client(id);
    assert_eq!(client.events.len(), 1 + 3, "the snapshot, at once, after half a second and after a second");
    assert_eq!(client.follower.followed(Channel::Ticker, "A").unwrap().conflated, 2 * 49);
}

#[test]
fn after_a_pause_the_next_event_comes_at_once() {
    let mut bench = Bench::new(&["A"]);
    let id = subscribe(&mut bench, "0.1");
    publish(&mut bench, 1);
    bench.pass(10_000);
    publish(&mut bench, 1);
    check_whole(&bench, id, 0);
    assert_eq!(bench.client(id).follower.followed(Channel::Ticker, "A").unwrap().conflated, 0);
}

#[test]
fn who_joins_between_gets_the_rest_of_the_interval() {
    let mut bench = Bench::new(&["A"]);
    let first = subscribe(&mut bench, "1");
    publish(&mut bench, 20);
    let second = subscribe(&mut bench, "1");
    publish(&mut bench, 20);
    bench.pass(1_000);
    check_whole(&bench, first, 0);
    check_whole(&bench, second, 20);
    publish(&mut bench, 20);
    bench.pass(1_000);
    check_whole(&bench, first, 0);
    check_whole(&bench, second, 20);
}

#[test]
fn rates_change_while_events_flow() {
    let mut bench = Bench::new(&["A"]);
    let (id, other) = (subscribe(&mut bench, "0"), subscribe(&mut bench, "1"));
    for what in
        [r#""max_hz":1"#, r#""max_hz":10"#, r#""policy":"disconnect""#, r#""max_hz":0"#, r#""max_hz":1"#]
    {
        publish(&mut bench, 9);
        configure(&mut bench, id, what);
        publish(&mut bench, 9);
    }
    bench.pass(1_000);
    check_whole(&bench, id, 0);
    check_whole(&bench, other, 0);
}

/// What waited of a stream that nobody had for a while is not what the next one lacks.
#[test]
fn a_stream_that_was_left_alone_starts_from_nothing() {
    let mut bench = Bench::new(&["A"]);
    let id = subscribe(&mut bench, "1");
    publish(&mut bench, 1);
    bench.publish(vec![book("A", Side::Buy, 60, 1)]);
    configure(&mut bench, id, r#""max_hz":0"#);
    bench.publish(vec![book("A", Side::Buy, 60, 2)]);
    configure(&mut bench, id, r#""max_hz":1"#);
    bench.publish(vec![book("A", Side::Buy, 61, 2)]);
    bench.pass(1_000);
    check_whole(&bench, id, 0);
}

#[test]
fn a_rate_and_a_socket_that_is_full_add_up() {
    let mut bench = Bench::new(&["A"]);
    let id = subscribe(&mut bench, "10");
    publish(&mut bench, 5);
    bench.client(id).room = 0;
    publish(&mut bench, 80);
    bench.client(id).room = usize::MAX;
    bench.writable(id);
    publish(&mut bench, 20);
    bench.pass(1_000);
    let client = bench.client(id);
    assert_eq!(client.broken, []);
    for channel in [Channel::Ticker, Channel::Book(Depth::Full)] {
        let followed = client.follower.followed(channel, "A").unwrap();
        assert_eq!(followed.events + followed.conflated, bench.published(channel, "A"), "{channel}");
    }
}

/// A heartbeat must not count as lost what only waits.
#[test]
fn what_waits_is_not_in_the_marks() {
    let mut bench = Bench::new(&["A"]);
    let id = subscribe(&mut bench, "0.05");
    publish(&mut bench, 2);
    bench.pass(6_000);
    publish(&mut bench, 2);
    bench.pass(6_000);
    assert_eq!(bench.client(id).broken, []);
    bench.pass(10_000);
    check_whole(&bench, id, 0);
}

/// More trades than may wait come before their time rather than not at all.
#[test]
fn trades_are_not_skipped_for_a_rate() {
    let mut bench = Bench::new(&["A"]);
    let id = subscribe(&mut bench, "0.01");
    publish(&mut bench, 60);
    let trades =
        bench.client(id).events.iter().filter(|event| matches!(event.payload, Payload::Trade { .. })).count();
    assert!(trades >= 60 - crate::bench::PENDING_TRADES_MAX, "{trades}");
    bench.pass(100_000);
    check_whole(&bench, id, 0);
}
