//! What can be wrong with a market's configuration: the key, and what was expected of it.

use super::{EVENTS_PER_SECOND_MAX, INSTRUMENTS_MAX, InstrumentConfig, MarketConfig};
use crate::InstrumentError;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ConfigMistake {
    /// A number is out of its range, or not a number.
    #[error("{key} is {value}, expected a number {expected}")]
    Range {
        /// The key, such as `instruments[3].activity`.
        key: String,
        /// What was given.
        value: f64,
        /// The range in words.
        expected: &'static str,
    },
    /// There are no instruments, or too many.
    #[error("instruments has {count} entries, expected 1 to {INSTRUMENTS_MAX}")]
    Count {
        /// How many there are.
        count: usize,
    },
    /// Two instruments have one name.
    #[error("instruments[{index}].symbol is `{symbol}` again, expected a name used once")]
    Duplicate {
        /// The second of them.
        index: usize,
        /// The name.
        symbol: String,
    },
    /// A name, tick, lot or price is not usable.
    #[error("instruments[{index}]: {mistake}")]
    Instrument {
        /// Which one.
        index: usize,
        /// What is wrong.
        mistake: InstrumentError,
    },
}

/// A configuration with mistakes, all of them.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("the market's configuration has {} mistakes: {}", .0.len(), list(.0))]
pub struct InvalidConfig(pub Vec<ConfigMistake>);

fn list(mistakes: &[ConfigMistake]) -> String {
    mistakes.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// The least ticks in a price: below that a spread of one tick is more than a percent.
const PRICE_TICKS_MIN: f64 = 100.0;

/// The most ticks in a price: far inside what a float holds exactly and what a book takes.
const PRICE_TICKS_MAX: f64 = 1e12;

pub(super) fn of(config: &MarketConfig) -> Vec<ConfigMistake> {
    let mut found = Vec::new();
    let rate = config.events_per_second;
    let rate_ok = rate > 0.0 && rate <= EVENTS_PER_SECOND_MAX;
    range(&mut found, rate_ok, || "events_per_second".into(), rate, "above 0, at most 100000");
    let count = config.instruments.len();
    if count == 0 || count > INSTRUMENTS_MAX {
        found.push(ConfigMistake::Count { count });
    }
    let mut symbols: Vec<_> =
        config.instruments.iter().enumerate().map(|(index, i)| (&i.symbol, index)).collect();
    symbols.sort_unstable();
    for pair in symbols.windows(2).filter(|pair| pair[0].0 == pair[1].0) {
        found.push(ConfigMistake::Duplicate { index: pair[1].1, symbol: pair[1].0.clone() });
    }
    for (index, instrument) in config.instruments.iter().take(INSTRUMENTS_MAX).enumerate() {
        units(&mut found, index, instrument);
        numbers(&mut found, index, instrument);
    }
    found
}

fn range(
    found: &mut Vec<ConfigMistake>,
    ok: bool,
    key: impl FnOnce() -> String,
    value: f64,
    expected: &'static str,
) {
    if !ok {
        found.push(ConfigMistake::Range { key: key(), value, expected });
    }
}

fn units(found: &mut Vec<ConfigMistake>, index: usize, config: &InstrumentConfig) {
    let instrument = config.instrument();
    if let Err(mistake) = instrument.validate() {
        found.push(ConfigMistake::Instrument { index, mistake });
        return;
    }
    match instrument.parse_price(config.price) {
        Err(mistake) => found.push(ConfigMistake::Instrument { index, mistake }),
        Ok(price) => {
            let ok = (PRICE_TICKS_MIN..=PRICE_TICKS_MAX).contains(&(price.0 as f64));
            let key = || format!("instruments[{index}].price");
            range(found, ok, key, config.price.to_f64(), "of 100 to 10^12 ticks");
        }
    }
}

fn numbers(found: &mut Vec<ConfigMistake>, index: usize, config: &InstrumentConfig) {
    let checks = [
        ("daily_volatility", config.daily_volatility, 1e-6, 0.25, "from 0.000001 to 0.25"),
        ("activity", config.activity, 1e-6, 1e6, "from 0.000001 to 1000000"),
        ("correlation", config.correlation, 0.0, 1.0, "from 0 to 1"),
        ("order_value", config.order_value, 1e-9, 1e12, "from 10^-9 to 10^12"),
        ("crashes_per_day", config.crashes_per_day, 0.0, 288.0, "from 0 to 288, one a block"),
    ];
    for (name, value, min, max, expected) in checks {
        range(
            found,
            (min..=max).contains(&value),
            || format!("instruments[{index}].{name}"),
            value,
            expected,
        );
    }
}
