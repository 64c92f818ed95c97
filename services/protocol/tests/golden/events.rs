//! Events: of each channel one step, one snapshot, and what else can occur.

use std::borrow::Cow;
use std::collections::BTreeSet;

use market::{Decimal, Regime, Side};
use protocol::{
    Book, Candle, Channel, Encoding, Event, Frame, Payload, Quote, Skipped, Stats, Status, Ticker, Trade,
    WireLevel,
};

use super::Golden;

const SEQ: u64 = 1_606_513_458_247_836;
const PREV_SEQ: u64 = 1_606_513_458_247_831;
const TS: u64 = 1_795_418_952_480_963;

pub(super) fn goldens() -> Vec<Golden> {
    let golden = |encoding| {
        move |(name, events): (String, _)| {
            Golden::new(&name, encoding, events, |encoding, events| encoding.encode_events(events), decode)
        }
    };
    Encoding::ALL.into_iter().flat_map(|encoding| samples().into_iter().map(golden(encoding))).collect()
}

fn decode(encoding: Encoding, bytes: &[u8]) -> Result<Vec<Event<'static>>, String> {
    match encoding.decode_frame(bytes).map_err(|error| error.to_string())? {
        Frame::Events(events) => Ok(events
            .into_iter()
            .map(|event| Event { sym: Cow::Owned(event.sym.into_owned()), ..event })
            .collect()),
        Frame::Control(message) => Err(format!("a control message: {message:?}")),
    }
}

fn samples() -> Vec<(String, Vec<Event<'static>>)> {
    let mut samples = Vec::new();
    for channel in Channel::ALL {
        let name = channel.name().replace(':', "-");
        samples.push((format!("{name}-snapshot"), vec![snapshot(channel, state_of(channel))]));
        samples.push((name, vec![step(channel, step_of(channel))]));
    }
    let mut add = |name: &str, event| samples.push((name.to_owned(), vec![event]));
    let conflated = |channel| Event { conflated: 7, ..step(channel, step_of(channel)) };
    add("ticker-conflated", conflated(Channel::Ticker));
    add("bbo-conflated", conflated(Channel::Bbo));
    add("book-conflated", conflated(book()));
    add("candles-1m-conflated", conflated(candles()));
    add("stats-conflated", conflated(Channel::Stats));
    add("status-conflated", conflated(Channel::Status));
    let skipped = Skipped { from: PREV_SEQ + 1, to: SEQ, count: 3 };
    add("trades-skipped", step(Channel::Trades, Payload::Skipped(skipped)));
    for channel in [Channel::Trades, candles(), Channel::Stats] {
        let name = format!("{}-nothing", channel.name().replace(':', "-"));
        add(&name, Event { seq: 0, ts: 0, ..snapshot(channel, Payload::Nothing) });
    }
    add("ticker-empty", snapshot(Channel::Ticker, Payload::Ticker(Ticker::default())));
    add("bbo-one-sided", step(Channel::Bbo, Payload::Bbo(Quote { bid: None, bid_qty: None, ..quote() })));
    add("book-empty", snapshot(book(), Payload::Book(Book { checksum: 0x8bb1_d29a, ..Book::default() })));
    add("candles-1m-modelled", step(candles(), Payload::Candle(Candle { modelled: true, ..candle() })));
    let two =
        vec![step(Channel::Bbo, step_of(Channel::Bbo)), step(Channel::Ticker, step_of(Channel::Ticker))];
    samples.push(("frame-of-two".into(), two));
    samples
}

fn book() -> Channel {
    Channel::Book(protocol::Depth::Full)
}

fn candles() -> Channel {
    Channel::Candles(market::Interval::M1)
}

fn step(ch: Channel, payload: Payload) -> Event<'static> {
    let sym = Cow::Borrowed("BTC-USDT");
    Event { ch, sym, seq: SEQ, prev_seq: PREV_SEQ, ts: TS, snapshot: false, conflated: 0, payload }
}

fn snapshot(ch: Channel, payload: Payload) -> Event<'static> {
    Event { prev_seq: 0, snapshot: true, ..step(ch, payload) }
}

