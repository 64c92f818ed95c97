//! Evenly spaced synthetic updates: a load that is known exactly, for benchmarks.

use market::{
    Bbo, Body, BookDelta, Decimal, Event, Instrument, InstrumentId, InstrumentKind, Level, LevelChange,
    Price, Qty, Seq, Side, TICK_MICROS, Trade, Ts,
};
use serde::Deserialize;

use crate::epoch::epoch;
use crate::{MarketClock, Progress, Source, SourceError, SourceKind, SourceLabel};

/// The most symbols of a metronome: their names have three digits.
pub const METRONOME_SYMBOLS_MAX: usize = 1_000;

/// The most updates per second: one a microsecond.
pub const METRONOME_UPDATES_PER_SECOND_MAX: u32 = 1_000_000;

/// Updates of a symbol until its prices repeat: up and down again. The first of each cycle tells the whole book.
const CYCLE: u64 = 32;

/// Price levels on each side of the book.
const LEVELS: i64 = 10;

/// Part of the epoch: to be raised when the same configuration gives other events.
const METRONOME_VERSION: u8 = 1;

/// How much is told, how often.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MetronomeConfig {
    /// How many symbols: `SYM000-USD` and so on.
    pub symbols: usize,
    /// Updates in a second, of all symbols together, in turn.
    pub updates_per_second: u32,
    /// Whether updates change the book as well, by a few levels each.
    #[serde(default)]
    pub book: bool,
}

/// A metronome can't be made like this.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("metronome: {key} is {found}, expected 1 to {max}")]
pub struct MetronomeError {
    /// The key of the configuration.
    pub key: &'static str,
    /// What it is.
    pub found: u64,
    /// What it may be at most.
    pub max: u64,
}

/// Evenly spaced updates: number `k` since 1970 lies at `k / updates_per_second` seconds, rounded down to a
/// microsecond, and is of symbol `k mod symbols`. One update is one step: a [`Body::Trade`], with
/// [`MetronomeConfig::book`] a [`Body::Book`], and a [`Body::Bbo`]: exactly one change of the symbol's ticker.
///
/// All of it, `seq` included, is a function of market time, so all replicas agree. Prices go up and down by one tick
/// from update to update.
#[derive(Clone, Debug)]
pub struct Metronome {
    config: MetronomeConfig,
    instruments: Vec<Instrument>,
    epoch: String,
    start_ts: Ts,
    /// The number of the next update.
    update: u64,
    /// The next tick.
    tick: Ts,
}

impl Metronome {
    /// A metronome whose start lies one to two cycles of 32 updates of each symbol before `wall`, the server's clock.
    ///
    /// # Errors
    /// When a number of the configuration is out of its range.
    pub fn new(config: MetronomeConfig, wall: Ts) -> Result<Self, MetronomeError> {
        check("symbols", config.symbols as u64, METRONOME_SYMBOLS_MAX as u64)?;
        check(
            "updates_per_second",
            config.updates_per_second.into(),
            METRONOME_UPDATES_PER_SECOND_MAX.into(),
        )?;
        let instruments = (0..config.symbols).map(instrument).collect();
        let how = [u64::from(METRONOME_VERSION), config.symbols as u64, config.updates_per_second.into()];
        let how: Vec<u8> =
            how.into_iter().flat_map(u64::to_le_bytes).chain([u8::from(config.book)]).collect();
        let cycle = CYCLE * config.symbols as u64;
        let update = (config.updates_before(wall) / cycle).saturating_sub(1) * cycle;
        let start_ts = config.update_ts(update);
        let tick = Ts(start_ts.0.div_ceil(TICK_MICROS) * TICK_MICROS);
        Ok(Self {
            epoch: epoch(crc32fast::hash(b"metronome"), &how),
            config,
            instruments,
            start_ts,
            update,
            tick,
        })
    }

    fn tell_ticks(&mut self, out: &mut Vec<Event>) {
        let (updates, ticks) = (self.config.updates_before(self.tick), self.tick.0 / TICK_MICROS);
        for at in 0..self.config.symbols {
            let seq = Seq(self.config.rounds(updates, at) * self.config.events_per_update() + ticks + 1);
            out.push(Event { instrument: id(at), seq, ts: self.tick, step_end: true, body: Body::Tick });
        }
        self.tick = self.tick.plus(TICK_MICROS);
    }

    fn tell_update(&mut self, ts: Ts, out: &mut Vec<Event>) {
        let symbols = self.config.symbols as u64;
        let round = self.update / symbols;
        let at = usize::try_from(self.update % symbols).unwrap_or_default();
        // Before it come all earlier rounds and the ticks up to now, the one at 0 included.
        let mut seq = round * self.config.events_per_update() + ts.0 / TICK_MICROS + 1;
        let mut tell = |body: Body| {
            seq += 1;
            let step_end = matches!(body, Body::Bbo(_));
            out.push(Event { instrument: id(at), seq: Seq(seq), ts, step_end, body });
        };
        let middle = middle(round, at);
        let taker = if round.is_multiple_of(2) { Side::Buy } else { Side::Sell };
        let price = best(middle, taker.opposite());
        tell(Body::Trade(Trade { price, qty: Qty(1 + round % 9), taker }));
        if self.config.book {
            tell(Body::Book(delta(round, at)));
        }
        let level = |side| Some(Level { price: best(middle, side), qty: resting(best(middle, side)) });
        tell(Body::Bbo(Bbo { bid: level(Side::Buy), ask: level(Side::Sell) }));
        self.update += 1;
    }
}

