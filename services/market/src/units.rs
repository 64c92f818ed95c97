//! Integer units: prices in ticks, quantities in lots, time in microseconds. Overflow is an error, never a wrap.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A price in ticks of its instrument.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Price(pub i64);

/// A quantity in lots of its instrument.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Qty(pub u64);

/// A sum of price x quantity, in ticks x lots.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Notional(pub i128);

/// A moment: microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Ts(pub u64);

/// Arithmetic on prices or quantities left the range of the integer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what} overflows 64 bits")]
pub struct OverflowError {
    /// Which sum it was.
    pub what: &'static str,
}

impl Qty {
    /// No lots.
    pub const ZERO: Self = Self(0);

    /// The sum.
    ///
    /// # Errors
    /// When it does not fit 64 bits.
    pub fn checked_add(self, other: Self) -> Result<Self, OverflowError> {
        self.0.checked_add(other.0).map(Self).ok_or(OverflowError { what: "a sum of quantities" })
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }
}

impl Notional {
    /// `price` x `qty`; 127 bits hold every product of the two, and 2^63 of the largest sums that occur.
    #[must_use]
    pub fn of(price: Price, qty: Qty) -> Self {
        Self(i128::from(price.0) * i128::from(qty.0))
    }
}

impl Ts {
    /// Microseconds in a second.
    pub const SECOND: u64 = 1_000_000;

    /// This moment and `micros` microseconds, or the end of time.
    #[must_use]
    pub const fn plus(self, micros: u64) -> Self {
        Self(self.0.saturating_add(micros))
    }

    /// Microseconds from `earlier` to here, 0 if it is later.
    #[must_use]
    pub const fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// Buying or selling; of a trade, what its taker did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// A bid, or a buying taker.
    Buy,
    /// An ask, or a selling taker.
    Sell,
}

impl Side {
    /// The other one.
    #[must_use]
    pub const fn opposite(self) -> Self {
        match self {
            Self::Buy => Self::Sell,
            Self::Sell => Self::Buy,
        }
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Buy => "buy",
            Self::Sell => "sell",
        })
    }
}
