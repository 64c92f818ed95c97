//! Any event survives the wire, and nothing that comes over it makes us panic.

use std::borrow::Cow;
use std::path::Path;

use market::{Decimal, Regime, Side};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use protocol::{
    Book, Candle, Channel, Event, Frame, Payload, Quote, Request, Skipped, Stats, Status, Ticker, Trade,
    WireLevel, decode_frame, encode_event,
};

fn decimal() -> impl Strategy<Value = Decimal> {
    let mantissa = prop_oneof![any::<i64>().prop_map(i128::from), -(i128::MAX)..=i128::MAX];
    (mantissa, 0..=market::DECIMAL_SCALE_MAX).prop_map(|(mantissa, scale)| Decimal::new(mantissa, scale))
}

fn maybe() -> impl Strategy<Value = Option<Decimal>> {
    prop::option::of(decimal())
}

fn quote() -> impl Strategy<Value = Quote> {
    (maybe(), maybe(), maybe(), maybe()).prop_map(|(bid, bid_qty, ask, ask_qty)| Quote {
        bid,
        bid_qty,
        ask,
        ask_qty,
    })
}

fn trade() -> impl Strategy<Value = Trade> {
    let side = select(vec![Side::Buy, Side::Sell]);
    (any::<u64>(), any::<u64>(), decimal(), decimal(), side).prop_map(|(id, ts, price, qty, side)| Trade {
        id,
        ts,
        price,
        qty,
        side,
    })
}

fn levels() -> impl Strategy<Value = Vec<WireLevel>> {
    prop::collection::vec((decimal(), decimal()), 0..4)
}

fn trades_payload() -> impl Strategy<Value = Payload> {
    let recent = prop::collection::vec(trade(), 0..3);
    let skipped = any::<(u64, u64, u64)>();
    prop_oneof![
        (trade(), recent).prop_map(|(trade, recent)| Payload::Trade { trade, recent }),
        skipped.prop_map(|(from, to, count)| Payload::Skipped(Skipped { from, to, count })),
        Just(Payload::Nothing),
    ]
}

fn candle_payload() -> impl Strategy<Value = Payload> {
    let numbers = [(); 6].map(|()| decimal());
    let candle = (numbers, any::<(u64, u32, bool, bool)>()).prop_map(
        |([open, high, low, close, volume, quote_volume], (open_ts, trades, closed, modelled))| {
            Payload::Candle(Candle {
                open_ts,
                open,
                high,
                low,
                close,
                volume,
                quote_volume,
                trades,
                closed,
                modelled,
            })
        },
    );
    prop_oneof![9 => candle, 1 => Just(Payload::Nothing)]
}

fn stats_payload() -> impl Strategy<Value = Payload> {
    let numbers = [(); 8].map(|()| decimal());
    let stats = (numbers, any::<(u64, bool)>()).prop_map(
        |([open, high, low, last, change, change_percent, volume, quote_volume], (trades, modelled))| {
            Payload::Stats(Stats {
                open,
                high,
                low,
                last,
                change,
                change_percent,
                volume,
                quote_volume,
                trades,
                modelled,
            })
        },
    );
    prop_oneof![9 => stats, 1 => Just(Payload::Nothing)]
}

fn payload(channel: Channel) -> BoxedStrategy<Payload> {
    match channel {
        Channel::Ticker => (maybe(), maybe(), quote())
            .prop_map(|(last, last_qty, quote)| Payload::Ticker(Ticker { last, last_qty, quote }))
            .boxed(),
        Channel::Bbo => quote().prop_map(Payload::Bbo).boxed(),
        Channel::Trades => trades_payload().boxed(),
        Channel::Book(_) => (levels(), levels(), any::<u32>())
            .prop_map(|(bids, asks, checksum)| Payload::Book(Book { bids, asks, checksum }))
            .boxed(),
        Channel::Candles(_) => candle_payload().boxed(),
        Channel::Stats => stats_payload().boxed(),
        Channel::Status => (any::<bool>(), select(vec![Regime::Calm, Regime::Volatile, Regime::Crash]))
            .prop_map(|(halted, regime)| Payload::Status(Status { halted, regime }))
            .boxed(),
    }
}

