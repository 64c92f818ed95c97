use feed::{Progress, Replay, ReplayConfig, Source};
use market::{Bbo, Body, Book, Event, TICK_MICROS, Ts};

use crate::{EXCERPT, NOW, all, config, once};

/// The 13.3 s of the excerpt, up to a whole second.
const PERIOD: u64 = 14 * Ts::SECOND;

fn looped(wall: Ts) -> Replay {
    Replay::read(&config(true), EXCERPT, wall).unwrap()
}

fn play(wall: Ts, until: Ts) -> Vec<Event> {
    let mut events = Vec::new();
    assert_eq!(looped(wall).advance(until, &mut events), Ok(Progress::Running));
    events
}

fn start_of(wall: Ts) -> Ts {
    Ts(wall.0 / PERIOD * PERIOD - PERIOD)
}

#[test]
fn it_starts_with_the_loop_before() {
    let replay = looped(NOW);
    assert_eq!((replay.start_ts(), replay.next_ts()), (start_of(NOW), Some(start_of(NOW))));
    assert!(replay.label().text.ends_with(", looped"));
    assert_eq!(looped(Ts(5)).start_ts(), Ts(0), "before the first loop there is none");
}

#[test]
fn loops_are_alike_and_numbered_on() {
    let start = start_of(NOW);
    let events = play(NOW, start.plus(3 * PERIOD));
    assert!(events.windows(2).all(|pair| pair[1].seq.0 == pair[0].seq.0 + 1 && pair[0].ts <= pair[1].ts));
    let third = events.len() / 3;
    assert_eq!(events[0].seq.0, start.0 / PERIOD * third as u64 + 1);
    for (first, second) in events[..third].iter().zip(&events[third..2 * third]) {
        let shifted = Event {
            seq: market::Seq(first.seq.0 + third as u64),
            ts: first.ts.plus(PERIOD),
            ..first.clone()
        };
        assert_eq!(&shifted, second);
    }
}

#[test]
fn a_loop_is_what_is_played_once() {
    let start = start_of(NOW);
    let body = |event: &Event| (event.body != Body::Tick).then(|| event.body.clone());
    let looped: Vec<_> = play(NOW, start.plus(PERIOD)).iter().filter_map(body).collect();
    let once: Vec<_> = all(&mut once(EXCERPT).unwrap()).0.iter().filter_map(body).collect();
    assert_eq!(looped[2..], once, "but for the step that empties the book");
}

#[test]
fn replicas_agree_whenever_they_start() {
    let (later, until) = (NOW.plus(2 * PERIOD + 3 * Ts::SECOND), NOW.plus(4 * PERIOD));
    let (veteran, newcomer) = (play(NOW, until), play(later, until));
    let joined = veteran.iter().position(|event| event.seq == newcomer[0].seq).unwrap();
    assert!(joined > 0);
    assert_eq!(veteran[joined..], newcomer);
    let state = |events: &[Event]| {
        let (mut book, mut best) = (Book::default(), Bbo::default());
        for event in events {
            match &event.body {
                Body::Book(delta) => book.apply(delta),
                Body::Bbo(bbo) => best = *bbo,
                _ => {}
            }
        }
        (book, best)
    };
    assert_eq!(state(&veteran), state(&newcomer));
}

#[test]
fn the_book_is_empty_at_the_seam_and_never_crosses() {
    let (mut book, mut seams) = (Book::default(), 0);
    for event in play(NOW, start_of(NOW).plus(3 * PERIOD)) {
        if let Body::Book(delta) = &event.body {
            book.apply(delta);
            assert!(!book.is_crossed());
        }
        if event.body == Body::Bbo(Bbo::default()) {
            assert_eq!((&book, event.ts.0 % PERIOD, event.step_end), (&Book::default(), 0, true));
            seams += 1;
        }
    }
    assert_eq!(seams, 3);
}

#[test]
fn ticks_go_on_across_the_seam() {
    let start = start_of(NOW);
    let events = play(NOW, start.plus(2 * PERIOD));
    let ticks = events.iter().filter(|event| event.body == Body::Tick).map(|event| event.ts.0);
    assert!(ticks.eq((0..2 * PERIOD / TICK_MICROS).map(|n| start.0 + n * TICK_MICROS)));
}

#[test]
fn at_another_speed_all_replicas_have_the_same_market_time() {
    let tenfold = |wall| Replay::read(&ReplayConfig { speed: 10.0, ..config(true) }, EXCERPT, wall).unwrap();
    let (first, second) = (tenfold(NOW), tenfold(NOW.plus(PERIOD / 10)));
    assert_eq!(second.start_ts(), first.start_ts().plus(PERIOD));
    assert_eq!((first.epoch(), first.clock()), (second.epoch(), second.clock()));
    assert!(first.clock().market(NOW).since(first.start_ts()) < 2 * PERIOD);
}
