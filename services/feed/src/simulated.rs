//! The simulated exchange as a source.

use std::sync::Arc;

use market::{
    Block, BlockCandles, CandleSeries, Event, Instrument, InvalidConfig, Market, MarketConfig, Ts,
    block_candles,
};

use crate::{ClockError, FIXED_ANCHOR, MarketClock, Progress, Source, SourceError, SourceKind, SourceLabel};

/// How far back exact candles are recomputed, in days.
pub const BACKFILL_DAYS_MAX: u64 = 30;

const BLOCKS_PER_DAY: u64 = 86_400 * Ts::SECOND / Block::MICROS;

/// The simulated exchange. It starts with the block before the current one, so that there always is something to resume
/// from; in that first block the very first book delta of an instrument is its whole book.
pub struct Simulated {
    config: Arc<MarketConfig>,
    market: Market,
    epoch: String,
    clock: MarketClock,
    start_ts: Ts,
}

/// Why there can be no such simulation.
#[derive(Debug, thiserror::Error)]
pub enum SimulatedError {
    /// Not a market.
    #[error(transparent)]
    Market(#[from] InvalidConfig),
    /// Not a speed.
    #[error(transparent)]
    Clock(#[from] ClockError),
}

impl Simulated {
    /// The market of `config`, `speed` times as fast as the server's clock, which shows `wall`.
    ///
    /// # Errors
    /// All mistakes in the configuration.
    pub fn new(config: MarketConfig, speed: f64, wall: Ts) -> Result<Self, SimulatedError> {
        let clock = MarketClock::new(speed, FIXED_ANCHOR)?;
        let market = Market::start(&config, clock.market(wall))?;
        let (epoch, start_ts) = (config.epoch().to_string(), market.now());
        Ok(Self { config: Arc::new(config), market, epoch, clock, start_ts })
    }

    /// The exact candles of the blocks before [`Source::start_ts`].
    #[must_use]
    pub fn backfill(&self) -> Backfill {
        let end = Block::of(self.start_ts).0;
        Backfill {
            config: Arc::clone(&self.config),
            end,
            first: end.saturating_sub(BACKFILL_DAYS_MAX * BLOCKS_PER_DAY),
        }
    }
}

impl Source for Simulated {
    fn instruments(&self) -> &[Instrument] {
        self.market.instruments()
    }

    fn epoch(&self) -> &str {
        &self.epoch
    }

    fn label(&self) -> SourceLabel {
        let text = format!("simulated exchange, seed {}", self.config.seed);
        SourceLabel { kind: SourceKind::Simulated, text }
    }

    fn clock(&self) -> MarketClock {
        self.clock
    }

    fn start_ts(&self) -> Ts {
        self.start_ts
    }

    fn advance(&mut self, until: Ts, out: &mut Vec<Event>) -> Result<Progress, SourceError> {
        self.market.advance(until, out);
        Ok(Progress::Running)
    }

    fn next_ts(&self) -> Option<Ts> {
        Some(self.market.next_ts())
    }

    fn past(&self) -> Vec<CandleSeries> {
        // The market would not have started with a mistake in its configuration: there always is a past.
        market::past(&self.config, self.start_ts).unwrap_or_default()
    }
}

/// Runs past blocks again, newest first, up to [`BACKFILL_DAYS_MAX`] days back: what their trades were exactly, to put
/// in the place of what [`Source::past`] models. Each step costs about as much as the live market does in 5 minutes;
/// whoever takes them says when.
#[derive(Clone, Debug)]
pub struct Backfill {
    config: Arc<MarketConfig>,
    /// The oldest block.
    first: u64,
    /// The block after the next one to run.
    end: u64,
}

impl Iterator for Backfill {
    type Item = BlockCandles;

    fn next(&mut self) -> Option<BlockCandles> {
        if self.end == self.first {
            return None;
        }
        self.end -= 1;
        // Fails only for a configuration that no market can be started with.
        block_candles(&self.config, Block(self.end)).ok()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = usize::try_from(self.end - self.first).ok();
        (left.unwrap_or(usize::MAX), left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use market::{Body, Interval};

    const NOW: Ts = Ts(1_780_272_000 * Ts::SECOND + 40_000_000);

    const CONFIG: &str = r#"{
        "seed": 42, "events_per_second": 20,
        "instruments": [
            {"symbol": "BTC-USDT", "kind": "crypto", "tick_size": "0.01", "lot_size": "0.00001", "price": "60000"},
            {"symbol": "ACME-USD", "kind": "equity", "tick_size": "0.01", "lot_size": "1", "price": "150"}
        ]
    }"#;

    fn simulated(speed: f64, wall: Ts) -> Simulated {
        Simulated::new(serde_json::from_str(CONFIG).unwrap(), speed, wall).unwrap()
    }

    fn play(source: &mut Simulated, until: Ts) -> Vec<Event> {
        let mut events = Vec::new();
        assert_eq!(source.advance(until, &mut events), Ok(Progress::Running));
        events
    }

    #[test]
    fn it_says_what_it_is() {
        let source = simulated(1.0, NOW);
        assert_eq!(source.label().text, "simulated exchange, seed 42");
        assert_eq!(source.epoch(), source.config.epoch().to_string());
        assert_eq!(source.instruments().len(), 2);
        assert_eq!(source.start_ts(), Block::of(NOW).previous().start());
        assert!(source.next_ts().unwrap() >= source.start_ts());
        assert!(Simulated::new(serde_json::from_str(CONFIG).unwrap(), f64::NAN, NOW).is_err());
    }

    #[test]
    fn speed_changes_the_clock_alone() {
        let mut tenfold = simulated(10.0, NOW);
        let at = tenfold.clock().market(NOW);
        assert_eq!(tenfold.start_ts(), Block::of(at).previous().start());
        let mut real_time = simulated(1.0, at);
        let until = tenfold.start_ts().plus(20 * Ts::SECOND);
        assert_eq!(play(&mut tenfold, until), play(&mut real_time, until));
    }

    #[test]
    fn replicas_agree_on_the_block_that_both_open() {
        let later = Block::of(NOW).end().plus(1);
        let until = Block::of(NOW).start().plus(30 * Ts::SECOND);
        let (mut veteran, mut newcomer) = (simulated(1.0, NOW), simulated(1.0, later));
        let veteran: Vec<_> = play(&mut veteran, until);
        let newcomer = play(&mut newcomer, until);
        let shared: Vec<_> = veteran.iter().filter(|event| event.ts >= newcomer[0].ts).collect();
        assert_eq!(shared.len(), newcomer.len());
        for (old, new) in shared.into_iter().zip(&newcomer) {
            // The newcomer's first delta is the whole book.
            assert!(old == new || matches!((&old.body, &new.body), (Body::Book(_), Body::Book(_))));
            assert_eq!((old.seq, old.ts), (new.seq, new.ts));
        }
    }

    #[test]
    fn the_past_reaches_up_to_the_start() {
        let source = simulated(1.0, NOW);
        let past = source.past();
        assert_eq!(past.len(), 2);
        for series in past {
            let last = series.current(Interval::M1).unwrap();
            assert!(last.modelled && last.open_ts.plus(Interval::M1.micros()) == source.start_ts());
        }
    }

    #[test]
    fn exact_candles_come_newest_first_and_replace_modelled_ones() {
        let source = simulated(1.0, NOW);
        let mut backfill = source.backfill();
        assert_eq!(backfill.size_hint().0, 30 * 288);
        let blocks: Vec<_> = backfill.by_ref().take(2).collect();
        let start = Block::of(source.start_ts());
        assert_eq!([blocks[0].block, blocks[1].block], [start.previous(), start.previous().previous()]);
        let mut series = source.past().swap_remove(0);
        assert!(series.replace(blocks[0].block, &blocks[0].instruments[0]));
        assert!(!series.at(Interval::M5, blocks[0].block.start()).unwrap().modelled);
    }

    #[test]
    fn the_backfill_ends_at_its_limit() {
        let mut backfill = simulated(1.0, NOW).backfill();
        backfill.end = backfill.first + 1;
        assert_eq!(backfill.next().unwrap().block, Block(backfill.first));
        assert_eq!(backfill.next(), None);
    }
}
