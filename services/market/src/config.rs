//! What a market is made of: the one configuration that, with its seed, decides every event.

mod epoch;
mod mistake;

pub use epoch::Epoch;
pub use mistake::{ConfigMistake, InvalidConfig};

use serde::{Deserialize, Serialize};

use crate::{Decimal, Instrument, InstrumentKind};

/// Counts up whenever the same configuration makes other events than before.
pub const MARKET_VERSION: u32 = 1;

/// The most instruments of a market.
pub const INSTRUMENTS_MAX: usize = 2_000;

/// The most events per second of market time, over all instruments. If all of them are of one instrument, and a crash
/// makes them five times as many, a block's still fit the count of a [`crate::Seq`].
pub const EVENTS_PER_SECOND_MAX: f64 = 100_000.0;

/// The default market, as TOML: 14 crypto pairs and 6 shares. The only place where they are listed.
pub const DEFAULT_MARKET_TOML: &str = include_str!("../default-market.toml");

/// A simulated market.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MarketConfig {
    /// What every random number comes from.
    #[serde(default = "seed_default")]
    pub seed: u64,
    /// Events per second of market time over all instruments, on average while calm; ticks are not counted.
    #[serde(default = "events_per_second_default")]
    pub events_per_second: f64,
    /// What is traded. The order gives each its [`InstrumentId`](crate::InstrumentId).
    pub instruments: Vec<InstrumentConfig>,
}

/// An instrument of a simulated market.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InstrumentConfig {
    /// The name on the wire: `BTC-USDT`. Also names its own random numbers, so its place in the list does not matter.
    pub symbol: String,
    /// The kind of thing traded: instruments of a kind share a common factor.
    pub kind: InstrumentKind,
    /// The smallest step of a price.
    pub tick_size: Decimal,
    /// The smallest step of a quantity.
    pub lot_size: Decimal,
    /// The price around which it moves for ever, in the quote currency: at least 100 ticks.
    pub price: Decimal,
    /// The s.d. of the log price over a day: 0.03 is 3 %.
    #[serde(default = "daily_volatility_default")]
    pub daily_volatility: f64,
    /// Its share of the market's events, relative to the others.
    #[serde(default = "activity_default")]
    pub activity: f64,
    /// The share of its variance that it has in common with the others of its kind, 0 to 1.
    #[serde(default = "correlation_default")]
    pub correlation: f64,
    /// The mean value of an order in the quote currency.
    #[serde(default = "order_value_default")]
    pub order_value: f64,
    /// How many flash crashes a day, on average.
    #[serde(default = "crashes_per_day_default")]
    pub crashes_per_day: f64,
}

impl MarketConfig {
    /// All mistakes in it; none in a valid one.
    #[must_use]
    pub fn validate(&self) -> Vec<ConfigMistake> {
        mistake::of(self)
    }

    /// The name of its event stream: a hash of seed, configuration and [`MARKET_VERSION`].
    #[must_use]
    pub fn epoch(&self) -> Epoch {
        epoch::of(self)
    }

    pub(crate) fn checked(&self) -> Result<&Self, InvalidConfig> {
        let mistakes = self.validate();
        if mistakes.is_empty() { Ok(self) } else { Err(InvalidConfig(mistakes)) }
    }

    /// Events per second of one instrument, on average while calm.
    pub(crate) fn events_per_second_of(&self, instrument: &InstrumentConfig) -> f64 {
        let total: f64 = self.instruments.iter().map(|other| other.activity).sum();
        self.events_per_second * instrument.activity / total
    }
}

impl InstrumentConfig {
    /// The instrument's name and units.
    #[must_use]
    pub fn instrument(&self) -> Instrument {
        Instrument {
            symbol: self.symbol.clone(),
            kind: self.kind,
            tick_size: self.tick_size,
            lot_size: self.lot_size,
        }
    }
}

const fn seed_default() -> u64 {
    1
}

const fn events_per_second_default() -> f64 {
    2_000.0
}

const fn daily_volatility_default() -> f64 {
    0.03
}

const fn activity_default() -> f64 {
    1.0
}

const fn correlation_default() -> f64 {
    0.5
}

const fn order_value_default() -> f64 {
    2_000.0
}

const fn crashes_per_day_default() -> f64 {
    1.0
}

#[cfg(test)]
mod tests;
