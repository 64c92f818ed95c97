//! Bytes and time of both encodings: `cargo bench -p protocol --bench encodings`. Each round encodes or decodes a frame
//! of ten events; items are events.

#![allow(clippy::print_stdout, reason = "a benchmark prints")]

use std::borrow::Cow;

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use market::{Decimal, Interval, Side};
use protocol::{Book, Candle, Channel, Depth, Encoding, Event, Payload, Quote, Ticker, Trade, WireLevel};

const FRAME_EVENTS: usize = 10;
const SEQ: u64 = 1_606_513_458_247_836;
const TS: u64 = 1_795_418_952_480_963;
const KINDS: [&str; 4] = ["ticker", "trade", "book", "candle"];
const CASES: [(&str, Encoding); 8] = [
    (KINDS[0], Encoding::Json),
    (KINDS[0], Encoding::MessagePack),
    (KINDS[1], Encoding::Json),
    (KINDS[1], Encoding::MessagePack),
    (KINDS[2], Encoding::Json),
    (KINDS[2], Encoding::MessagePack),
    (KINDS[3], Encoding::Json),
    (KINDS[3], Encoding::MessagePack),
];

fn main() {
    println!("bytes/event     JSON  MessagePack  share");
    for kind in KINDS {
        let bytes = Encoding::ALL.map(|encoding| encoding.encode_events(&frame(kind)).len() / FRAME_EVENTS);
        println!("{kind:11} {:8} {:12} {:4} %", bytes[0], bytes[1], bytes[1] * 100 / bytes[0]);
    }
    divan::main();
}

#[divan::bench(args = CASES.map(Case))]
fn encode(bencher: Bencher<'_, '_>, Case((kind, encoding)): Case) {
    let events = frame(kind);
    let mut out = Vec::with_capacity(65_536);
    bencher.counter(ItemsCount::new(FRAME_EVENTS)).bench_local(|| {
        out.clear();
        for event in black_box(&events) {
            encoding.encode_event(event, &mut out);
        }
        out.len()
    });
}

#[divan::bench(args = CASES.map(Case))]
fn decode(bencher: Bencher<'_, '_>, Case((kind, encoding)): Case) {
    let bytes = encoding.encode_events(&frame(kind));
    bencher
        .counter(ItemsCount::new(FRAME_EVENTS))
        .bench_local(|| encoding.decode_frame(black_box(&bytes)).expect("it was encoded so"));
}

#[derive(Clone, Copy)]
struct Case((&'static str, Encoding));

impl std::fmt::Display for Case {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self((kind, encoding)) = self;
        write!(f, "{kind} {encoding:?}")
    }
}

fn frame(kind: &str) -> Vec<Event<'static>> {
    vec![event(kind); FRAME_EVENTS]
}

/// As the metronome of the benchmarks makes them; book and candle as of BTC-USDT.
fn event(kind: &str) -> Event<'static> {
    let (ch, payload) = match kind {
        "ticker" => (Channel::Ticker, Payload::Ticker(ticker())),
        "trade" => (Channel::Trades, Payload::Trade { trade: trade(), recent: vec![] }),
        "book" => (Channel::Book(Depth::Full), Payload::Book(book())),
        _ => (Channel::Candles(Interval::M1), Payload::Candle(candle())),
    };
    let sym = Cow::Borrowed("SYM000-USD");
    Event { ch, sym, seq: SEQ, prev_seq: SEQ - 5, ts: TS, snapshot: false, conflated: 0, payload }
}

const fn decimal(mantissa: i128, scale: u8) -> Decimal {
    Decimal { mantissa, scale }
}

const fn ticker() -> Ticker {
    Ticker {
        last: Some(decimal(10_001, 2)),
        last_qty: Some(decimal(5, 0)),
        quote: Quote {
            bid: Some(decimal(10_000, 2)),
            bid_qty: Some(decimal(12, 0)),
            ask: Some(decimal(10_001, 2)),
            ask_qty: Some(decimal(9, 0)),
        },
    }
}

const fn trade() -> Trade {
    Trade { id: SEQ, ts: TS, price: decimal(10_001, 2), qty: decimal(5, 0), side: Side::Buy }
}

/// Three levels have changed.
fn book() -> Book {
    let level = |price, qty| -> WireLevel { (decimal(price, 1), decimal(qty, 5)) };
    Book {
        bids: vec![level(555_141, 10_126), level(555_138, 0)],
        asks: vec![level(555_149, 2_212)],
        checksum: 2_178_330_021,
    }
}

const fn candle() -> Candle {
    Candle {
        open_ts: 1_795_418_940_000_000,
        open: decimal(555_142, 1),
        high: decimal(555_156, 1),
        low: decimal(555_064, 1),
        close: decimal(555_141, 1),
        volume: decimal(1_669_139, 5),
        quote_volume: decimal(926_542_734_167, 6),
        trades: 1_131,
        closed: false,
        modelled: false,
    }
}
