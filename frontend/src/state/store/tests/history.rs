//! Candles that are fetched.

use protocol::Candle;

use super::*;

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
    assert_eq!(desk.event(&live(5)), [latest("A", Interval::M1)]);
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
fn what_was_modelled_is_asked_for_until_it_is_exact() {
    let mut desk = Desk::live();
    let minute = Interval::M1.micros();
    let answer = |exact_from: u64| Candles {
        symbol: "A".into(),
        interval: Interval::M1,
        seq: 1,
        candles: (0..6)
            .map(|n| Candle { modelled: n < exact_from, ..candle(n * minute, "1", true) })
            .collect(),
    };
    desk.store.join_history(&answer(4));
    let fetch = |count: usize| Command::FetchCandles {
        symbol: "A".into(),
        interval: Interval::M1,
        count,
        end_ts: Some(count as u64 * minute),
    };
    assert!(!desk.seconds(5).contains(&fetch(4)), "it has just come");
    assert!(desk.seconds(1).contains(&fetch(4)));
    desk.store.focus.candles.redraw();
    desk.store.join_history(&answer(2));
    assert_eq!(desk.store.focus.candles.redraw(), crate::state::candles::Redraw::All);
    assert!(!desk.seconds(9).contains(&fetch(2)), "twice as long");
    assert!(desk.seconds(1).contains(&fetch(2)));
    desk.store.join_history(&answer(0));
    assert!(!desk.seconds(60).iter().any(|command| matches!(command, Command::FetchCandles { .. })));
}

#[test]
fn a_session_that_was_modelled_is_summed_up_again() {
    let mut desk = Desk::live();
    let (minute, day) = (Interval::M1.micros(), 20_000 * Interval::D1.micros());
    let answer = |interval: Interval, from: u64, count: u64, modelled: bool| Candles {
        symbol: "A".into(),
        interval,
        seq: 1,
        candles: (0..count)
            .map(|n| Candle { modelled, ..candle(from + n * interval.micros(), "1", true) })
            .collect(),
    };
    let until = day + 15 * minute;
    desk.store.session_shown = true;
    desk.store.join_history(&answer(Interval::M1, until, 5, false));
    desk.store.join_session(&answer(Interval::M5, day, 3, true), until);
    let fetch = Command::FetchSession { symbol: "A".into(), until };
    assert!(!desk.seconds(5).contains(&fetch));
    assert!(desk.seconds(1).contains(&fetch));
    desk.store.join_session(&answer(Interval::M5, day, 3, false), until);
    assert!(!desk.seconds(60).contains(&fetch));
}
