//! The exact candles of a past block: it is run once more, and its trades are counted.

use crate::simulation::{Blueprint, Lane};
use crate::traders::Tables;
use crate::{Block, Body, Candle, Event, InstrumentId, Interval, InvalidConfig, MarketConfig, Trade, Ts};

/// Minutes of a block.
const MINUTES: usize = (Block::MICROS / Interval::M1.micros()) as usize;

/// The candles of one instrument in one block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InstrumentCandles {
    /// Its 1-minute candles.
    pub minutes: [Candle; MINUTES],
    /// Its 5-minute candle: those of its minutes merged.
    pub block: Candle,
}

/// The candles of all instruments in one block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockCandles {
    /// Which block.
    pub block: Block,
    /// By [`InstrumentId`].
    pub instruments: Vec<InstrumentCandles>,
}

impl InstrumentCandles {
    /// Of the five minutes of a block.
    #[must_use]
    pub fn of(minutes: [Candle; MINUTES]) -> Self {
        let mut block = minutes[0];
        minutes[1..].iter().for_each(|minute| block.merge(minute));
        Self { minutes, block }
    }
}

/// Runs a block and returns its candles: what a market that was up then has seen. Costs about as much as the live
/// market does in 5 minutes: a background job that must not block for so long takes the instruments one by one
/// ([`instrument_candles`]).
///
/// # Errors
/// All mistakes in the configuration.
pub fn block_candles(config: &MarketConfig, block: Block) -> Result<BlockCandles, InvalidConfig> {
    let tables = Tables::new();
    let instruments =
        Blueprint::all(config.checked()?).map(|blueprint| run(blueprint, block, &tables)).collect();
    Ok(BlockCandles { block, instruments })
}

/// Runs one instrument through a block and returns its candles, `None` if there is no such instrument.
///
/// # Errors
/// All mistakes in the configuration.
pub fn instrument_candles(
    config: &MarketConfig,
    instrument: InstrumentId,
    block: Block,
) -> Result<Option<InstrumentCandles>, InvalidConfig> {
    let blueprint = Blueprint::all(config.checked()?).nth(instrument.index());
    Ok(blueprint.map(|blueprint| run(blueprint, block, &Tables::new())))
}

fn run(blueprint: Blueprint, block: Block, tables: &Tables) -> InstrumentCandles {
    let mut lane = Lane::open(blueprint, block, tables);
    let mut events: Vec<Event> = Vec::new();
    let mut minutes: Vec<Candle> = Vec::with_capacity(MINUTES);
    while lane.next_ts() < block.end() {
        events.clear();
        lane.run(tables, &mut events);
        for event in &events {
            if let Body::Trade(trade) = &event.body {
                count(&mut minutes, block, event.ts, trade);
            }
        }
    }
    let last = minutes.last().map_or(crate::Price(0), |candle| candle.close);
    InstrumentCandles::of(std::array::from_fn(|n| {
        minutes.get(n).copied().unwrap_or_else(|| Candle::flat(minute_start(block, n), last))
    }))
}

/// Adds a trade to the last of the minutes so far, which start with the opening print, and go on without gaps.
fn count(minutes: &mut Vec<Candle>, block: Block, ts: Ts, trade: &Trade) {
    let minute = (ts.since(block.start()) / Interval::M1.micros()) as usize;
    while minutes.len() <= minute {
        let price = minutes.last().map_or(trade.price, |candle| candle.close);
        minutes.push(Candle::flat(minute_start(block, minutes.len()), price));
    }
    minutes[minute].add(trade);
}

fn minute_start(block: Block, n: usize) -> Ts {
    block.start().plus(n as u64 * Interval::M1.micros())
}
