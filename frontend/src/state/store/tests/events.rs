//! What events change, and what is done about those that are missing or wrong.

use super::*;

#[test]
fn prices_move_rows_and_a_gap_is_counted() {
    let mut desk = Desk::live();
    desk.event(&ticker("B", 4, 3, 900));
    assert_eq!(desk.store.rows[1].ticker.last, None, "before the snapshot nothing is taken");
    desk.event(&ticker("B", 5, 0, 1_000));
    desk.event(&ticker("B", 9, 5, 1_001));
    assert_eq!((desk.store.rows[1].view(desk.now_us).last.as_str(), desk.store.health.gaps), ("10.01", 0));
    assert_eq!(desk.store.rows[1].flash.strength(desk.now_us), 3);
    desk.event(&ticker("B", 12, 10, 1_002));
    assert_eq!((desk.store.rows[1].view(desk.now_us).last.as_str(), desk.store.health.gaps), ("10.02", 1));
    let mut dirty = Vec::new();
    desk.store.dirty.drain_rows(&mut dirty);
    assert_eq!(dirty.iter().filter(|row| **row == 1).count(), 1, "one draw for all of them");
}

#[test]
fn a_wrong_checksum_resyncs_the_book_once_and_heals() {
    let mut desk = Desk::live();
    desk.event(&book_event(5, 0, &["10.00:2"], &[], Some("10.00:2|")));
    assert_eq!(desk.store.focus.book.proof(), Proof::Valid);
    let commands = desk.event(&book_event(6, 5, &["9.00:1"], &[], Some("wrong")));
    assert!(matches!(&commands[0], Command::Report { kind: "book", .. }));
    assert_eq!(sent(&commands[1]), ("resync".into(), vec!["book:A".into()]));
    let again = desk.event(&book_event(7, 0, &["9.00:1"], &[], Some("wrong")));
    assert_eq!(again.len(), 1, "a server that is wrong is not asked in a loop: {again:?}");
    let later = desk.tick_after(2 * SECOND);
    assert!(later.iter().map(sent_or_none).any(|(op, _)| op == "resync"), "{later:?}");
    desk.event(&book_event(8, 0, &["9.00:1"], &[], Some("9.00:1|")));
    let health = &desk.store.health;
    assert_eq!((health.checksum_failures, health.resyncs, health.verified), (2, 2, 2));
}

#[test]
fn gaps_in_book_and_trades_are_resynced() {
    let mut desk = Desk::live();
    desk.event(&book_event(5, 0, &["10.00:2"], &[], Some("10.00:2|")));
    let commands = desk.event(&book_event(9, 7, &[], &[], None));
    assert_eq!(sent(&commands[1]), ("resync".into(), vec!["book:A".into()]));
    let trades = |seq, prev_seq| Event {
        ch: Channel::Trades,
        payload: Payload::Trade { trade: trade(seq), recent: Vec::new() },
        ..status("A", seq, prev_seq)
    };
    desk.event(&trades(5, 0));
    let commands = desk.event(&trades(9, 7));
    assert_eq!(sent(&commands[0]), ("resync".into(), vec!["trades:A".into()]));
    assert_eq!(desk.store.health.gaps, 2);
    assert_eq!(desk.store.focus.tape.newest().next(), Some(&crate::state::tape::Entry::Trade(trade(9))));
}

#[test]
fn high_water_marks_reveal_what_never_came() {
    let mut desk = Desk::live();
    desk.event(&book_event(5, 0, &["10.00:2"], &[], Some("10.00:2|")));
    desk.event(&ticker("B", 5, 0, 1_000));
    let beat = |book: u64, ticker: u64| {
        format!(
            r#"{{"type":"heartbeat","event_ts":1,"engine_ts":1,"send_ts":1,"seqs":{{"book:A":{book},"ticker:B":{ticker}}}}}"#
        )
    };
    assert_eq!(desk.text(&beat(5, 5)), []);
    assert_eq!(sent(&desk.text(&beat(6, 7))[0]), ("resync".into(), vec!["book:A".into()]));
    assert_eq!(desk.store.health.gaps, 2);
}

#[test]
fn a_discontinuity_is_seen_and_nothing_is_built_on_what_is_lost() {
    let mut desk = Desk::live();
    desk.event(&book_event(7, 0, &["10.00:2"], &[], Some("10.00:2|")));
    let told = desk.text(r#"{"type":"discontinuity","reason":"too_old","streams":["book:A","ticker:B"]}"#);
    assert!(matches!(told[..], [Command::Report { kind: "discontinuity", .. }]), "{told:?}");
    let view = desk.store.health.view(desk.now_us);
    assert_eq!((view.discontinuities, view.cut.as_deref()), (1, Some("cut at 00:00:10")));
    assert!(desk.store.health.notice.as_deref().unwrap().contains("2 streams start anew"));
    assert_eq!(desk.store.focus.book.proof(), Proof::Unknown);
    assert_eq!(
        desk.event(&book_event(8, 7, &["9.00:1"], &[], None)),
        [],
        "a step of before counts for nothing"
    );
    desk.event(&book_event(9, 0, &["9.00:1"], &[], Some("9.00:1|")));
    assert_eq!((desk.store.focus.book.proof(), desk.store.health.gaps), (Proof::Valid, 0));
}

#[test]
fn bad_frames_and_refusals_become_sentences_and_structures() {
    let mut desk = Desk::live();
    let commands = desk.text("[{\"ch\":\"nope\"}]");
    let Command::Report { kind: "bad frame", detail } = &commands[0] else { panic!("{commands:?}") };
    assert!(detail.iter().any(|part| part == ("frame", "[{\"ch\":\"nope\"}]")), "{detail:?}");
    assert!(desk.store.health.notice.as_deref().unwrap().contains("can't read"));
    let refused =
        r#"{"type":"error","id":1,"code":"too_many_requests","message":"at most 5","retryable":true}"#;
    assert!(matches!(&desk.text(refused)[0], Command::Report { kind: "refused", .. }));
    assert_eq!(desk.store.health.notice.as_deref(), Some("The server refused a request: at most 5"));
}

#[test]
fn pongs_make_latency_true() {
    let mut desk = Desk::live();
    // The server's clock is 500 ms ahead of ours; the round trip took 2 ms.
    let sent_us = desk.now_us - 2_000;
    let server_us = desk.now_us - 1_000 + 500_000;
    desk.text(&format!(r#"{{"type":"pong","id":1,"client_ts":{sent_us},"server_ts":{server_us}}}"#));
    desk.event(&ticker("A", 5, 0, 1_000));
    let step = Event { ts: desk.now_us + 500_000 - 7_000, ..ticker("A", 6, 5, 1_000) };
    desk.event(&step);
    let view = desk.store.health.view(desk.now_us);
    assert_eq!((view.p50.as_str(), view.round_trip.as_str(), view.badge), ("7.0 ms", "2.0 ms", "SIMULATED"));
}

#[test]
fn only_the_full_book_of_the_chosen_symbol_is_taken() {
    let mut desk = Desk::live();
    let top =
        Event { ch: Channel::Book(Depth::Top10), ..book_event(5, 0, &["10.00:2"], &[], Some("10.00:2|")) };
    desk.event(&top);
    desk.event(&Event { sym: "B".into(), ..book_event(5, 0, &["10.00:2"], &[], Some("10.00:2|")) });
    assert_eq!(desk.store.health.verified, 0);
}
