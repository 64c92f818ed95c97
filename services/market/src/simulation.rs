//! The simulated market: all instruments' events in one order of time.
//!
//! Time is cut into [`Block`]s. What a block opens with is a pure function of configuration and block number; inside it
//! is a deterministic state machine. So a market that was started at any moment makes the same events as one that has
//! run for a year, but for one: its very first book delta is the whole book, as nothing came before it.

mod blueprint;
mod calendar;
mod lane;
mod session;

pub(crate) use blueprint::Blueprint;
use calendar::Calendar;
pub(crate) use lane::Lane;
use session::Session;

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::traders::Tables;
use crate::{Block, Book, Event, Instrument, InstrumentId, InvalidConfig, MarketConfig, Ts};

/// A market in a moment of its time.
#[derive(Clone, Debug)]
pub struct Market {
    instruments: Vec<Instrument>,
    lanes: Vec<Lane>,
    /// The next thing of every lane.
    queue: BinaryHeap<Reverse<(Ts, InstrumentId)>>,
    tables: Tables,
    now: Ts,
}

impl Market {
    /// A market at the start of the block *before* the one that holds `at`: whoever then advances to `at` has the whole
    /// block before as well, and knows the previous number of every stream when the block of `at` opens.
    ///
    /// # Errors
    /// All mistakes in the configuration.
    pub fn start(config: &MarketConfig, at: Ts) -> Result<Self, InvalidConfig> {
        Self::open(config, Block::of(at).previous())
    }

    /// A market at the start of a block, none of whose events is made yet.
    ///
    /// # Errors
    /// All mistakes in the configuration.
    pub fn open(config: &MarketConfig, block: Block) -> Result<Self, InvalidConfig> {
        let config = config.checked()?;
        let tables = Tables::new();
        let lanes: Vec<Lane> =
            Blueprint::all(config).map(|blueprint| Lane::open(blueprint, block, &tables)).collect();
        Ok(Self {
            instruments: config.instruments.iter().map(crate::InstrumentConfig::instrument).collect(),
            queue: (0..)
                .map(InstrumentId)
                .zip(&lanes)
                .map(|(id, lane)| Reverse((lane.next_ts(), id)))
                .collect(),
            lanes,
            tables,
            now: block.start(),
        })
    }

    /// Appends all events before `until`, in the order of time, instrument, number. How the calls are sliced makes no
    /// difference to the events.
    pub fn advance(&mut self, until: Ts, out: &mut Vec<Event>) {
        while let Some(mut next) = self.queue.peek_mut() {
            let Reverse((ts, id)) = *next;
            if ts >= until {
                break;
            }
            let lane = &mut self.lanes[id.index()];
            lane.run(&self.tables, out);
            if lane.should_prepare(ts) {
                lane.prepare(&self.tables);
            }
            *next = Reverse((lane.next_ts(), id));
        }
        self.now = self.now.max(until);
    }

    /// When the next thing happens: no event comes before it.
    #[must_use]
    pub fn next_ts(&self) -> Ts {
        self.queue.peek().map_or(Ts(u64::MAX), |Reverse((ts, _))| *ts)
    }

    /// How far it was advanced: all events before this moment are made.
    #[must_use]
    pub const fn now(&self) -> Ts {
        self.now
    }

    /// What is traded, by [`InstrumentId`].
    #[must_use]
    pub fn instruments(&self) -> &[Instrument] {
        &self.instruments
    }

    /// The price levels of an instrument's book after the last event made, or `None` if there is no such instrument.
    #[must_use]
    pub fn book(&self, instrument: InstrumentId) -> Option<Book> {
        self.lanes.get(instrument.index()).map(Lane::book)
    }
}
