//! Connections that fall silent, are lost, and come back.

use super::*;

#[test]
fn silence_is_noticed_whatever_the_socket_says() {
    let mut desk = Desk::live();
    assert!(!desk.tick_after(3 * HEARTBEAT_MS * 1_000).contains(&Command::Reconnect));
    assert!(desk.tick_after(1).contains(&Command::Reconnect));
    assert_eq!(desk.store.disconnected(1006, 0.5, None), Some(125));
    assert_eq!(desk.store.health.connection.word(), "reconnecting");
    assert_eq!(desk.tick_after(100 * SECOND), [], "there is no connection to be silent");
    desk.run(|store, now_us, out| store.connecting(now_us, out));
    assert!(desk.tick_after(GREETING_MICROS_MAX + 1).contains(&Command::Reconnect), "one that never greets");
}

#[test]
fn a_lost_connection_leaves_prices_but_no_proof() {
    let mut desk = Desk::live();
    desk.event(&book_event(5, 0, &["10.00:2"], &[], Some("10.00:2|")));
    desk.event(&ticker("A", 5, 0, 1_000));
    desk.store.disconnected(1006, 0.5, None);
    assert_eq!(desk.store.focus.book.proof(), Proof::Unknown);
    assert_eq!(desk.store.rows[0].view(0).last, "10.00");
    assert!(!desk.store.health.connection.is_fresh());
}

/// A connection in the place of the one that ended: the epochs and marks of its `resume`s, and what it subscribes to.
fn come_back(desk: &mut Desk, epoch: &str) -> (Vec<(String, u64)>, Vec<String>) {
    desk.run(|store, now_us, out| store.connecting(now_us, out));
    let (mut marks, mut fresh) = (Vec::new(), Vec::new());
    for command in desk.text(&hello(epoch)) {
        let Command::Send(text) = command else { continue };
        let request: Value = serde_json::from_str(&text).unwrap();
        match request["op"].as_str().unwrap() {
            "resume" => {
                assert_eq!(request["epoch"], "e1");
                let seqs = request["seqs"].as_object().unwrap();
                assert!(seqs.len() <= 4, "no more than the server takes: {seqs:?}");
                marks.extend(seqs.iter().map(|(stream, seq)| (stream.clone(), seq.as_u64().unwrap())));
            }
            "subscribe" => fresh.extend(sent(&Command::Send(text)).1),
            _ => {}
        }
    }
    marks.sort();
    (marks, fresh)
}

