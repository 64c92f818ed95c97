use market::Decimal;
use protocol::{
    Channel, ClockMapping, Depth, Event, FeedInfo, FeedKind, Hello, Limits, Payload, Quote, ServerMessage,
    Ticker, encode_control, encode_event,
};

use serde_json::Value;

use super::*;
use crate::state::book::Proof;
use crate::state::fixture::{book_event, candle, named, status, trade};

const HEARTBEAT_MS: u64 = 1_000;

fn feed() -> FeedInfo {
    let clock = ClockMapping { speed: 1.0, anchor_ts: 0 };
    FeedInfo { kind: FeedKind::Simulated, label: "seed 1".into(), clock }
}

fn hello(epoch: &str) -> String {
    encode_control(&ServerMessage::Hello(Box::new(Hello {
        protocol: protocol::Encoding::Json.subprotocol().into(),
        session: "s".into(),
        epoch: epoch.into(),
        server_ts: 0,
        feed: feed(),
        flush_ms: 10,
        heartbeat_ms: HEARTBEAT_MS,
        replay_ms: 1,
        limits: Limits {
            subscriptions_max: 1,
            request_bytes_max: 1,
            requests_per_second: 1,
            request_streams_max: 4,
            connections_max: 1,
            connections_per_address_max: 1,
            handshake_ms_max: 1,
            idle_ms_max: 1,
            pending_trades_max: 1,
            pending_levels_max: 1,
            pending_events_max: 1,
            control_bytes_max: 1,
            send_buffer_bytes: 1,
            stall_ms_max: 1,
            rest_rows_max: 1,
        },
    })))
}

fn instruments(epoch: &str) -> Instruments {
    let instruments = ["A", "B"].map(|symbol| InstrumentInfo::from(&named(symbol))).to_vec();
    Instruments { epoch: epoch.into(), feed: feed(), instruments }
}

fn frame(event: &Event<'_>) -> String {
    let mut json = b"[".to_vec();
    encode_event(event, &mut json);
    json.push(b']');
    String::from_utf8(json).unwrap()
}

fn ticker<'a>(symbol: &'a str, seq: u64, prev_seq: u64, last: i128) -> Event<'a> {
    let ticker = Ticker { last: Some(Decimal::new(last, 2)), last_qty: None, quote: Quote::default() };
    Event { ch: Channel::Ticker, payload: Payload::Ticker(ticker), ..status(symbol, seq, prev_seq) }
}

/// A store with a connection, as the browser would drive it.
struct Desk {
    store: Store,
    now_us: u64,
}

