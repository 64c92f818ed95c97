//! The fan-out and the hub together, without sockets: scripted events in, frames out to scripted clients.

use crate::bench::{self, Bench, book, trade};
use market::{Price, Side};
use protocol::{Channel, CloseReason, Depth, DiscontinuityReason, ErrorCode, Payload, ServerMessage};
use serde_json::Value;

const TICKER: &str = r#"{"op":"subscribe","id":1,"streams":["ticker:*"]}"#;
const BOOK: &str = r#"{"op":"subscribe","id":2,"streams":["book:A","book:10:A"]}"#;
const TRADES: &str = r#"{"op":"subscribe","id":3,"streams":["trades:A"]}"#;

#[test]
fn the_first_event_is_a_snapshot_and_the_chain_holds() {
    let mut bench = Bench::new(&["A", "B"]);
    bench.publish(vec![trade("A", 100, 1)]);
    let id = bench.connect();
    bench.ask(id, TICKER);
    bench.publish(vec![trade("A", 101, 2), trade("B", 7, 1)]);
    bench.publish(vec![trade("A", 102, 2)]);
    let client = bench.client(id);
    assert!(matches!(client.controls[0], ServerMessage::Hello(_)));
    assert!(matches!(&client.controls[1], ServerMessage::Subscribed { streams, errors, .. }
        if streams.len() == 2 && errors.is_empty()));
    assert_eq!(client.broken, []);
    let followed = client.follower.followed(Channel::Ticker, "A").unwrap();
    assert_eq!((followed.snapshots, followed.events), (1, 2));
}

#[test]
fn clients_with_the_same_streams_get_the_same_bytes() {
    let mut bench = Bench::new(&["A", "B"]);
    let ids = [bench.connect(), bench.connect()];
    for id in ids {
        bench.ask(id, TICKER);
        bench.client(id).bytes.clear();
    }
    bench.publish(vec![trade("A", 101, 2), trade("B", 7, 1)]);
    let first = bench.client(ids[0]).bytes.clone();
    assert!(!first.is_empty());
    assert_eq!(first, bench.client(ids[1]).bytes);
}

#[test]
fn a_client_that_does_not_read_is_conflated_and_told() {
    let mut bench = Bench::new(&["A"]);
    let id = bench.connect();
    bench.ask(id, TICKER);
    bench.ask(id, BOOK);
    bench.client(id).room = 3;
    for price in 0..50 {
        bench.publish(vec![trade("A", 100 + price, 1), book("A", Side::Buy, 50 + price, 1)]);
    }
    bench.client(id).room = usize::MAX;
    bench.writable(id);
    bench.publish(vec![trade("A", 9, 1)]);
    let client = bench.client(id);
    assert_eq!(client.broken, []);
    for channel in [Channel::Ticker, Channel::Book(Depth::Full), Channel::Book(Depth::Top10)] {
        let published = bench.published(channel, "A");
        let followed = client.follower.followed(channel, "A").unwrap();
        assert!(followed.conflated > 40, "{channel}: {followed:?}");
        assert_eq!(followed.events + followed.conflated, published, "{channel}");
    }
}

