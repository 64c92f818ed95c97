//! What never changes about one instrument of a market.

use crate::random::{fnv1a, mix};
use crate::traders::Scale;
use crate::{Fundamental, InstrumentConfig, InstrumentId, MarketConfig};

/// One instrument, ready to be opened at any block.
#[derive(Clone, Debug)]
pub(crate) struct Blueprint {
    pub(crate) id: InstrumentId,
    /// Of the seed and the symbol: what its own random numbers come from.
    pub(crate) key: u64,
    pub(crate) fundamental: Fundamental,
    pub(crate) scale: Scale,
    pub(crate) crashes_per_day: f64,
}

impl Blueprint {
    /// Of all instruments of a valid configuration.
    pub(crate) fn all(market: &MarketConfig) -> impl Iterator<Item = Self> {
        (0..).map(InstrumentId).zip(&market.instruments).map(|(id, config)| Self::new(market, id, config))
    }

    fn new(market: &MarketConfig, id: InstrumentId, config: &InstrumentConfig) -> Self {
        let fundamental = Fundamental::new(market.seed, config);
        Self {
            id,
            key: mix(mix(market.seed, 1), fnv1a(config.symbol.as_bytes())),
            scale: Scale::new(market, config, &fundamental),
            fundamental,
            crashes_per_day: config.crashes_per_day,
        }
    }
}