impl MetronomeConfig {
    /// When update `number` happens.
    fn update_ts(&self, number: u64) -> Ts {
        let ts = u128::from(number) * u128::from(Ts::SECOND) / u128::from(self.updates_per_second);
        Ts(u64::try_from(ts).unwrap_or(u64::MAX))
    }

    /// How many updates lie before `ts`.
    fn updates_before(&self, ts: Ts) -> u64 {
        let updates =
            (u128::from(ts.0) * u128::from(self.updates_per_second)).div_ceil(u128::from(Ts::SECOND));
        u64::try_from(updates).unwrap_or(u64::MAX)
    }

    /// How many of the first `updates` are of the symbol.
    const fn rounds(&self, updates: u64, symbol: usize) -> u64 {
        let symbols = self.symbols as u64;
        updates / symbols + ((symbol as u64) < updates % symbols) as u64
    }

    const fn events_per_update(&self) -> u64 {
        2 + self.book as u64
    }
}

impl Source for Metronome {
    fn instruments(&self) -> &[Instrument] {
        &self.instruments
    }

    fn epoch(&self) -> &str {
        &self.epoch
    }

    fn label(&self) -> SourceLabel {
        let MetronomeConfig { symbols, updates_per_second, book } = self.config;
        let what = if book { "updates/s with book changes" } else { "updates/s" };
        let text = format!("metronome, {updates_per_second} {what} over {symbols} symbols");
        SourceLabel { kind: SourceKind::Metronome, text }
    }

    fn clock(&self) -> MarketClock {
        MarketClock::REAL_TIME
    }

    fn start_ts(&self) -> Ts {
        self.start_ts
    }

    fn advance(&mut self, until: Ts, out: &mut Vec<Event>) -> Result<Progress, SourceError> {
        loop {
            let ts = self.config.update_ts(self.update);
            if self.tick.min(ts) >= until {
                return Ok(Progress::Running);
            }
            if self.tick <= ts { self.tell_ticks(out) } else { self.tell_update(ts, out) }
        }
    }

    fn next_ts(&self) -> Option<Ts> {
        Some(self.tick.min(self.config.update_ts(self.update)))
    }
}

const fn check(key: &'static str, found: u64, max: u64) -> Result<(), MetronomeError> {
    if found >= 1 && found <= max { Ok(()) } else { Err(MetronomeError { key, found, max }) }
}

fn instrument(at: usize) -> Instrument {
    Instrument {
        symbol: format!("SYM{at:03}-USD"),
        kind: InstrumentKind::Equity,
        tick_size: Decimal::new(1, 2),
        lot_size: Decimal::new(1, 3),
    }
}

/// There are at most [`METRONOME_SYMBOLS_MAX`].
fn id(at: usize) -> InstrumentId {
    InstrumentId(u16::try_from(at).unwrap_or(u16::MAX))
}

/// The price, in ticks, that no order stands at: up by one a round for half a cycle, then down again.
fn middle(round: u64, at: usize) -> i64 {
    let place = (round % CYCLE).cast_signed();
    let half = CYCLE.cast_signed() / 2;
    10_000 + 1_000 * (at as u64).cast_signed() + half - (place - half).abs()
}

fn best(middle: i64, side: Side) -> Price {
    match side {
        Side::Buy => Price(middle - 1),
        Side::Sell => Price(middle + 1),
    }
}

/// What rests at a price, in lots.
const fn resting(price: Price) -> Qty {
    Qty(100 + price.0.unsigned_abs() * 37 % 900)
}

/// What round `round` changes in the book; the first of a cycle says it all, so that a consumer may start there.
fn delta(round: u64, at: usize) -> BookDelta {
    let to = middle(round, at);
    let from = middle(round.wrapping_sub(1) % CYCLE, at);
    let whole = round.is_multiple_of(CYCLE);
    let mut delta = BookDelta::default();
    for side in [Side::Buy, Side::Sell] {
        for price in to.min(from) - LEVELS..=to.max(from) + LEVELS {
            let (before, after) = (is_level(from, side, price), is_level(to, side, price));
            if before != after || (whole && after) {
                let qty = if after { resting(Price(price)) } else { Qty::ZERO };
                delta.levels.push(LevelChange { side, price: Price(price), qty });
            }
        }
    }
    delta
}

