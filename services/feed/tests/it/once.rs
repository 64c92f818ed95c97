use std::collections::{BTreeMap, HashSet};

use feed::{MarketClock, Progress, Replay, ReplayConfig, Source, SourceKind};
use market::{Bbo, Body, Book, Decimal, Event, Instrument, Price, Qty, Side, TICK_MICROS, Ts};
use proptest::prelude::*;

use crate::raw::{Raw, Top, text};
use crate::{EXCERPT, NOW, all, config, once};

fn top(instrument: &Instrument, bbo: Bbo) -> Top {
    let text = |decimal: Decimal| decimal.rescale(8).unwrap().to_string();
    let (bid, ask) = (bbo.bid.unwrap(), bbo.ask.unwrap());
    let price = |price: Price| text(instrument.price_decimal(price));
    let qty = |qty: Qty| text(instrument.qty_decimal(qty));
    [price(bid.price), qty(bid.qty), price(ask.price), qty(ask.qty)]
}

#[test]
fn a_recording_says_what_it_is() {
    let replay = once(EXCERPT).unwrap();
    let [instrument] = replay.instruments() else { panic!("one instrument") };
    let (tick, lot) = (instrument.tick_size.to_string(), instrument.lot_size.to_string());
    assert_eq!((instrument.symbol.as_str(), tick.as_str(), lot.as_str()), ("BTC-USDT", "0.01", "0.00001"));
    let label = replay.label();
    assert_eq!(label.kind, SourceKind::Replay);
    assert_eq!(label.text, "recording btcusdt_excerpt.gz of 2024-08-08 23:54 UTC, once");
    let first_tick = Ts(NOW.0.next_multiple_of(TICK_MICROS));
    assert_eq!(
        (replay.start_ts(), replay.next_ts(), replay.clock().market(NOW)),
        (NOW, Some(first_tick), NOW)
    );
    let summary = replay.summary();
    let lines = [summary.trade_lines, summary.book_ticker_lines, summary.depth_lines, summary.snapshot_lines];
    assert_eq!((summary.lines, lines, summary.damage.as_ref()), (1_500, [229, 1_137, 133, 1], None));
}

#[test]
fn trades_are_those_of_the_recording() {
    let mut replay = once(EXCERPT).unwrap();
    let instrument = replay.instruments()[0].clone();
    let told: Vec<_> = all(&mut replay)
        .0
        .into_iter()
        .filter_map(|event| match event.body {
            Body::Trade(trade) => Some((trade.price, trade.qty, trade.taker == Side::Sell)),
            _ => None,
        })
        .collect();
    let parse = |text: &str| text.parse::<Decimal>().unwrap();
    let raw: Vec<_> = Raw::read()
        .trades
        .iter()
        .map(|(price, qty, maker)| {
            (instrument.parse_price(parse(price)).unwrap(), instrument.parse_qty(parse(qty)).unwrap(), *maker)
        })
        .collect();
    assert_eq!(told, raw);
}

#[test]
fn the_book_is_that_of_the_book_ticker() {
    let (raw, mut replay) = (Raw::read(), once(EXCERPT).unwrap());
    let instrument = replay.instruments()[0].clone();
    let (mut book, mut compared) = (Book::default(), 0);
    for event in all(&mut replay).0 {
        let Body::Book(delta) = event.body else { continue };
        let mut named = HashSet::new();
        for level in &delta.levels {
            let exists = book.rank(level.side, level.price).1;
            assert!(!level.qty.is_zero() || exists, "the removal of a level one never had: {level:?}");
            assert!(named.insert((level.side, level.price)), "named twice: {level:?}");
        }
        book.apply(&delta);
        assert!(!book.is_crossed());
        if let Some(id) = raw.depth_ids.get(&event.ts.since(NOW)) {
            assert_eq!(&top(&instrument, book.bbo()), raw.top(*id), "at update {id}");
            compared += 1;
        }
    }
    assert!(compared > 120, "{compared}");
    assert!(book.side(Side::Buy).len() > 900 && book.side(Side::Sell).len() > 900);
}

#[test]
fn the_best_prices_are_the_latest_told() {
    let (raw, mut replay) = (Raw::read(), once(EXCERPT).unwrap());
    let instrument = replay.instruments()[0].clone();
    let (mut last, mut told) = (Bbo::default(), BTreeMap::new());
    for event in all(&mut replay).0 {
        let Body::Bbo(bbo) = event.body else { continue };
        assert_ne!(bbo, last, "the same again");
        last = bbo;
        told.insert(event.ts.since(NOW), bbo);
    }
    assert!(told.len() > 900, "{}", told.len());
    for (micros, bbo) in told {
        let id = raw.ticker_ids[&micros];
        assert_eq!(&top(&instrument, bbo), raw.top(id), "at update {id}");
    }
}

