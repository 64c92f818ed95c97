//! Clients that come back: they miss nothing, or are told what.

use protocol::{Channel, Depth, DiscontinuityReason, Encoding, ErrorCode, ServerMessage};

use hub::ClientId;
use market::Side;

use crate::bench::{self, Bench, book, trade};

const ALL: &str = r#"{"op":"subscribe","streams":["ticker:*","trades:*","book:*"]}"#;

fn discontinuities(bench: &Bench, id: ClientId) -> Vec<(DiscontinuityReason, usize)> {
    let reason = |control: &ServerMessage| match control {
        ServerMessage::Discontinuity { reason, streams } => Some((*reason, streams.len())),
        _ => None,
    };
    bench.client(id).controls.iter().filter_map(reason).collect()
}

/// The client has every event since its first snapshots, and no other snapshot.
fn check_whole(bench: &Bench, id: ClientId) {
    let client = bench.client(id);
    assert_eq!((client.broken.as_slice(), client.unannounced.as_slice()), (&[][..], &[][..]));
    for channel in [Channel::Ticker, Channel::Trades, Channel::Book(Depth::Full)] {
        let followed = client.follower.followed(channel, "A").unwrap();
        assert_eq!((followed.snapshots, followed.events), (1, bench.published(channel, "A")), "{channel}");
    }
}

fn publish(bench: &mut Bench, events: i64) {
    for price in 0..events {
        bench.publish(vec![trade("A", 100 + price, 1), book("A", Side::Buy, 50 + price, 1)]);
    }
}

fn check_come_back(encoding: Encoding, missed: i64) {
    let mut bench = Bench::new(&["A"]);
    let id = bench.connect_as(encoding);
    bench.ask(id, ALL);
    publish(&mut bench, 10);
    let id = bench.reconnect(id);
    publish(&mut bench, missed);
    bench.resume(id, bench::EPOCH);
    publish(&mut bench, 10);
    check_whole(&bench, id);
    assert_eq!(discontinuities(&bench, id), []);
}

#[test]
fn who_comes_back_goes_on_without_a_gap_and_without_a_snapshot() {
    for encoding in Encoding::ALL {
        check_come_back(encoding, 0);
        check_come_back(encoding, 5);
    }
}

/// 100 trades and levels are several times `control_bytes_max`.
#[test]
fn a_long_absence_is_told_in_parts() {
    check_come_back(Encoding::Json, 100);
    let mut bench = Bench::new(&["A"]);
    let id = bench.connect();
    bench.ask(id, ALL);
    let id = bench.reconnect(id);
    publish(&mut bench, 100);
    bench.client(id).bytes.clear();
    bench.client(id).room = 0;
    bench.resume(id, bench::EPOCH);
    bench.client(id).room = 6_000;
    bench.writable(id);
    assert!(bench.client(id).bytes.len() <= 6_000, "the rest is not even assembled");
    bench.client(id).room = usize::MAX;
    bench.writable(id);
    publish(&mut bench, 1);
    check_whole(&bench, id);
}

#[test]
fn who_was_away_for_too_long_is_told_so() {
    let mut bench = Bench::new(&["A"]);
    let id = bench.connect();
    bench.ask(id, ALL);
    publish(&mut bench, 1);
    let id = bench.reconnect(id);
    publish(&mut bench, 2 + i64::try_from(bench::WINDOW_MS / 10).unwrap());
    bench.resume(id, bench::EPOCH);
    publish(&mut bench, 1);
    let client = bench.client(id);
    assert_eq!((client.broken.as_slice(), client.unannounced.as_slice()), (&[][..], &[][..]));
    drop(client);
    assert_eq!(discontinuities(&bench, id), [(DiscontinuityReason::TooOld, 3)]);
}

#[test]
fn another_epoch_is_a_discontinuity() {
    let mut bench = Bench::new(&["A"]);
    let id = bench.connect();
    bench.ask(id, ALL);
    publish(&mut bench, 1);
    let id = bench.reconnect(id);
    bench.resume(id, "another");
    assert_eq!(discontinuities(&bench, id), [(DiscontinuityReason::EpochChanged, 3)]);
    assert_eq!(bench.client(id).unannounced, []);
}