fn event() -> impl Strategy<Value = Event<'static>> {
    let payload = select(Channel::ALL.to_vec()).prop_flat_map(|ch| (Just(ch), payload(ch)));
    (payload, ".{0,12}", any::<(u64, u64, u64, bool, u64)>()).prop_map(
        |((ch, mut payload), sym, (seq, prev_seq, ts, snapshot, conflated))| {
            if let Payload::Trade { trade, .. } = &mut payload {
                // The time of a trade is that of its event: it is on the wire once.
                trade.ts = ts;
            }
            // Only a snapshot can say that there is nothing yet.
            let snapshot = snapshot || payload == Payload::Nothing;
            Event { ch, sym: Cow::Owned(sym), seq, prev_seq, ts, snapshot, conflated, payload }
        },
    )
}

/// The texts of the golden files.
fn goldens() -> Vec<Vec<u8>> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/v1");
    let entries = std::fs::read_dir(directory).expect("the golden files are there");
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("a directory can be read").path()).collect();
    paths.sort();
    paths.into_iter().map(|path| std::fs::read(path).expect("a file can be read")).collect()
}

/// Reads `bytes` as everything that they could be.
fn read_all(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let _ = decode_frame(&text);
    let _ = Request::parse(&text);
    let _ = protocol::Op::subscribe_list(&text);
}

/// Changes a text as a fault or an attacker might.
fn mutate(text: &mut Vec<u8>, other: &[u8], (kind, at, len, byte): (u8, Index, Index, u8)) {
    let from = at.index(text.len() + 1);
    let to = from + len.index(text.len() - from + 1);
    match kind % 5 {
        0 => text.truncate(from),
        1 => text.insert(from, byte),
        2 => drop(text.drain(from..to)),
        3 => drop(text.splice(from..to, other.iter().copied())),
        _ => {
            let again = text[from..to].to_vec();
            drop(text.splice(from..from, again));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_event_round_trips(events in prop::collection::vec(event(), 1..4)) {
        let mut frame = Vec::new();
        for event in &events {
            frame.push(if frame.is_empty() { b'[' } else { b',' });
            encode_event(event, &mut frame);
        }
        frame.push(b']');
        let text = String::from_utf8(frame).expect("JSON is UTF-8");
        let decoded = decode_frame(&text).map_err(|error| TestCaseError::fail(format!("{error}: {text}")))?;
        prop_assert_eq!(decoded, Frame::Events(events), "{}", text);
    }

    #[test]
    fn requests_round_trip(
        channel in select(Channel::ALL.to_vec()),
        symbol in "[A-Z0-9._-]{1,32}",
        op in select(vec!["subscribe", "unsubscribe", "resync"]),
        id in any::<u64>(),
    ) {
        let text = format!(r#"{{"op":"{op}","id":{id},"streams":["{channel}:{symbol}","{channel}:*"]}}"#);
        let request = Request::parse(&text).map_err(|refused| TestCaseError::fail(refused.error.message))?;
        prop_assert_eq!(request.encode(), text);
    }

    #[test]
    fn arbitrary_bytes_are_read_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        read_all(&bytes);
    }

    #[test]
    fn damaged_messages_are_read_without_a_panic(
        one in any::<Index>(),
        other in any::<Index>(),
        damage in prop::collection::vec(any::<(u8, Index, Index, u8)>(), 1..6),
    ) {
        let goldens = goldens();
        let mut text = one.get(&goldens).clone();
        for step in damage {
            mutate(&mut text, other.get::<Vec<u8>>(&goldens), step);
        }
        read_all(&text);
    }
}
