//! Any event survives the wire, and nothing that comes over it makes us panic.

use std::borrow::Cow;
use std::path::Path;

use market::{Decimal, Regime, Side};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use protocol::{
    Book, Candle, Channel, Encoding, ErrorCode, Event, Frame, Op, Options, OptionsChange, Payload, Policy,
    Quote, Rate, Request, RequestId, Skipped, Stats, Status, StreamName, StreamPattern, Target, Ticker,
    Trade, WireLevel,
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

fn stream() -> impl Strategy<Value = StreamName> {
    (select(Channel::ALL.to_vec()), "[A-Z0-9._-]{1,32}")
        .prop_map(|(channel, symbol)| StreamName { channel, symbol })
}

fn targets() -> impl Strategy<Value = Vec<Target>> {
    let all = select(Channel::ALL.to_vec()).prop_map(StreamPattern::All);
    prop::collection::vec(prop_oneof![stream().prop_map(StreamPattern::One), all].prop_map(Ok), 1..5)
}

fn options() -> impl Strategy<Value = Options> {
    let max_hz = select(vec![0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 1_000.0]);
    (select(vec![Policy::Conflate, Policy::Disconnect]), max_hz)
        .prop_map(|(policy, hz)| Options { policy, max_hz: Rate::from_hz(hz).expect("a rate") })
}

fn change() -> impl Strategy<Value = OptionsChange> {
    (options(), 0..3).prop_map(|(Options { policy, max_hz }, which)| OptionsChange {
        policy: (which != 1).then_some(policy),
        max_hz: (which != 2).then_some(max_hz),
    })
}

/// The streams stand in the order of their texts, each once, as in an object.
fn resume() -> impl Strategy<Value = Op> {
    let marks = prop::collection::btree_map(stream().prop_map(|name| name.to_string()), any::<u64>(), 1..5);
    (".{0,20}", marks, options()).prop_map(|(epoch, marks, options)| Op::Resume {
        epoch,
        marks: marks.into_iter().map(|(text, seq)| (Ok(text.parse().expect("a stream")), seq)).collect(),
        options,
    })
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        (targets(), options()).prop_map(|(targets, options)| Op::Subscribe { targets, options }),
        (targets(), change()).prop_map(|(targets, change)| Op::Configure { targets, change }),
        resume(),
        targets().prop_map(|targets| Op::Unsubscribe { targets }),
        targets().prop_map(|targets| Op::Resync { targets }),
        Just(Op::List),
        prop::option::of(any::<u64>()).prop_map(|ts| Op::Ping { ts }),
    ]
}

fn request() -> impl Strategy<Value = Request> {
    let id = prop_oneof![any::<u64>().prop_map(RequestId::Number), ".{0,64}".prop_map(RequestId::Text)];
    (prop::option::of(id), op()).prop_map(|(id, op)| Request { id, op })
}

/// The golden files.
fn goldens() -> Vec<Vec<u8>> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/v1");
    let entries = std::fs::read_dir(directory).expect("the golden files are there");
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("a directory can be read").path()).collect();
    paths.sort();
    paths.into_iter().map(|path| std::fs::read(path).expect("a file can be read")).collect()
}

/// Reads `bytes` as everything that they could be.
fn read_all(bytes: &[u8]) {
    for encoding in Encoding::ALL {
        let _ = encoding.decode_frame(bytes);
        let _ = encoding.parse_request(bytes);
    }
    let _ = Op::subscribe_list(&String::from_utf8_lossy(bytes));
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
    fn any_event_round_trips(events in prop::collection::vec(event(), 1..20)) {
        for encoding in Encoding::ALL {
            let frame = encoding.encode_events(&events);
            let decoded = encoding
                .decode_frame(&frame)
                .map_err(|error| TestCaseError::fail(format!("{error}: {}", String::from_utf8_lossy(&frame))))?;
            prop_assert_eq!(decoded, Frame::Events(events.clone()), "{:?}", encoding);
        }
    }

    #[test]
    fn any_request_round_trips(request in request()) {
        for encoding in Encoding::ALL {
            let frame = encoding.encode_request(&request);
            prop_assert_eq!(encoding.parse_request(&frame), Ok(request.clone()), "{:?}", encoding);
        }
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

/// A cut-off message is never taken for a shorter one.
#[test]
fn each_byte_counts() {
    for golden in goldens().iter().filter(|golden| Encoding::MessagePack.decode_frame(golden).is_ok()) {
        for end in 0..golden.len() {
            assert!(Encoding::MessagePack.decode_frame(&golden[..end]).is_err(), "{golden:02x?} until {end}");
        }
        assert!(Encoding::MessagePack.decode_frame(&[golden, &[0xc0][..]].concat()).is_err());
    }
}

/// The header of a frame is that of as many events, whatever its size.
#[test]
fn frames_of_any_number_of_events_round_trip() {
    let event = Event {
        ch: Channel::Bbo,
        sym: Cow::Borrowed("A"),
        seq: 2,
        prev_seq: 1,
        ts: 3,
        snapshot: false,
        conflated: 0,
        payload: Payload::Bbo(Quote::default()),
    };
    for count in [0, 1, 15, 16, 65_535, 65_536] {
        let events = vec![event.clone(); count];
        for encoding in Encoding::ALL {
            let frame = encoding.encode_events(&events);
            assert_eq!(encoding.decode_frame(&frame).unwrap(), Frame::Events(events.clone()), "{count}");
        }
    }
}

/// As the errors of JSON: what can't be read at all, and what is something else.
#[test]
fn a_request_in_messagepack_is_refused_with_a_reason() {
    let map = |fields: &[u8]| [&[0x80 | u8::try_from(fields.len() / 2).unwrap()], fields].concat();
    let named =
        |text: &str| rmp_serde::to_vec(&serde_json::from_str::<serde_json::Value>(text).unwrap()).unwrap();
    for (frame, code, id) in [
        (vec![], ErrorCode::BadFrame, None),
        (vec![0xc1], ErrorCode::BadFrame, None),
        (vec![0x81, 0xa2], ErrorCode::BadFrame, None),
        ([named(r#"{"op":"list"}"#), vec![0]].concat(), ErrorCode::BadFrame, None),
        (vec![0x91; 100_000], ErrorCode::BadFrame, None),
        (vec![0xdf, 0xff, 0xff, 0xff, 0xff], ErrorCode::BadFrame, None),
        (vec![0x2a], ErrorCode::BadRequest, None),
        (named(r#"["list"]"#), ErrorCode::BadRequest, None),
        (map(&[0x0a, 0x0b]), ErrorCode::BadRequest, None),
        (named(r#"{"op":"list","id":7,"nope":1}"#), ErrorCode::BadRequest, Some(7)),
        (named(r#"{"op":"ping","id":7,"ts":-1}"#), ErrorCode::BadRequest, Some(7)),
        (named(r#"{"op":"buy","id":7}"#), ErrorCode::UnknownOp, Some(7)),
    ] {
        let refused = Encoding::MessagePack.parse_request(&frame).unwrap_err();
        assert_eq!(refused.error.code, code, "{}", refused.error.message);
        assert_eq!(refused.id, id.map(RequestId::Number), "{}", refused.error.message);
    }
}
