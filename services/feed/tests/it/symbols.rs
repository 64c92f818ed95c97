//! Several symbols in one recording.

use feed::{RECORDING_SYMBOLS_MAX, Source};
use market::{Body, Book, Event, InstrumentId, Price, Side};

use crate::{all, once};

fn line(micros: u64, stream: &str, data: &str) -> String {
    format!(
        "{} {{\"stream\":\"{stream}\",\"data\":{{{data}}}}}\n",
        1_723_161_253_000_000_000 + micros * 1_000
    )
}

fn depth(micros: u64, symbol: &str, ids: (u64, u64), bid: (&str, &str)) -> String {
    let ((first, last), (price, qty)) = (ids, bid);
    let data = format!(r#""s":"{symbol}","U":{first},"u":{last},"b":[["{price}","{qty}"]],"a":[]"#);
    line(micros, &format!("{}@depth@100ms", symbol.to_lowercase()), &data)
}

fn snapshot(micros: u64, id: u64, bid: &str, ask: &str) -> String {
    let time = 1_723_161_253_000_000_000 + micros * 1_000;
    format!("{time} {{\"lastUpdateId\":{id},\"bids\":[[\"{bid}\",\"1\"]],\"asks\":[[\"{ask}\",\"1\"]]}}\n")
}

fn events_of(events: &[Event], instrument: u16) -> Vec<&Event> {
    events
        .iter()
        .filter(|event| event.instrument == InstrumentId(instrument) && event.body != Body::Tick)
        .collect()
}

#[test]
fn a_snapshot_belongs_to_the_symbol_of_the_nearest_ids() {
    let text = [
        depth(0, "BTCUSDT", (500_001, 500_002), ("99.5", "1")),
        depth(10, "ETHBTC", (71, 72), ("0.05", "3")),
        snapshot(20, 75, "0.049", "0.051"),
        snapshot(30, 500_001, "98", "101"),
        depth(40, "ETHBTC", (73, 76), ("0.0495", "20")),
    ]
    .concat();
    let mut replay = once(text.as_bytes()).unwrap();
    let steps: Vec<_> =
        replay.instruments().iter().map(|i| (i.symbol.clone(), i.tick_size.to_string())).collect();
    assert_eq!(steps, [("BTC-USDT".into(), "0.1".into()), ("ETH-BTC".into(), "0.0001".into())]);
    let (events, error) = all(&mut replay);
    assert_eq!(error, None);
    assert!(events.windows(2).all(|pair| pair[1].seq.0 == pair[0].seq.0 + 1));
    for (instrument, best_bid, levels) in [(0, 995, 2), (1, 495, 2)] {
        let mut book = Book::default();
        for event in events_of(&events, instrument) {
            if let Body::Book(delta) = &event.body {
                book.apply(delta);
            }
        }
        assert_eq!(book.level(Side::Buy, 0).map(|level| level.price), Some(Price(best_bid)));
        assert_eq!(book.side(Side::Buy).len(), levels);
    }
}

#[test]
fn a_step_of_two_events_ends_with_the_best_prices() {
    let text = [
        depth(0, "BTCUSDT", (1, 2), ("99.5", "1")),
        snapshot(20, 1, "98", "101"),
        depth(30, "BTCUSDT", (3, 4), ("100", "1")),
    ]
    .concat();
    let events = all(&mut once(text.as_bytes()).unwrap()).0;
    let bodies: Vec<_> =
        events_of(&events, 0).into_iter().map(|event| (event.step_end, &event.body)).collect();
    assert!(matches!(
        bodies[..],
        [(false, Body::Book(_)), (true, Body::Bbo(_)), (false, Body::Book(_)), (true, Body::Bbo(_))]
    ));
}

#[test]
fn a_snapshot_before_any_symbol_is_of_the_first() {
    let text = [snapshot(0, 5, "98", "101"), depth(10, "BTCUSDT", (4, 7), ("99", "1"))].concat();
    let events = all(&mut once(text.as_bytes()).unwrap()).0;
    assert_eq!(events_of(&events, 0).iter().filter(|event| event.step_end).count(), 2);
}

#[test]
fn one_symbol_too_many_is_damage() {
    let trade = |n: usize| {
        let data = format!(r#""s":"S{n}USDT","p":"1","q":"1","m":true"#);
        line(n as u64, &format!("s{n}usdt@trade"), &data)
    };
    let text: String = (0..=RECORDING_SYMBOLS_MAX).map(trade).collect();
    let (events, error) = all(&mut once(text.as_bytes()).unwrap());
    assert_eq!(events.iter().filter(|event| event.body != Body::Tick).count(), RECORDING_SYMBOLS_MAX);
    let expected = "damaged at line 65: S64USDT is one symbol too many; expected at most 64";
    assert!(error.unwrap().to_string().ends_with(expected));
}