#[test]
fn a_new_connection_goes_on_where_the_old_one_ended() {
    let mut desk = Desk::live();
    for (symbol, seq) in [("A", 5), ("B", 50)] {
        desk.event(&ticker(symbol, seq, 0, 1_000));
        desk.event(&status(symbol, seq + 1, 0));
    }
    desk.event(&book_event(7, 0, &["10.00:2"], &[], Some("10.00:2|")));
    let live = Event {
        ch: Channel::Candles(Interval::M1),
        payload: Payload::Candle(candle(0, "1", false)),
        ..status("A", 8, 0)
    };
    desk.event(&live);
    desk.store.disconnected(1006, 0.5, None);
    let (marks, fresh) = come_back(&mut desk, "e1");
    let expected = [
        ("book:A", 7),
        ("candles:1m:A", 8),
        ("status:A", 6),
        ("status:B", 51),
        ("ticker:A", 5),
        ("ticker:B", 50),
    ];
    assert_eq!(marks, expected.map(|(stream, seq)| (stream.to_owned(), seq)));
    assert_eq!(fresh, ["stats:A", "stats:B", "trades:A"], "what there was nothing of starts anew");
    for answer in ["resumed", "resumed", "subscribed"] {
        assert_eq!(desk.store.health.connection.word(), "reconnecting", "not before all answers are there");
        desk.text(&format!(r#"{{"type":"{answer}","id":1,"streams":[],"errors":[]}}"#));
    }
    assert_eq!(desk.store.health.connection.word(), "live");
    desk.event(&ticker("A", 9, 5, 1_002));
    desk.event(&book_event(10, 7, &["9.00:1"], &[], Some("10.00:2,9.00:1|")));
    let health = &desk.store.health;
    assert_eq!((health.resumes, health.gaps, health.discontinuities.count()), (1, 0, 0));
    assert_eq!(
        (desk.store.focus.book.proof(), desk.store.rows[0].view(0).last.as_str()),
        (Proof::Valid, "10.02")
    );
}

#[test]
fn what_is_known_to_be_broken_is_not_resumed() {
    let mut desk = Desk::live();
    desk.event(&ticker("A", 5, 0, 1_000));
    desk.event(&book_event(7, 0, &["10.00:2"], &[], Some("10.00:2|")));
    desk.event(&book_event(8, 7, &["9.00:1"], &[], Some("wrong")));
    desk.store.disconnected(1006, 0.5, None);
    let (marks, fresh) = come_back(&mut desk, "e1");
    assert_eq!(marks, [("ticker:A".to_owned(), 5)]);
    assert!(fresh.contains(&"book:A".to_owned()), "{fresh:?}");
}

#[test]
fn another_epoch_is_told_and_nothing_of_the_old_one_is_resumed() {
    let mut desk = Desk::live();
    desk.event(&ticker("A", 5, 0, 1_000));
    desk.store.disconnected(1006, 0.5, None);
    assert_eq!(come_back(&mut desk, "e2"), (vec![], vec![]), "first it needs the instruments");
    let known = desk.run(|store, _, out| {
        store.set_instruments(instruments("e2"), Some("A"), out);
    });
    assert_eq!(sent(&known[0]).1[0], "ticker:*", "{known:?}");
    assert_eq!(desk.store.health.discontinuities.count(), 1);
    assert!(desk.store.health.notice.as_deref().unwrap().contains("another market"));
}

#[test]
fn a_tab_that_wakes_up_asks_whether_its_socket_lives() {
    for (answered, reconnects) in [(true, false), (false, true)] {
        let mut desk = Desk::live();
        let asked = desk.run(|store, now_us, out| store.wake(now_us, out));
        assert!(asked.iter().map(sent_or_none).any(|(op, _)| op == "ping"), "{asked:?}");
        if answered {
            desk.now_us += SECOND;
            desk.text(r#"{"type":"pong","id":9,"server_ts":1}"#);
        }
        let later = desk.tick_after(2 * SECOND + 1);
        assert_eq!(later.contains(&Command::Reconnect), reconnects, "{later:?}");
    }
    let mut desk = Desk::live();
    desk.now_us += 600 * SECOND;
    let woken = desk.run(|store, now_us, out| store.wake(now_us, out));
    assert!(woken.contains(&Command::Reconnect), "it slept for too long to wait for an answer: {woken:?}");
}

#[test]
fn prices_look_stale_as_soon_as_they_may_be() {
    let mut desk = Desk::live();
    desk.event(&ticker("A", 5, 0, 1_000));
    for (after_us, stale) in [(0, false), (HEARTBEAT_MS * 1_000 + 2 * SECOND, false), (1, true)] {
        desk.now_us += after_us;
        assert_eq!(desk.store.health.view(desk.now_us).stale, stale);
    }
    desk.event(&ticker("A", 6, 5, 1_000));
    assert!(!desk.store.health.view(desk.now_us).stale);
    desk.store.disconnected(1006, 0.5, None);
    assert!(desk.store.health.view(desk.now_us).stale);
}

#[test]
fn farewells_are_honoured() {
    let mut desk = Desk::live();
    let commands = desk.text(r#"{"type":"draining","deadline_ts":9,"reconnect_after_ms":1500}"#);
    assert_eq!(commands, [Command::MoveAfter { wait_ms: 1_500 }]);
    assert_eq!(desk.store.health.connection.word(), "draining");
    assert_eq!(desk.store.disconnected(1012, 0.5, Some(700)), Some(700), "what is left of the wait");
    assert_eq!(desk.store.health.connection.word(), "draining", "nothing is lost on the way");
    assert_eq!(desk.store.disconnected(CloseReason::FeedEnded.code(), 0.5, None), None);
    assert_eq!(desk.store.health.connection.sentence(), "Disconnected: the feed ended");
}