impl Desk {
    /// Connected and subscribed to a market of A and B.
    fn live() -> Self {
        let mut desk = Self { store: Store::new(Interval::M1), now_us: 10 * SECOND };
        assert_eq!(desk.run(|store, now_us, out| store.connecting(now_us, out)), [Command::FetchInstruments]);
        desk.text(&hello("e1"));
        desk.run(|store, _, out| {
            store.set_instruments(instruments("e1"), None, out);
        });
        desk.text(r#"{"type":"subscribed","id":2,"streams":[],"errors":[]}"#);
        desk
    }

    fn run(&mut self, act: impl FnOnce(&mut Store, u64, &mut Vec<Command>)) -> Vec<Command> {
        let mut out = Vec::new();
        act(&mut self.store, self.now_us, &mut out);
        out
    }

    fn text(&mut self, text: &str) -> Vec<Command> {
        self.run(|store, now_us, out| store.on_text(text, now_us, out))
    }

    fn event(&mut self, event: &Event<'_>) -> Vec<Command> {
        self.text(&frame(event))
    }

    fn tick_after(&mut self, micros: u64) -> Vec<Command> {
        self.now_us += micros;
        self.run(|store, now_us, out| store.tick(now_us, out))
    }
}

/// The operation and streams of a frame that goes out.
fn sent(command: &Command) -> (String, Vec<String>) {
    let Command::Send(text) = command else { panic!("{command:?} is not sent") };
    let request: Value = serde_json::from_str(text).unwrap();
    let streams = request["streams"].as_array().cloned().unwrap_or_default();
    let names = streams.iter().map(|name| name.as_str().unwrap().to_owned()).collect();
    (request["op"].as_str().unwrap().to_owned(), names)
}

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
    let fetch = Command::FetchCandles { symbol: "B".into(), interval: Interval::M5 };
    assert!(greeted.contains(&fetch), "{greeted:?}");
    assert_eq!(desk.store.health.connection.word(), "connecting");
    desk.text(r#"{"type":"subscribed","id":1,"streams":[],"errors":[]}"#);
    assert_eq!(desk.store.health.connection.word(), "live");
}

fn sent_or_none(command: &Command) -> (String, Vec<String>) {
    if matches!(command, Command::Send(_)) { sent(command) } else { Default::default() }
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
fn choosing_changes_only_the_streams_that_differ() {
    let mut desk = Desk::live();
    let commands = desk.run(|store, _, out| store.choose(0, Interval::H1, out));
    assert_eq!(sent(&commands[0]), ("unsubscribe".into(), vec!["candles:1m:A".into()]));
    assert_eq!(sent(&commands[1]), ("subscribe".into(), vec!["candles:1h:A".into()]));
    assert_eq!(commands[2], Command::FetchCandles { symbol: "A".into(), interval: Interval::H1 });
    let commands = desk.run(|store, _, out| store.choose(1, Interval::H1, out));
    assert_eq!(sent(&commands[1]).1, ["book:B", "trades:B", "candles:1h:B"]);
    assert_eq!(desk.run(|store, _, out| store.choose(1, Interval::H1, out)), [], "nothing to do");
    assert_eq!(desk.run(|store, _, out| store.choose(7, Interval::H1, out)), [], "no such row");
}

#[test]
fn history_of_what_is_no_longer_chosen_is_dropped() {
    let mut desk = Desk::live();
    let answer = |symbol: &str, interval| Candles {
        symbol: symbol.into(),
        interval,
        seq: 1,
        candles: vec![candle(0, "1", true)],
    };
    desk.store.join_history(&answer("B", Interval::M1));
    desk.store.join_history(&answer("A", Interval::H1));
    assert_eq!(desk.store.focus.candles.iter().len(), 0);
    desk.store.join_history(&answer("A", Interval::M1));
    assert_eq!(desk.store.focus.candles.iter().len(), 1);
}

#[test]
fn the_last_hour_is_fetched_of_what_is_in_view_one_after_the_other() {
    let mut desk = Desk::live();
    let answer =
        Candles { symbol: "B".into(), interval: Interval::M1, seq: 1, candles: vec![candle(0, "1", true)] };
    assert_eq!(desk.store.want_hour([1].into_iter(), 0).as_deref(), Some("B"));
    assert_eq!(desk.store.want_hour([0, 1].into_iter(), 0), None, "one at a time");
    desk.store.join_hour("B", Some(&answer), 0);
    assert_eq!(desk.store.rows[1].spark.change(), Some(0.0));
    assert_eq!(desk.store.want_hour([1, 0].into_iter(), 0).as_deref(), Some("A"), "each once");
    desk.store.join_hour("A", None, 0);
    assert_eq!(desk.store.want_hour([0].into_iter(), SECOND), None, "not at once after a failure");
    assert_eq!(desk.store.want_hour([0].into_iter(), 5 * SECOND).as_deref(), Some("A"));
}

#[test]
fn a_hole_in_the_candles_fetches_the_history() {
    let mut desk = Desk::live();
    let live = |minute: u64| Event {
        ch: Channel::Candles(Interval::M1),
        payload: Payload::Candle(candle(minute * 60 * SECOND, "1", false)),
        ..status("A", minute, 0)
    };
    assert_eq!(desk.event(&live(1)), []);
    assert_eq!(desk.event(&live(2)), []);
    assert_eq!(desk.event(&live(5)), [Command::FetchCandles { symbol: "A".into(), interval: Interval::M1 }]);
}

#[test]
fn the_past_is_loaded_where_somebody_looks() {
    let mut desk = Desk::live();
    let minute = Interval::M1.micros();
    let answer = |symbol: &str, from: u64, count: u64| Candles {
        symbol: symbol.into(),
        interval: Interval::M1,
        seq: 1,
        candles: (from..from + count).map(|n| candle(n * minute, "1", true)).collect(),
    };
    desk.store.join_history(&answer("A", 5_000, 500));
    let look = |desk: &mut Desk, left| desk.run(|store, now_us, out| store.look_back(left, now_us, out));
    assert_eq!(look(&mut desk, 400.0), []);
    let end_ts = 5_000 * minute;
    let fetch = Command::FetchOlder { symbol: "A".into(), interval: Interval::M1, end_ts };
    assert_eq!(look(&mut desk, -2.0), [fetch]);
    assert_eq!(look(&mut desk, -2.0), [], "it was asked");
    desk.store.join_older(&answer("B", 4_900, 100), end_ts);
    assert_eq!(desk.store.focus.candles.iter().len(), 500, "another symbol");
    desk.store.join_older(&answer("A", 4_900, 100), end_ts);
    assert_eq!(desk.store.focus.candles.iter().len(), 600);
    assert_eq!(look(&mut desk, 0.0), [], "the server has no more");
}

#[test]
fn the_beginning_of_a_session_is_loaded_if_its_line_is_shown() {
    let mut desk = Desk::live();
    let (minute, day) = (Interval::M1.micros(), 20_000 * Interval::D1.micros());
    let answer = |interval: Interval, from: u64, count: u64| Candles {
        symbol: "A".into(),
        interval,
        seq: 1,
        candles: (0..count).map(|n| candle(from + n * interval.micros(), "1", true)).collect(),
    };
    desk.store.join_history(&answer(Interval::M1, day + 12 * minute, 20));
    let until = day + 15 * minute;
    let fetch = Command::FetchSession { symbol: "A".into(), until };
    assert!(!desk.tick_after(SECOND).contains(&fetch), "nobody looks at it");
    desk.store.session_shown = true;
    assert!(desk.tick_after(SECOND).contains(&fetch));
    desk.store.focus.candles.redraw();
    desk.store.join_session(&answer(Interval::M5, day, 3), until);
    assert!(desk.store.focus.session.is_some());
    assert_eq!(desk.store.focus.candles.redraw(), crate::state::candles::Redraw::All);
    assert!(!desk.tick_after(2 * SECOND).contains(&fetch));
}

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
