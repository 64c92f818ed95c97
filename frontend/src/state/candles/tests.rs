use super::*;
use crate::state::fixture::candle;

const MINUTE: u64 = 60_000_000;

fn closes(series: &CandleSeries) -> Vec<String> {
    series.iter().map(|candle| candle.close.to_string()).collect()
}

#[test]
fn history_that_comes_late_joins_without_seam() {
    let mut series = CandleSeries::new(Interval::M1);
    assert!(!series.join_live(candle(2 * MINUTE, "12", false), 50), "nothing is missing before the first");
    series.join_history(
        &[candle(0, "10", true), candle(MINUTE, "11", true), candle(2 * MINUTE, "99", false)],
        40,
    );
    assert_eq!(closes(&series), ["10", "11", "12"], "the live candle is newer than the history's");
    assert_eq!(series.redraw(), Redraw::All);
    series.join_live(candle(2 * MINUTE, "13", true), 60);
    series.join_live(candle(3 * MINUTE, "14", false), 61);
    series.join_history(&[candle(2 * MINUTE, "77", false)], 70);
    assert_eq!(closes(&series), ["10", "11", "13", "14"], "a closed candle is final");
}

#[test]
fn exact_candles_replace_modelled_ones_and_not_the_reverse() {
    let mut series = CandleSeries::new(Interval::M1);
    let modelled = |close| Candle { modelled: true, ..candle(0, close, true) };
    series.join_history(&[modelled("1")], 10);
    series.join_history(&[candle(0, "2", true)], 10);
    series.join_history(&[modelled("3")], 90);
    assert_eq!(closes(&series), ["2"]);
}

#[test]
fn it_knows_up_to_where_it_is_modelled() {
    let mut series = with_minutes(5, 3);
    assert_eq!(series.modelled(), None);
    let modelled = |n: u64, closed| Candle { modelled: true, ..candle(n * MINUTE, "1", closed) };
    series.join_history(&[modelled(0, true), modelled(1, true), modelled(5, false)], 1);
    assert_eq!(series.modelled(), Some((2, 2 * MINUTE)), "the open one counts for nothing");
}

#[test]
fn only_what_changed_is_drawn() {
    let mut series = CandleSeries::new(Interval::M1);
    series.join_live(candle(0, "1", false), 1);
    assert_eq!(series.redraw(), Redraw::All);
    assert_eq!(series.redraw(), Redraw::None);
    let (closed, open) = (candle(0, "2", true), candle(MINUTE, "3", false));
    series.join_live(closed, 2);
    series.join_live(open, 3);
    assert_eq!(series.redraw(), Redraw::Update(vec![closed, open]));
    series.join_live(candle(MINUTE, "9", false), 1);
    assert_eq!(series.redraw(), Redraw::None, "an older event changes nothing");
}

#[test]
fn a_hole_is_told_and_the_past_is_bounded() {
    let mut series = CandleSeries::new(Interval::M1);
    for n in 0..(CANDLES_MAX + BATCH - 1) as u64 {
        assert!(!series.join_live(candle(n * MINUTE, "1", true), n));
    }
    series.redraw();
    assert_eq!(series.iter().len(), CANDLES_MAX + BATCH - 1);
    series.join_live(candle((CANDLES_MAX + BATCH - 1) as u64 * MINUTE, "1", true), 9_998);
    assert_eq!(series.iter().len(), CANDLES_MAX);
    assert_eq!(series.redraw(), Redraw::All, "the chart forgets with us");
    let last = series.last().unwrap().open_ts;
    assert!(series.join_live(candle(last + 2 * MINUTE, "1", false), 9_999));
    assert_eq!(series.at(last).map(|candle| candle.open_ts), Some(last));
    assert_eq!(series.at(last + 1), None);
}

/// `count` minutes that end before `end`.
fn minutes(end: u64, count: u64) -> Vec<Candle> {
    (end - count..end).map(|n| candle(n * MINUTE, "1", true)).collect()
}