#[test]
fn closed_candles_are_not_merged_into_the_next() {
    let mut bench = Bench::new(&["A"]);
    bench.publish(vec![trade("A", 1, 1)]);
    let id = bench.connect();
    bench.ask(id, r#"{"op":"subscribe","streams":["candles:1s:A"]}"#);
    bench.client(id).room = 0;
    for second in 0..70 {
        bench.publish(vec![trade("A", 100 + second, 1)]);
        bench.tick_until_the_next_second("A");
    }
    bench.client(id).room = usize::MAX;
    bench.writable(id);
    let client = bench.client(id);
    assert_eq!(client.broken, []);
    let closes: Vec<String> = client
        .events
        .iter()
        .filter_map(|event| match &event.payload {
            Payload::Candle(candle) if candle.closed => Some(candle.close.to_string()),
            _ => None,
        })
        .collect();
    assert_eq!(closes.first().map(String::as_str), Some("1.49"), "the oldest give way");
    assert_eq!(
        (closes.len(), closes.last().map(String::as_str)),
        (bench::PENDING_EVENTS_MAX + 1, Some("1.69")),
        "as many as may wait, and the latest"
    );
}

#[test]
fn trades_are_skipped_with_a_notice() {
    let mut bench = Bench::new(&["A"]);
    let id = bench.connect();
    bench.ask(id, TRADES);
    bench.client(id).room = 0;
    for price in 0..50 {
        bench.publish(vec![trade("A", 100 + price, 1)]);
    }
    bench.client(id).room = usize::MAX;
    bench.writable(id);
    let published = bench.published(Channel::Trades, "A");
    let client = bench.client(id);
    assert_eq!(client.broken, []);
    let followed = client.follower.followed(Channel::Trades, "A").unwrap();
    assert_eq!(followed.skipped + followed.events, published);
    assert!(followed.skipped >= 50 - bench::PENDING_TRADES_MAX as u64 - 1, "{followed:?}");
    let last = client.events.iter().rev().find_map(|event| match &event.payload {
        Payload::Trade { trade, .. } => Some(trade.price.to_string()),
        _ => None,
    });
    assert_eq!(last.as_deref(), Some("1.49"), "the latest trades are kept");
}

#[test]
fn a_book_that_changes_too_much_is_sent_anew() {
    let mut bench = Bench::new(&["A"]);
    let id = bench.connect();
    bench.ask(id, BOOK);
    bench.client(id).room = 1;
    for price in 0..200 {
        bench.publish(vec![book("A", Side::Buy, 1 + price, 1)]);
    }
    bench.client(id).room = usize::MAX;
    bench.writable(id);
    bench.publish(vec![book("A", Side::Buy, 300, 1)]);
    let client = bench.client(id);
    assert_eq!(client.broken, []);
    let followed = client.follower.followed(Channel::Book(Depth::Full), "A").unwrap();
    assert_eq!(followed.snapshots, 2);
    assert_eq!(client.unannounced, []);
    assert!(client.controls.iter().any(|control| matches!(control,
        ServerMessage::Discontinuity { reason: DiscontinuityReason::TooSlow, streams } if streams.len() == 2)));
    assert_eq!(followed.book.level(Side::Buy, 0).unwrap().price, Price(300));
}

#[test]
fn who_asks_for_disconnect_is_closed_as_slow() {
    let mut bench = Bench::new(&["A"]);
    let id = bench.connect();
    bench.ask(id, r#"{"op":"subscribe","streams":["ticker:A"],"policy":"disconnect"}"#);
    bench.client(id).room = 0;
    for price in 0..40 {
        bench.publish(vec![trade("A", 100 + price, 1)]);
    }
    assert_eq!(bench.client(id).closed, Some(CloseReason::Slow));
}

#[test]
fn who_does_not_read_for_long_is_closed_as_slow() {
    let mut bench = Bench::new(&["A"]);
    let (slow, quick) = (bench.connect(), bench.connect());
    for id in [slow, quick] {
        bench.ask(id, TICKER);
    }
    bench.client(slow).room = 0;
    bench.publish(vec![trade("A", 100, 1)]);
    bench.pass(bench::STALL_MS_MAX - 1);
    assert_eq!(bench.client(slow).closed, None);
    bench.pass(1);
    assert_eq!(bench.client(slow).closed, Some(CloseReason::Slow));
    assert_eq!(bench.client(quick).closed, None);
}

#[test]
fn requests_are_answered_stream_by_stream() {
    let mut bench = Bench::new(&["A", "B"]);
    let id = bench.connect();
    bench.ask(id, r#"{"op":"subscribe","id":"x","streams":["ticker:A","ticker:NOPE","tick:A","book"]}"#);
    let Some(ServerMessage::Subscribed { streams, errors, .. }) = bench.client(id).controls.last().cloned()
    else {
        panic!("{:?}", bench.client(id).controls)
    };
    assert_eq!(streams.iter().map(ToString::to_string).collect::<Vec<_>>(), ["ticker:A"]);
    let codes: Vec<ErrorCode> = errors.iter().map(|error| error.error.code).collect();
    assert_eq!(codes, [ErrorCode::UnknownSymbol, ErrorCode::UnknownChannel, ErrorCode::UnknownChannel]);
    assert_eq!(errors[0].stream, "ticker:NOPE");
}

#[test]
fn each_mistake_has_its_error_and_the_connection_lives() {
    let mut bench = Bench::new(&["A"]);
    let id = bench.connect();
    for (text, expected) in [
        ("{", ErrorCode::BadFrame),
        (r#"{"op":"fly"}"#, ErrorCode::UnknownOp),
        (r#"{"op":"subscribe"}"#, ErrorCode::BadRequest),
    ] {
        bench.ask(id, text);
        let last = bench.client(id).controls.last().cloned();
        assert!(
            matches!(&last, Some(ServerMessage::Error { error, .. }) if error.code == expected),
            "{last:?}"
        );
    }
    bench.ask(id, r#"{"op":"unsubscribe","streams":["ticker:A"]}"#);
    let last = bench.client(id).controls.last().cloned();
    assert!(matches!(&last, Some(ServerMessage::Unsubscribed { errors, .. })
        if errors[0].error.code == ErrorCode::NotSubscribed));
    bench.ask(id, r#"{"op":"ping","id":1,"ts":77}"#);
    assert!(matches!(
        bench.client(id).controls.last(),
        Some(ServerMessage::Pong { client_ts: Some(77), .. })
    ));
}

#[test]
fn subscriptions_are_limited() {
    let symbols: Vec<String> = (0..40).map(|n| format!("S{n}")).collect();
    let mut bench = Bench::new(&symbols.iter().map(String::as_str).collect::<Vec<_>>());
    let id = bench.connect();
    bench.ask(id, TICKER);
    let client = bench.client(id);
    let Some(ServerMessage::Subscribed { streams, errors, .. }) = client.controls.last() else { panic!() };
    assert_eq!(streams.len(), bench::SUBSCRIPTIONS_MAX);
    assert_eq!(errors[0].error.code, ErrorCode::TooManySubscriptions);
}

#[test]
fn who_floods_is_refused_then_closed() {
    let mut bench = Bench::new(&["A"]);
    let id = bench.connect();
    for _ in 0..=bench::REQUESTS_PER_SECOND {
        bench.ask(id, r#"{"op":"ping"}"#);
    }
    assert!(matches!(bench.client(id).controls.last(), Some(ServerMessage::Error { error, .. })
        if error.code == ErrorCode::TooManyRequests && error.retryable));
    bench.pass(1_000);
    bench.ask(id, r#"{"op":"ping"}"#);
    assert!(matches!(bench.client(id).controls.last(), Some(ServerMessage::Pong { .. })));
    for _ in 0..10 * bench::REQUESTS_PER_SECOND {
        bench.ask(id, r#"{"op":"ping"}"#);
    }
    assert_eq!(bench.client(id).closed, Some(CloseReason::TooManyRequests));
}

#[test]
fn after_unsubscribed_nothing_follows() {
    let mut bench = Bench::new(&["A"]);
    let id = bench.connect();
    bench.ask(id, TICKER);
    bench.publish(vec![trade("A", 100, 1)]);
    bench.ask(id, r#"{"op":"unsubscribe","streams":["ticker:*"]}"#);
    let before = bench.client(id).events.len();
    bench.publish(vec![trade("A", 101, 1)]);
    assert_eq!(bench.client(id).events.len(), before);
    bench.ask(id, TICKER);
    assert!(bench.client(id).events.last().unwrap().snapshot);
    assert_eq!(bench.client(id).broken, []);
}

#[test]
fn resync_costs_one_snapshot_of_one_stream() {
    let mut bench = Bench::new(&["A", "B"]);
    let id = bench.connect();
    bench.ask(id, TICKER);
    bench.publish(vec![trade("A", 100, 1), trade("B", 1, 1)]);
    let before = bench.client(id).events.len();
    bench.ask(id, r#"{"op":"resync","streams":["ticker:B"]}"#);
    let after = bench.client(id).events[before..].to_vec();
    assert_eq!(after.len(), 1);
    assert!(after[0].snapshot && after[0].sym == "B");
    bench.publish(vec![trade("B", 2, 1)]);
    assert_eq!(bench.client(id).broken, []);
}

#[test]
fn silence_is_broken_by_a_heartbeat_with_marks() {
    let mut bench = Bench::new(&["A"]);
    let id = bench.connect();
    bench.ask(id, TICKER);
    bench.publish(vec![trade("A", 100, 1)]);
    let seq = bench.client(id).events.last().unwrap().seq;
    bench.pass(bench::HEARTBEAT_MS);
    let client = bench.client(id);
    let Some(ServerMessage::Heartbeat { seqs, event_ts, .. }) = client.controls.last() else { panic!() };
    assert_eq!(seqs.get("ticker:A"), Some(&seq));
    assert!(*event_ts > 0);
}

#[test]
fn a_drain_tells_everybody_and_spreads_the_closes() {
    let mut bench = Bench::new(&["A"]);
    let ids: Vec<_> = (0..4).map(|_| bench.connect()).collect();
    bench.drain(1_000);
    let waits: Vec<u64> = ids
        .iter()
        .map(|id| match bench.client(*id).controls.last() {
            Some(ServerMessage::Draining { reconnect_after_ms, .. }) => *reconnect_after_ms,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(waits, [250, 500, 750, 1_000]);
    bench.pass(500);
    let closed: Vec<bool> = ids.iter().map(|id| bench.client(*id).closed.is_some()).collect();
    assert_eq!(closed, [true, true, false, false]);
    bench.pass(500);
    assert!(ids.iter().all(|id| bench.client(*id).closed == Some(CloseReason::Draining)));
}

#[test]
fn a_stream_without_trades_says_that_there_is_nothing() {
    let mut bench = Bench::new(&["A"]);
    let id = bench.connect();
    bench.ask(id, r#"{"op":"subscribe","streams":["trades:A","stats:A","candles:1m:A"]}"#);
    let events = &bench.client(id).events;
    assert_eq!(events.len(), 3);
    assert!(events.iter().all(|event| event.payload == Payload::Nothing && event.snapshot));
}

#[test]
fn what_is_sent_is_what_the_documentation_says() {
    let mut bench = Bench::new(&["A"]);
    let id = bench.connect();
    bench.ask(id, TRADES);
    bench.client(id).bytes.clear();
    bench.publish(vec![trade("A", 12_345, 6)]);
    let frame = bench.client(id).bytes.clone();
    let start = frame.iter().position(|byte| *byte == b'[').unwrap();
    let json: Value = serde_json::from_slice(&frame[start..]).unwrap();
    let event = &json[0];
    assert_eq!((&event["ch"], &event["sym"]), (&"trades".into(), &"A".into()));
    assert_eq!(
        (&event["price"], &event["qty"], &event["side"]),
        (&"123.45".into(), &"6".into(), &"buy".into())
    );
    assert!(event["seq"].as_u64() > event["prev_seq"].as_u64());
}
