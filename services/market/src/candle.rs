//! Candles: open, high, low, close and volume of an interval. Server, history and browser share this code.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::{Notional, Price, Qty, Trade, Ts};

/// The length of a candle. Candles are aligned to 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Interval {
    /// 1 second.
    S1,
    /// 1 minute.
    M1,
    /// 5 minutes: one block of the simulated market.
    M5,
    /// 15 minutes.
    M15,
    /// 1 hour.
    H1,
    /// 4 hours.
    H4,
    /// 1 day, from midnight UTC.
    D1,
}

/// A text is not the name of an [`Interval`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown interval `{text}`: expected one of 1s, 1m, 5m, 15m, 1h, 4h, 1d")]
pub struct ParseIntervalError {
    text: String,
}

impl Interval {
    /// All of them, shortest first.
    pub const ALL: [Self; 7] = [Self::S1, Self::M1, Self::M5, Self::M15, Self::H1, Self::H4, Self::D1];

    /// Its length in microseconds.
    #[must_use]
    pub const fn micros(self) -> u64 {
        Ts::SECOND
            * match self {
                Self::S1 => 1,
                Self::M1 => 60,
                Self::M5 => 300,
                Self::M15 => 900,
                Self::H1 => 3_600,
                Self::H4 => 14_400,
                Self::D1 => 86_400,
            }
    }

    /// The start of the candle that holds `ts`.
    #[must_use]
    pub const fn floor(self, ts: Ts) -> Ts {
        Ts(ts.0 - ts.0 % self.micros())
    }

    /// Its name on the wire: `1m`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::S1 => "1s",
            Self::M1 => "1m",
            Self::M5 => "5m",
            Self::M15 => "15m",
            Self::H1 => "1h",
            Self::H4 => "4h",
            Self::D1 => "1d",
        }
    }

    /// Its place in [`Interval::ALL`].
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Interval {
    type Err = ParseIntervalError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|interval| interval.name() == text)
            .ok_or_else(|| ParseIntervalError { text: text.chars().take(16).collect() })
    }
}

impl Serialize for Interval {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Interval {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

/// The trades of an interval in six numbers. An interval without trades has its open, high, low and close at the close
/// of the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candle {
    /// The start of the interval.
    pub open_ts: Ts,
    /// The first price.
    pub open: Price,
    /// The highest price.
    pub high: Price,
    /// The lowest price.
    pub low: Price,
    /// The last price.
    pub close: Price,
    /// The quantity traded.
    pub volume: Qty,
    /// The sum of price x quantity.
    pub quote_volume: Notional,
    /// How many trades.
    pub trades: u32,
    /// Not of trades (yet), but of the model of the market's past.
    pub modelled: bool,
}

impl Candle {
    /// An interval in which nothing was traded so far.
    #[must_use]
    pub const fn flat(open_ts: Ts, price: Price) -> Self {
        Self {
            open_ts,
            open: price,
            high: price,
            low: price,
            close: price,
            volume: Qty::ZERO,
            quote_volume: Notional(0),
            trades: 0,
            modelled: false,
        }
    }

    /// Takes in a trade of the interval; the first one sets the open. Sums saturate.
    pub fn add(&mut self, trade: &Trade) {
        if self.trades == 0 && !self.modelled {
            (self.open, self.high, self.low) = (trade.price, trade.price, trade.price);
        }
        self.high = self.high.max(trade.price);
        self.low = self.low.min(trade.price);
        self.close = trade.price;
        self.volume = Qty(self.volume.0.saturating_add(trade.qty.0));
        self.quote_volume =
            Notional(self.quote_volume.0.saturating_add(Notional::of(trade.price, trade.qty).0));
        self.trades = self.trades.saturating_add(1);
    }

    /// Takes in the candle that follows within the same longer interval.
    pub fn merge(&mut self, next: &Self) {
        let untraded = |candle: &Self| candle.trades == 0 && !candle.modelled;
        if untraded(next) {
            return;
        }
        if untraded(self) {
            *self = Self { open_ts: self.open_ts, ..*next };
            return;
        }
        self.high = self.high.max(next.high);
        self.low = self.low.min(next.low);
        self.close = next.close;
        self.volume = Qty(self.volume.0.saturating_add(next.volume.0));
        self.quote_volume = Notional(self.quote_volume.0.saturating_add(next.quote_volume.0));
        self.trades = self.trades.saturating_add(next.trades);
        self.modelled |= next.modelled;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Side;

    fn trade(price: i64, qty: u64) -> Trade {
        Trade { price: Price(price), qty: Qty(qty), taker: Side::Buy }
    }

    #[test]
    fn a_candle_is_its_trades() {
        let mut candle = Candle::flat(Ts(0), Price(50));
        for (price, qty) in [(100, 1), (103, 2), (98, 3), (101, 4)] {
            candle.add(&trade(price, qty));
        }
        let expected = (Price(100), Price(103), Price(98), Price(101), Qty(10), 4);
        assert_eq!(
            (candle.open, candle.high, candle.low, candle.close, candle.volume, candle.trades),
            expected
        );
        assert_eq!(candle.quote_volume, Notional(100 + 206 + 294 + 404));
    }

    #[test]
    fn merging_equals_adding_all_trades() {
        let (mut whole, mut first, mut second) =
            (Candle::flat(Ts(0), Price(9)), Candle::flat(Ts(0), Price(9)), Candle::flat(Ts(60), Price(9)));
        for (n, price) in [100, 103, 98, 101].into_iter().enumerate() {
            whole.add(&trade(price, 1));
            if n < 2 { first.add(&trade(price, 1)) } else { second.add(&trade(price, 1)) }
        }
        first.merge(&second);
        assert_eq!(first, whole);
        let before = whole;
        whole.merge(&Candle::flat(Ts(60), Price(7)));
        assert_eq!(whole, before, "an interval without trades changes nothing");
    }

    #[test]
    fn intervals_have_names() {
        for interval in Interval::ALL {
            assert_eq!(interval.name().parse(), Ok(interval));
        }
        assert!("2m".parse::<Interval>().unwrap_err().to_string().contains("1s, 1m, 5m"));
        assert_eq!(Interval::M1.floor(Ts(61_000_001)), Ts(60_000_000));
    }
}