#[test]
fn each_line_is_a_step_and_events_are_counted() {
    let (mut replay, lines) = (once(EXCERPT).unwrap(), text().lines().count());
    let events = all(&mut replay).0;
    assert!(events.iter().enumerate().all(|(n, event)| event.seq.0 == n as u64 + 1));
    assert!(events.is_sorted_by_key(|event| event.ts));
    assert!(events.iter().filter(|event| event.step_end && event.body != Body::Tick).count() <= lines);
    for pair in events.windows(2).filter(|pair| !pair[0].step_end) {
        assert_eq!(pair[0].ts, pair[1].ts);
        assert!(matches!((&pair[0].body, &pair[1].body), (Body::Book(_), Body::Bbo(_))));
    }
    assert!(events.last().unwrap().step_end);
}

#[test]
fn ticks_lie_on_their_grid_before_what_follows() {
    let events = all(&mut once(EXCERPT).unwrap()).0;
    let ticks: Vec<_> =
        events.iter().filter(|event| event.body == Body::Tick).map(|event| event.ts.0).collect();
    let first = NOW.0.next_multiple_of(TICK_MICROS);
    assert!(ticks.iter().copied().eq((0..ticks.len() as u64).map(|n| first + n * TICK_MICROS)));
    let last_line = events[events.len() - 2].ts.0;
    assert_eq!(ticks.last(), Some(&((last_line / TICK_MICROS + 1) * TICK_MICROS)));
    assert_eq!(events.last().unwrap().body, Body::Tick);
}

#[test]
fn speed_changes_the_clock_alone() {
    let play = |speed| {
        let mut replay = Replay::read(&ReplayConfig { speed, ..config(false) }, EXCERPT, NOW).unwrap();
        (replay.clock(), replay.epoch().to_owned(), all(&mut replay).0)
    };
    let ((clock, epoch, events), (tenfold, same_epoch, same_events)) = (play(1.0), play(10.0));
    assert_eq!((&epoch, &events), (&same_epoch, &same_events));
    assert_eq!(clock, MarketClock::new(1.0, NOW).unwrap());
    assert_eq!(tenfold.market(NOW.plus(5)), NOW.plus(50));
    assert!(Replay::read(&ReplayConfig { speed: 0.0, ..config(false) }, EXCERPT, NOW).is_err());
}

#[test]
fn a_configuration_needs_a_file_only() {
    let read = serde_json::from_str::<ReplayConfig>;
    let expected = ReplayConfig { file: "a.gz".into(), looped: true, speed: 1.0 };
    assert_eq!(read(r#"{"file": "a.gz"}"#).unwrap(), expected);
    assert!(
        read(r#"{"file": "a.gz", "loop": true}"#).unwrap_err().to_string().contains("unknown field `loop`")
    );
}

#[test]
fn the_end_is_told_for_good() {
    let mut replay = once(EXCERPT).unwrap();
    let mut events = Vec::new();
    assert_eq!(replay.advance(NOW, &mut events), Ok(Progress::Running));
    assert_eq!(events, []);
    assert_eq!(replay.advance(NOW.plus(60 * Ts::SECOND), &mut events), Ok(Progress::Ended));
    let count = events.len();
    assert_eq!(replay.advance(Ts(u64::MAX), &mut events), Ok(Progress::Ended));
    assert_eq!((events.len(), replay.next_ts()), (count, None));
}

#[test]
fn the_epoch_names_content_and_start() {
    let epoch = |recording: &[u8], looped, wall| {
        Replay::read(&config(looped), recording, wall).unwrap().epoch().to_owned()
    };
    let plain = text();
    let first = epoch(EXCERPT, false, NOW);
    assert!(first.len() == 16 && first.bytes().all(|byte| byte.is_ascii_hexdigit()), "{first}");
    assert_eq!(epoch(plain.as_bytes(), false, NOW), first, "the content counts, not how it is packed");
    assert_ne!(epoch(EXCERPT, false, NOW.plus(1)), first);
    assert_ne!(epoch(EXCERPT, true, NOW), first);
    assert_eq!(epoch(EXCERPT, true, NOW), epoch(EXCERPT, true, NOW.plus(1)));
    assert_ne!(epoch(&plain.as_bytes()[..plain.len() - 200], false, NOW), first);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn slices_change_nothing(slices in proptest::collection::vec(1_u64..700_000, 1..50)) {
        let whole = all(&mut once(EXCERPT).unwrap()).0;
        let (mut replay, mut events, mut until) = (once(EXCERPT).unwrap(), Vec::<Event>::new(), NOW);
        for slice in slices.into_iter().cycle() {
            until = until.plus(slice);
            let progress = replay.advance(until, &mut events).unwrap();
            prop_assert!(events.last().is_none_or(|event| event.step_end && event.ts < until));
            if progress == Progress::Ended {
                break;
            }
            prop_assert_eq!(replay.next_ts(), whole.get(events.len()).map(|event| event.ts));
        }
        prop_assert_eq!(events, whole);
    }
}