fn step_of(channel: Channel) -> Payload {
    match channel {
        Channel::Ticker => Payload::Ticker(Ticker {
            last: Some(decimal("55514.9")),
            last_qty: Some(decimal("0.01321")),
            quote: quote(),
        }),
        Channel::Bbo => Payload::Bbo(quote()),
        Channel::Trades => Payload::Trade { trade: trade(SEQ, TS), recent: vec![] },
        Channel::Book(_) => Payload::Book(Book {
            bids: vec![level("55514.1", "0.10126"), level("55513.8", "0.00000")],
            asks: vec![],
            checksum: 2_178_330_021,
        }),
        Channel::Candles(_) => Payload::Candle(candle()),
        Channel::Stats => Payload::Stats(Stats {
            open: decimal("54534.1"),
            high: decimal("55609.4"),
            low: decimal("53804.9"),
            last: decimal("55514.1"),
            change: decimal("980.0"),
            change_percent: decimal("1.79"),
            volume: decimal("137127.31436"),
            quote_volume: decimal("7519350041.539847"),
            trades: 9_583_295,
            modelled: true,
        }),
        Channel::Status => Payload::Status(Status { halted: false, regime: Regime::Volatile }),
    }
}

fn state_of(channel: Channel) -> Payload {
    match channel {
        Channel::Trades => {
            let recent = vec![trade(PREV_SEQ - 4, TS - 900), trade(PREV_SEQ, TS - 1)];
            Payload::Trade { trade: trade(SEQ, TS), recent }
        }
        Channel::Book(_) => Payload::Book(Book {
            bids: vec![level("55514.1", "0.10126"), level("55513.9", "0.00811")],
            asks: vec![level("55514.9", "0.02212"), level("55515.0", "1.00000")],
            checksum: 1_917_748_597,
        }),
        _ => step_of(channel),
    }
}

fn quote() -> Quote {
    Quote {
        bid: Some(decimal("55514.1")),
        bid_qty: Some(decimal("0.10126")),
        ask: Some(decimal("55514.9")),
        ask_qty: Some(decimal("0.02212")),
    }
}

pub(super) fn trade(id: u64, ts: u64) -> Trade {
    Trade { id, ts, price: decimal("55514.9"), qty: decimal("0.01321"), side: Side::Buy }
}

pub(super) fn candle() -> Candle {
    Candle {
        open_ts: 1_795_418_940_000_000,
        open: decimal("55514.2"),
        high: decimal("55515.6"),
        low: decimal("55506.4"),
        close: decimal("55514.1"),
        volume: decimal("16.69139"),
        quote_volume: decimal("926542.734167"),
        trades: 1_131,
        closed: false,
        modelled: false,
    }
}

pub(super) fn level(price: &str, qty: &str) -> WireLevel {
    (decimal(price), decimal(qty))
}

pub(super) fn decimal(text: &str) -> Decimal {
    text.parse().expect("a decimal")
}

/// The match has no `_`: a new kind of payload has to be counted here, and then to be among the samples.
const fn kind(payload: &Payload) -> usize {
    match payload {
        Payload::Ticker(_) => 0,
        Payload::Bbo(_) => 1,
        Payload::Trade { .. } => 2,
        Payload::Skipped(_) => 3,
        Payload::Book(_) => 4,
        Payload::Candle(_) => 5,
        Payload::Stats(_) => 6,
        Payload::Status(_) => 7,
        Payload::Nothing => 8,
    }
}

#[test]
fn each_kind_of_payload_has_a_file() {
    let kinds: BTreeSet<usize> =
        samples().iter().flat_map(|(_, events)| events).map(|event| kind(&event.payload)).collect();
    assert_eq!(kinds, (0..=8).collect());
}

/// What MessagePack is for: a frame of ten tickers, as the benchmark of the gateway sends them.
#[test]
fn messagepack_takes_at_most_60_percent_of_the_bytes_of_json() {
    let ticker = Ticker {
        last: Some(decimal("100.01")),
        last_qty: Some(decimal("5")),
        quote: Quote {
            bid: Some(decimal("100.00")),
            bid_qty: Some(decimal("12")),
            ask: Some(decimal("100.01")),
            ask_qty: Some(decimal("9")),
        },
    };
    let sym = Cow::Borrowed("SYM000-USD");
    let events = vec![Event { sym, ..step(Channel::Ticker, Payload::Ticker(ticker)) }; 10];
    let [json, messagepack] = Encoding::ALL.map(|encoding| encoding.encode_events(&events).len());
    assert!(messagepack * 100 <= json * 60, "{messagepack} bytes, {json} in JSON");
}
