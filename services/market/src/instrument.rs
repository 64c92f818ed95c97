//! What is traded, and how its integers become decimals.

use serde::{Deserialize, Serialize};

use crate::{Decimal, Notional, Price, Qty};

/// The place of an instrument in the list of its market.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct InstrumentId(pub u16);

impl InstrumentId {
    /// The place as an index.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// The kind of thing traded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum InstrumentKind {
    /// A pair of crypto currencies, such as BTC-USDT.
    Crypto,
    /// A share, such as AAPL-USD.
    Equity,
}

/// The longest symbol, in characters.
pub const SYMBOL_CHARS_MAX: usize = 32;

/// An instrument: its name and its units.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instrument {
    /// The name on the wire: `BTC-USDT`.
    pub symbol: String,
    /// The kind of thing traded.
    pub kind: InstrumentKind,
    /// The smallest step of a price.
    pub tick_size: Decimal,
    /// The smallest step of a quantity.
    pub lot_size: Decimal,
}

/// Why an instrument or a number of it is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InstrumentError {
    /// The name does not fit the wire.
    #[error(
        "symbol `{symbol}`: expected 1 to {SYMBOL_CHARS_MAX} characters out of A-Z, 0-9, `-`, `.` and `_`"
    )]
    Symbol {
        /// The name given.
        symbol: String,
    },
    /// A tick or lot is not above zero, or too fine.
    #[error("{symbol}: {what} is {value}, expected a decimal above 0 with at most 9 digits after the point")]
    Step {
        /// The instrument.
        symbol: String,
        /// `tick_size` or `lot_size`.
        what: &'static str,
        /// What was given.
        value: Decimal,
    },
    /// A number is not a whole multiple of the tick or lot, or out of range.
    #[error("{symbol}: {value} is not a whole multiple of the {what} {step} that fits 64 bits")]
    Multiple {
        /// The instrument.
        symbol: String,
        /// `tick_size` or `lot_size`.
        what: &'static str,
        /// The tick or lot.
        step: Decimal,
        /// What was given.
        value: Decimal,
    },
}

/// The most digits after the point of a tick or lot: the product of two still fits a [`Decimal`].
const STEP_SCALE_MAX: u8 = 9;

impl Instrument {
    /// Checks the name and the steps.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn validate(&self) -> Result<(), InstrumentError> {
        let allowed = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || matches!(c, '-' | '.' | '_');
        if self.symbol.is_empty() || self.symbol.len() > SYMBOL_CHARS_MAX || !self.symbol.chars().all(allowed)
        {
            return Err(InstrumentError::Symbol { symbol: self.symbol.clone() });
        }
        for (what, value) in [("tick_size", self.tick_size), ("lot_size", self.lot_size)] {
            if value.mantissa <= 0 || value.scale > STEP_SCALE_MAX {
                return Err(InstrumentError::Step { symbol: self.symbol.clone(), what, value });
            }
        }
        Ok(())
    }

    /// A price as the wire shows it.
    #[must_use]
    pub fn price_decimal(&self, price: Price) -> Decimal {
        Decimal::new(i128::from(price.0) * self.tick_size.mantissa, self.tick_size.scale)
    }

    /// A quantity as the wire shows it.
    #[must_use]
    pub fn qty_decimal(&self, qty: Qty) -> Decimal {
        Decimal::new(i128::from(qty.0) * self.lot_size.mantissa, self.lot_size.scale)
    }

    /// A sum of price x quantity as the wire shows it: all its digits.
    #[must_use]
    pub fn notional_decimal(&self, notional: Notional) -> Decimal {
        let step = self.tick_size.mantissa.saturating_mul(self.lot_size.mantissa);
        Decimal::new(notional.0.saturating_mul(step), self.tick_size.scale + self.lot_size.scale)
    }

    /// The ticks of a decimal price; any number of trailing zeros is fine.
    ///
    /// # Errors
    /// When it is not a whole number of ticks.
    pub fn parse_price(&self, value: Decimal) -> Result<Price, InstrumentError> {
        steps(value, self.tick_size)
            .and_then(|ticks| i64::try_from(ticks).ok())
            .map(Price)
            .ok_or_else(|| self.multiple("tick_size", self.tick_size, value))
    }

    /// The lots of a decimal quantity; any number of trailing zeros is fine.
    ///
    /// # Errors
    /// When it is negative or not a whole number of lots.
    pub fn parse_qty(&self, value: Decimal) -> Result<Qty, InstrumentError> {
        steps(value, self.lot_size)
            .and_then(|lots| u64::try_from(lots).ok())
            .map(Qty)
            .ok_or_else(|| self.multiple("lot_size", self.lot_size, value))
    }

    fn multiple(&self, what: &'static str, step: Decimal, value: Decimal) -> InstrumentError {
        InstrumentError::Multiple { symbol: self.symbol.clone(), what, step, value }
    }
}

fn steps(value: Decimal, step: Decimal) -> Option<i128> {
    let mantissa = value.rescale(step.scale)?.mantissa;
    (mantissa % step.mantissa == 0).then(|| mantissa / step.mantissa)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instrument(tick: &str, lot: &str) -> Instrument {
        Instrument {
            symbol: "BTC-USDT".into(),
            kind: InstrumentKind::Crypto,
            tick_size: tick.parse().unwrap(),
            lot_size: lot.parse().unwrap(),
        }
    }

    #[test]
    fn decimals_and_ticks_agree() {
        let quarter = instrument("0.25", "0.001");
        assert_eq!(quarter.price_decimal(Price(5)).to_string(), "1.25");
        assert_eq!(quarter.parse_price("1.2500".parse().unwrap()), Ok(Price(5)));
        assert_eq!(quarter.parse_qty("2".parse().unwrap()), Ok(Qty(2000)));
        assert_eq!(quarter.notional_decimal(Notional::of(Price(5), Qty(2000))).to_string(), "2.50000");
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let cent = instrument("0.01", "1");
        let error = cent.parse_price("1.005".parse().unwrap()).unwrap_err().to_string();
        assert_eq!(error, "BTC-USDT: 1.005 is not a whole multiple of the tick_size 0.01 that fits 64 bits");
        assert!(cent.parse_qty("-1".parse().unwrap()).is_err());
        assert!(instrument("0", "1").validate().is_err());
        assert!(Instrument { symbol: "btc usdt".into(), ..cent }.validate().is_err());
    }
}
