//! The simulated exchange: the values are `market`'s own, and it says itself what is wrong with its instruments.

use ::config::{Value, ValueKind};
use ::market::{EVENTS_PER_SECOND_MAX, InstrumentConfig, MarketConfig};
use serde::{Deserialize as _, Serialize as _};

use super::reader::Reader;

/// A file that names instruments replaces the whole list.
const INSTRUMENTS: &str = "market.instruments";

/// `TICKWIRE_MARKET__SEED` (63 bits: TOML has no larger number), `TICKWIRE_MARKET__EVENTS_PER_SECOND`; the instruments only
/// from a file.
pub(super) fn read(reader: &mut Reader<'_>) -> MarketConfig {
    let mut market = MarketConfig {
        seed: reader.integer("market.seed", 0..=i64::MAX.unsigned_abs()),
        events_per_second: reader.float("market.events_per_second", 0.001..=EVENTS_PER_SECOND_MAX),
        instruments: Vec::new(),
    };
    if let Some(instruments) = instruments(reader) {
        market.instruments = instruments;
        for mistake in market.validate() {
            reader.mistake(INSTRUMENTS, mistake.to_string());
        }
    }
    market
}

/// `None` when there are mistakes.
fn instruments(reader: &mut Reader<'_>) -> Option<Vec<InstrumentConfig>> {
    let input = reader.raw(INSTRUMENTS)?;
    let ValueKind::Array(items) = &input.value.kind else {
        reader.mistake(INSTRUMENTS, "expected [[market.instruments]] in a file");
        return None;
    };
    let read: Vec<_> =
        items.iter().enumerate().filter_map(|(at, item)| instrument(reader, at, item)).collect();
    if read.len() < items.len() {
        return None;
    }
    reader.keep(INSTRUMENTS, shown(&read), input.origin);
    Some(read)
}

fn instrument(reader: &mut Reader<'_>, at: usize, item: &Value) -> Option<InstrumentConfig> {
    InstrumentConfig::deserialize(item.clone())
        .map_err(|error| reader.mistake(INSTRUMENTS, format!("instruments[{at}]: {error}")))
        .ok()
}

/// One instrument a line.
fn shown(instruments: &[InstrumentConfig]) -> String {
    let lines = instruments.iter().map(|instrument| {
        let mut line = String::new();
        instrument
            .serialize(toml::ser::ValueSerializer::new(&mut line))
            .expect("an instrument is numbers and texts, which TOML has");
        format!("    {line},\n")
    });
    format!("[\n{}]", lines.collect::<String>())
}
