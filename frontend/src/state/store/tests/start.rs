//! What is subscribed: at the start, and when somebody chooses.

use super::*;

#[test]
fn it_subscribes_once_it_is_greeted_and_knows_the_instruments() {
    let mut desk = Desk { store: Store::new(Interval::M5), now_us: 0 };
    desk.run(|store, now_us, out| store.connecting(now_us, out));
    let first = desk.run(|store, _, out| {
        assert!(store.set_instruments(instruments("e1"), Some("B"), out));
    });
    assert_eq!(first, [], "not greeted yet");
    let greeted = desk.text(&hello("e1"));
    let (op, streams) = greeted.iter().map(sent_or_none).find(|(op, _)| op == "subscribe").unwrap();
    assert_eq!(op, "subscribe");
    assert_eq!(streams, ["ticker:*", "stats:*", "status:*", "book:B", "trades:B", "candles:5m:B"]);
    let fetch = latest("B", Interval::M5);
    assert!(greeted.contains(&fetch), "{greeted:?}");
    assert_eq!(desk.store.health.connection.word(), "connecting");
    desk.text(r#"{"type":"subscribed","id":1,"streams":[],"errors":[]}"#);
    assert_eq!(desk.store.health.connection.word(), "live");
}

#[test]
fn another_epoch_means_other_instruments() {
    let mut desk = Desk::live();
    desk.store.disconnected(1006, 0.5, None);
    desk.run(|store, now_us, out| store.connecting(now_us, out));
    let greeted = desk.text(&hello("e2"));
    assert!(greeted.contains(&Command::FetchInstruments), "{greeted:?}");
    assert!(!greeted.iter().map(sent_or_none).any(|(op, _)| op == "subscribe"));
    desk.store.instruments_failed();
    assert_eq!(desk.tick_after(SECOND / 4), [Command::FetchInstruments], "it asks again");
    let known = desk.run(|store, _, out| {
        assert!(!store.set_instruments(instruments("e2"), Some("A"), out), "the same names");
    });
    assert_eq!(sent(&known[0]).0, "subscribe");
}

#[test]
fn an_unknown_symbol_falls_back_with_a_sentence() {
    let mut desk = Desk { store: Store::new(Interval::M1), now_us: 0 };
    desk.run(|store, _, out| {
        store.set_instruments(instruments("e1"), Some("NOPE"), out);
    });
    assert_eq!(desk.store.focused().unwrap().instrument.symbol, "A");
    assert_eq!(desk.store.health.notice.as_deref(), Some("NOPE is not traded here; this is A."));
}

#[test]
fn choosing_changes_only_the_streams_that_differ() {
    let mut desk = Desk::live();
    let commands = desk.run(|store, _, out| store.choose(0, Interval::H1, out));
    assert_eq!(sent(&commands[0]), ("unsubscribe".into(), vec!["candles:1m:A".into()]));
    assert_eq!(sent(&commands[1]), ("subscribe".into(), vec!["candles:1h:A".into()]));
    assert_eq!(commands[2], latest("A", Interval::H1));
    let commands = desk.run(|store, _, out| store.choose(1, Interval::H1, out));
    assert_eq!(sent(&commands[1]).1, ["book:B", "trades:B", "candles:1h:B"]);
    assert_eq!(desk.run(|store, _, out| store.choose(1, Interval::H1, out)), [], "nothing to do");
    assert_eq!(desk.run(|store, _, out| store.choose(7, Interval::H1, out)), [], "no such row");
}
