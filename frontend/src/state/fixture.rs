//! Events for the tests of the state.

use market::{Decimal, Instrument, InstrumentKind, Regime, Side};
use protocol::{Candle, Channel, Depth, Event, Payload, Status, Trade, WireLevel};

/// AAPL-like: a tick of 0.01, lots of 1.
pub(crate) fn instrument() -> Instrument {
    named("A")
}

/// The same under another name.
pub(crate) fn named(symbol: &str) -> Instrument {
    Instrument {
        symbol: symbol.into(),
        kind: InstrumentKind::Equity,
        tick_size: Decimal::new(1, 2),
        lot_size: Decimal::new(1, 0),
    }
}

/// An event with the given numbers; a snapshot when `prev_seq` is 0.
pub(crate) fn status(symbol: &str, seq: u64, prev_seq: u64) -> Event<'_> {
    Event {
        ch: Channel::Status,
        sym: symbol.into(),
        seq,
        prev_seq,
        ts: seq,
        snapshot: prev_seq == 0,
        conflated: 0,
        payload: Payload::Status(Status { halted: false, regime: Regime::Calm }),
    }
}

/// A book event of levels such as `10.00:2`; its checksum is that of `text`.
pub(crate) fn book_event(
    seq: u64,
    prev_seq: u64,
    bids: &[&str],
    asks: &[&str],
    text: Option<&str>,
) -> Event<'static> {
    let book = protocol::Book {
        bids: bids.iter().map(|text| level(text)).collect(),
        asks: asks.iter().map(|text| level(text)).collect(),
        checksum: text.map_or(0, |text| crc32(text.as_bytes())),
    };
    Event { ch: Channel::Book(Depth::Full), payload: Payload::Book(book), ..status("A", seq, prev_seq) }
}

fn level(text: &str) -> WireLevel {
    let (price, qty) = text.split_once(':').unwrap();
    (price.parse().unwrap(), qty.parse().unwrap())
}

/// CRC-32 (ISO-HDLC), bit by bit: on purpose not the code under test.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg()))
    })
}

/// A trade named `id`.
pub(crate) fn trade(id: u64) -> Trade {
    Trade { id, ts: id, price: Decimal::new(1_000, 2), qty: Decimal::new(1, 0), side: Side::Buy }
}

/// A candle that is nothing but its close.
pub(crate) fn candle(open_ts: u64, close: &str, closed: bool) -> Candle {
    let price: Decimal = close.parse().unwrap();
    Candle {
        open_ts,
        open: price,
        high: price,
        low: price,
        close: price,
        volume: Decimal::new(1, 0),
        quote_volume: price,
        trades: 1,
        closed,
        modelled: false,
    }
}
