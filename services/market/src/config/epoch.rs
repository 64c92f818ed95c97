//! The name of an event stream.

use std::fmt;

use super::{InstrumentConfig, MARKET_VERSION, MarketConfig};
use crate::random::{fnv1a, mix};
use crate::{Decimal, InstrumentKind};

/// Names a market's event stream: two markets with the same epoch make the same events. Shown as 16 hex digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Epoch(pub u64);

impl fmt::Display for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

pub(super) fn of(config: &MarketConfig) -> Epoch {
    let mut bytes = Vec::with_capacity(128 * config.instruments.len());
    bytes.extend(MARKET_VERSION.to_le_bytes());
    bytes.extend(config.seed.to_le_bytes());
    bytes.extend(config.events_per_second.to_bits().to_le_bytes());
    for instrument in &config.instruments {
        write(&mut bytes, instrument);
    }
    Epoch(mix(fnv1a(&bytes), bytes.len() as u64))
}

fn write(bytes: &mut Vec<u8>, instrument: &InstrumentConfig) {
    // All fields by name: one more does not compile until it counts here.
    let InstrumentConfig {
        symbol,
        kind,
        tick_size,
        lot_size,
        price,
        daily_volatility,
        activity,
        correlation,
        order_value,
        crashes_per_day,
    } = instrument;
    bytes.extend((symbol.len() as u64).to_le_bytes());
    bytes.extend(symbol.as_bytes());
    bytes.push(match kind {
        InstrumentKind::Crypto => 0,
        InstrumentKind::Equity => 1,
    });
    for Decimal { mantissa, scale } in [tick_size, lot_size, price] {
        bytes.extend(mantissa.to_le_bytes());
        bytes.push(*scale);
    }
    for number in [daily_volatility, activity, correlation, order_value, crashes_per_day] {
        bytes.extend(number.to_bits().to_le_bytes());
    }
}