const fn is_level(middle: i64, side: Side, price: i64) -> bool {
    let distance = match side {
        Side::Buy => middle - price,
        Side::Sell => price - middle,
    };
    1 <= distance && distance <= LEVELS
}

#[cfg(test)]
mod tests {
    use super::*;
    use market::Book;
    use proptest::prelude::*;
    use std::collections::HashMap;

    const NOW: Ts = Ts(1_780_000_000 * Ts::SECOND + 123_457);

    fn config(symbols: usize, updates_per_second: u32, book: bool) -> MetronomeConfig {
        MetronomeConfig { symbols, updates_per_second, book }
    }

    fn play(config: &MetronomeConfig, now: Ts, until: Ts) -> Vec<Event> {
        let mut metronome = Metronome::new(config.clone(), now).unwrap();
        let mut events = Vec::new();
        assert_eq!(metronome.advance(until, &mut events), Ok(Progress::Running));
        events
    }

    #[test]
    fn updates_come_at_their_rate_one_a_step() {
        let config = config(7, 1_000, false);
        let events: Vec<_> =
            play(&config, NOW, NOW.plus(Ts::SECOND)).into_iter().filter(|e| e.ts >= NOW).collect();
        let trades = events.iter().filter(|event| matches!(event.body, Body::Trade(_))).count();
        let steps = events.iter().filter(|event| event.step_end && event.body != Body::Tick).count();
        let ticks = events.iter().filter(|event| event.body == Body::Tick).count();
        assert_eq!((trades, steps, ticks), (1_000, 1_000, 4 * 7));
    }

    #[test]
    fn numbers_follow_each_other() {
        for config in
            [config(3, 10, false), config(7, 1_000, true), config(1, 1, true), config(10, 333, true)]
        {
            let mut last: HashMap<InstrumentId, u64> = HashMap::new();
            let mut before = Ts(0);
            for event in play(&config, NOW, NOW.plus(3 * Ts::SECOND)) {
                assert!(before <= event.ts);
                before = event.ts;
                if let Some(seq) = last.insert(event.instrument, event.seq.0) {
                    assert_eq!(event.seq.0, seq + 1, "{config:?} {event:?}");
                }
            }
            assert_eq!(last.len(), config.symbols);
        }
    }

    #[test]
    fn the_book_is_that_of_the_best_prices() {
        let (mut books, mut updates) = (vec![Book::default(); 3], 0);
        for event in play(&config(3, 100, true), NOW, NOW.plus(5 * Ts::SECOND)) {
            let book = &mut books[event.instrument.index()];
            match event.body {
                Body::Book(delta) => book.apply(&delta),
                Body::Bbo(bbo) => {
                    updates += 1;
                    assert_eq!(book.bbo(), bbo);
                    assert!(!book.is_crossed());
                    assert_eq!((book.side(Side::Buy).len(), book.side(Side::Sell).len()), (10, 10));
                }
                _ => {}
            }
        }
        assert!(updates > 500);
    }

    #[test]
    fn impossible_numbers_are_named() {
        let error = |config| Metronome::new(config, NOW).unwrap_err().to_string();
        assert_eq!(error(config(0, 1, false)), "metronome: symbols is 0, expected 1 to 1000");
        assert_eq!(error(config(1, 0, false)), "metronome: updates_per_second is 0, expected 1 to 1000000");
        assert_eq!(error(config(1_001, 1, false)), "metronome: symbols is 1001, expected 1 to 1000");
    }

    #[test]
    fn epochs_differ_with_what_is_told() {
        let epoch = |config| Metronome::new(config, NOW).unwrap().epoch().to_owned();
        let first = epoch(config(2, 3, false));
        assert!(first.len() == 16 && first.bytes().all(|byte| byte.is_ascii_hexdigit()));
        for other in [config(3, 3, false), config(2, 4, false), config(2, 3, true)] {
            assert_ne!(epoch(other), first);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn replicas_agree_and_slices_change_nothing(
            symbols in 1_usize..20,
            rate in 1_u32..2_000,
            book: bool,
            later in 0_u64..20 * Ts::SECOND,
            slice in 1_u64..Ts::SECOND,
        ) {
            let config = config(symbols, rate, book);
            let until = NOW.plus(later + 1_000);
            let veteran = play(&config, NOW, until);
            let mut newcomer = Metronome::new(config, NOW.plus(later)).unwrap();
            let mut events = Vec::new();
            let mut at = newcomer.start_ts();
            while at < until {
                at = at.plus(slice).min(until);
                newcomer.advance(at, &mut events).unwrap();
                prop_assert!(newcomer.next_ts().unwrap() >= at);
            }
            prop_assert!(events.iter().all(|event| event.ts >= newcomer.start_ts()));
            let both = veteran.iter().filter(|event| event.ts >= newcomer.start_ts()).collect::<Vec<_>>();
            let skip = events.len() - both.len().min(events.len());
            prop_assert!(skip == 0 || newcomer.start_ts() < veteran[0].ts);
            prop_assert!(events[skip..].iter().eq(both));
        }
    }
}
