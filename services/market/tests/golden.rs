//! The events of a fixed market, byte for byte. If this fails and was meant to, count `MARKET_VERSION` up.

use market::{Bbo, Block, Body, DEFAULT_MARKET_TOML, Event, Level, Market, MarketConfig, Regime, Side, Ts};

/// Of the first 100,000 events of block 5,670,000 of the default market.
const DIGEST: u32 = 3_884_616_108;

/// The default market's epoch.
const EPOCH: &str = "c08854df0e4fccbf";

#[test]
fn the_first_events_are_the_known_ones() {
    let config: MarketConfig = toml::from_str(DEFAULT_MARKET_TOML).unwrap();
    let mut market = Market::open(&config, Block(5_670_000)).unwrap();
    let mut events = Vec::new();
    while events.len() < 100_000 {
        market.advance(market.now().plus(Ts::SECOND), &mut events);
    }
    let mut bytes = Vec::new();
    events[..100_000].iter().for_each(|event| write(&mut bytes, event));
    assert_eq!((crc32fast::hash(&bytes), config.epoch().to_string().as_str()), (DIGEST, EPOCH));
}

/// Little-endian fields, one after the other.
fn write(out: &mut Vec<u8>, event: &Event) {
    out.extend(event.instrument.0.to_le_bytes());
    out.extend(event.seq.0.to_le_bytes());
    out.extend(event.ts.0.to_le_bytes());
    out.push(u8::from(event.step_end));
    match &event.body {
        Body::Trade(trade) => {
            out.push(0);
            write_level(out, trade.taker, Level { price: trade.price, qty: trade.qty });
        }
        Body::Book(delta) => {
            out.push(1);
            out.extend((delta.levels.len() as u64).to_le_bytes());
            for change in &delta.levels {
                write_level(out, change.side, Level { price: change.price, qty: change.qty });
            }
        }
        Body::Bbo(Bbo { bid, ask }) => {
            out.push(2);
            bid.iter().for_each(|level| write_level(out, Side::Buy, *level));
            ask.iter().for_each(|level| write_level(out, Side::Sell, *level));
        }
        Body::Status(status) => {
            let regime = match status.regime {
                Regime::Calm => 0,
                Regime::Volatile => 1,
                Regime::Crash => 2,
            };
            out.extend([3, u8::from(status.halted), regime]);
        }
        Body::Tick => out.push(4),
    }
}

fn write_level(out: &mut Vec<u8>, side: Side, level: Level) {
    out.push(u8::from(side == Side::Sell));
    out.extend(level.price.0.to_le_bytes());
    out.extend(level.qty.0.to_le_bytes());
}