fn with_minutes(end: u64, count: u64) -> CandleSeries {
    let mut series = CandleSeries::new(Interval::M1);
    series.join_history(&minutes(end, count), 1);
    series
}

#[test]
fn older_candles_are_asked_for_once_and_join_at_the_front() {
    let mut series = with_minutes(9_000, 500);
    assert_eq!(series.take_older(0), None, "nobody looks");
    series.look(AHEAD as f64);
    assert_eq!(series.take_older(0), None, "there is enough left of the view");
    series.look(-3.5);
    assert_eq!(series.take_older(0), Some(8_500 * MINUTE));
    assert_eq!((series.take_older(0), series.past()), (None, Past::Loading));
    series.join_live(candle(9_000 * MINUTE, "2", false), 5);
    series.redraw();
    series.join_older(&minutes(8_500, 100), 2, 8_500 * MINUTE, 100);
    assert_eq!(series.iter().len(), 601);
    assert_eq!(series.redraw(), Redraw::All);
    assert!(series.iter().is_sorted_by_key(|candle| candle.open_ts));
    series.look(0.0);
    assert_eq!(series.take_older(0), Some(8_400 * MINUTE));
    series.join_older(&minutes(8_400, 99), 2, 8_400 * MINUTE, 100);
    series.look(0.0);
    assert_eq!((series.take_older(0), series.past()), (None, Past::Complete), "the server has no more");
}

#[test]
fn an_answer_to_another_question_is_dropped_and_a_failure_is_tried_again() {
    let mut series = with_minutes(9_000, 500);
    series.join_older(&minutes(8_500, 10), 2, 8_500 * MINUTE, 10);
    assert_eq!(series.iter().len(), 500, "nothing was asked");
    series.look(0.0);
    series.take_older(0);
    series.join_older(&minutes(8_400, 10), 2, 8_400 * MINUTE, 10);
    assert_eq!(series.iter().len(), 500, "it would leave a hole");
    series.older_failed(7);
    assert_eq!(series.take_older(6 + RETRY_MICROS), None);
    assert_eq!(series.take_older(7 + RETRY_MICROS), Some(8_500 * MINUTE));
}

#[test]
fn what_is_looked_at_is_kept_up_to_a_limit() {
    let mut series = with_minutes(90_000, 2_000);
    let mut next = 90_000;
    let mut live = |series: &mut CandleSeries, count: u64| {
        for n in next..next + count {
            series.join_live(candle(n * MINUTE, "1", true), n);
        }
        next += count;
    };
    series.look(700.0);
    live(&mut series, 4_000);
    assert_eq!(series.first().unwrap().open_ts, 88_000 * MINUTE, "less than a batch is unseen");
    live(&mut series, CANDLES_HELD_MAX as u64);
    assert!((CANDLES_HELD_MAX..CANDLES_HELD_MAX + BATCH).contains(&series.iter().len()));
    assert!(series.is_full());
    series.look(0.0);
    assert_eq!(series.take_older(0), None, "the limit holds for the past, too");
    series.look(9_900.0);
    live(&mut series, 1);
    assert_eq!(series.iter().len(), CANDLES_MAX, "back at the live end the past is let go");
}

#[test]
fn steps_stay_inside() {
    let series = with_minutes(10, 5);
    for (from, by, expected) in
        [(None, -1, 8), (Some(8), 1, 9), (Some(9), 1, 9), (Some(6), -20, 5), (None, 0, 9)]
    {
        let found = series.step(from.map(|n: u64| n * MINUTE), by).unwrap();
        assert_eq!(found.open_ts, expected * MINUTE, "{from:?} {by}");
    }
    assert_eq!((series.index(5 * MINUTE), series.index(99)), (Some(0), None));
    assert_eq!(CandleSeries::new(Interval::M1).step(None, -1), None);
}