#[test]
fn who_is_ahead_waits_until_the_replica_is_there() {
    let (mut one, mut other) = (Bench::new(&["A"]), Bench::new(&["A"]));
    let id = one.connect();
    one.ask(id, ALL);
    publish(&mut one, 20);
    publish(&mut other, 17);
    let client = one.take(id);
    let id = other.admit_back(client);
    other.resume(id, bench::EPOCH);
    other.ask(id, r#"{"op":"subscribe","streams":["bbo:A"]}"#);
    assert!(other.client(id).events.last().unwrap().snapshot, "other streams do not wait");
    for price in 17..25 {
        other.publish(vec![trade("A", 100 + price, 1), book("A", Side::Buy, 50 + price, 1)]);
    }
    check_whole(&other, id);
    assert_eq!(discontinuities(&other, id), []);
}

#[test]
fn a_seq_that_never_was_is_found_out() {
    let mut bench = Bench::new(&["A"]);
    publish(&mut bench, 3);
    let id = bench.connect();
    bench.ask(id, r#"{"op":"resume","epoch":"e","seqs":{"ticker:A":9007199254740991}}"#);
    assert_eq!(bench.client(id).events, []);
    bench.pass(hub::AHEAD_MICROS_MAX / 1_000);
    publish(&mut bench, 1);
    assert_eq!(discontinuities(&bench, id), [(DiscontinuityReason::UnknownSeq, 1)]);
    assert!(bench.client(id).events[0].snapshot);
}

#[test]
fn resume_is_answered_stream_by_stream() {
    let mut bench = Bench::new(&["A"]);
    let id = bench.connect();
    bench.ask(id, r#"{"op":"subscribe","streams":["bbo:A"]}"#);
    bench.ask(
        id,
        r#"{"op":"resume","id":4,"epoch":"e","seqs":{"bbo:A":0,"nope":1,"ticker:A":0,"ticker:*":1,"ticker:X":1}}"#,
    );
    let Some(ServerMessage::Resumed { streams, errors, .. }) = bench.client(id).controls.last().cloned()
    else {
        panic!("{:?}", bench.client(id).controls)
    };
    assert_eq!(streams.iter().map(ToString::to_string).collect::<Vec<_>>(), ["ticker:A"]);
    let codes: Vec<_> = errors.iter().map(|error| (error.stream.as_str(), error.error.code)).collect();
    assert_eq!(
        codes,
        [
            ("bbo:A", ErrorCode::AlreadySubscribed),
            ("nope", ErrorCode::UnknownChannel),
            ("ticker:*", ErrorCode::UnknownChannel),
            ("ticker:X", ErrorCode::UnknownSymbol)
        ]
    );
    publish(&mut bench, 2);
    assert_eq!(
        bench.client(id).broken.len(),
        1,
        "a stream that nobody had a snapshot of, from its very start"
    );
}

/// An answer under way must not start a stream that was meanwhile unsubscribed and subscribed anew.
#[test]
fn a_late_answer_starts_nothing_else() {
    let mut bench = Bench::new(&["A"]);
    let id = bench.connect();
    bench.ask(id, r#"{"op":"resume","epoch":"e","seqs":{"ticker:A":9007199254740991}}"#);
    bench.ask(id, r#"{"op":"unsubscribe","streams":["ticker:A"]}"#);
    bench.ask(id, r#"{"op":"subscribe","streams":["ticker:A"]}"#);
    bench.pass(hub::AHEAD_MICROS_MAX / 1_000);
    publish(&mut bench, 2);
    assert_eq!(bench.client(id).broken, []);
    assert_eq!(discontinuities(&bench, id), []);
    assert_eq!(bench.client(id).follower.followed(Channel::Ticker, "A").unwrap().snapshots, 1);
}

#[test]
fn a_request_names_a_limited_number_of_streams() {
    let mut bench = Bench::new(&["A"]);
    let id = bench.connect();
    let streams = vec!["ticker:A"; 41];
    bench.ask(id, &serde_json::json!({ "op": "subscribe", "streams": streams }).to_string());
    assert!(matches!(bench.client(id).controls.last(), Some(ServerMessage::Error { error, .. })
        if error.code == ErrorCode::BadRequest && error.message.contains("at most 40")));
}
