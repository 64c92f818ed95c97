//! Decimals of a recording as integers, before its tick and lot sizes are known.

use market::{Decimal, Price, Qty};

use super::Damage;

/// Binance writes all prices and quantities with 8 digits after the point.
const SCALE: u8 = 8;

/// The coarsest power of ten (at most 1) that all numbers so far are multiples of. A recording does not say what its
/// tick and lot sizes are: they are this, taken over all its prices and quantities.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Precision {
    places: u8,
}

impl Precision {
    /// A tick or lot in units of 10^-8.
    pub(super) const fn step(self) -> u64 {
        10_u64.pow((SCALE - self.places) as u32)
    }

    /// The tick or lot.
    pub(super) const fn size(self) -> Decimal {
        Decimal::new(1, self.places)
    }

    /// A price in units of 10^-8.
    pub(super) fn price(&mut self, what: &'static str, value: Decimal) -> Result<Price, Damage> {
        let units = units(value).filter(|units| *units > 0);
        let units = units.ok_or_else(|| number(what, value, "above 0"))?;
        self.note(units.unsigned_abs());
        Ok(Price(units))
    }

    /// A quantity in units of 10^-8.
    pub(super) fn qty(&mut self, what: &'static str, value: Decimal) -> Result<Qty, Damage> {
        let units = units(value).and_then(|units| u64::try_from(units).ok());
        let units = units.ok_or_else(|| number(what, value, "of 0 or more"))?;
        self.note(units);
        Ok(Qty(units))
    }

    fn note(&mut self, units: u64) {
        while !units.is_multiple_of(self.step()) {
            self.places += 1;
        }
    }
}

fn units(value: Decimal) -> Option<i64> {
    value.rescale(SCALE).and_then(|scaled| i64::try_from(scaled.mantissa).ok())
}

fn number(what: &'static str, value: Decimal, expected: &'static str) -> Damage {
    Damage::Number { what, found: value.to_string(), expected }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(quantities: &[&str], size: &str) {
        let mut precision = Precision::default();
        for quantity in quantities {
            precision.qty("a quantity", quantity.parse().unwrap()).unwrap();
        }
        assert_eq!(precision.size().to_string(), size, "{quantities:?}");
    }

    #[test]
    fn the_step_is_the_finest_digit_in_use() {
        check(&[], "1");
        check(&["0.00000000", "300.00000000"], "1");
        check(&["61837.50000000", "61837.63000000", "1.00000000"], "0.01");
        check(&["0.00000001"], "0.00000001");
        check(&["0.0010000000"], "0.001");
    }

    #[test]
    fn what_no_market_has_is_refused() {
        let mut precision = Precision::default();
        for text in ["0.00000000", "-1.5", "0.000000001", "99999999999999"] {
            let error = precision.price("the price", text.parse().unwrap()).unwrap_err().to_string();
            assert!(error.contains(&format!("the price is {text}; expected a decimal above 0")), "{error}");
        }
        assert!(precision.qty("the quantity", "-0.1".parse().unwrap()).is_err());
    }
}
