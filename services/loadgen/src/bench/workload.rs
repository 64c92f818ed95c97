//! The workloads, each with its clients and its targets; `infra/bench` has the configuration of each.

use clap::ValueEnum;

use super::Context;
use super::report::Section;
use super::{fanout, idle, slow, storm};
use crate::drive::Paths;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Workload {
    Broadcast,
    Watchlist,
    Hot,
    Flush0,
    Idle,
    Storm,
    Slow,
}

/// Many clients that get events: what an update costs, and how old it is.
pub(super) struct FanOut {
    /// The configuration's name.
    pub(super) config: &'static str,
    pub(super) about: &'static str,
    pub(super) clients: usize,
    pub(super) paths: Paths,
    /// Events that are due to a client in a second.
    pub(super) rate: f64,
    pub(super) flush_ms: u64,
    /// Clients whose frames are recorded for the floor.
    pub(super) scripts: usize,
    /// CPU for an update, to that of the floor.
    pub(super) floor_max: f64,
    pub(super) others: Others,
    pub(super) bun: Option<BunTarget>,
}

/// What may be the figures of the gateway, to those of Bun.
#[derive(Clone, Copy, Debug)]
pub(super) struct BunTarget {
    /// CPU for an update.
    pub(super) cpu_max: f64,
    /// The 99th percentile of age; none where Bun is idle enough to write each update at once, and we gather.
    pub(super) age_max: Option<f64>,
}

/// Which other servers do the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Others {
    None,
    Naive,
    All,
}

impl Workload {
    pub(super) const ALL: [Self; 7] =
        [Self::Broadcast, Self::Watchlist, Self::Hot, Self::Flush0, Self::Idle, Self::Storm, Self::Slow];

    pub(super) fn run(self, context: &Context<'_>) -> anyhow::Result<Vec<Section>> {
        Ok(match self {
            Self::Broadcast => vec![
                fanout::run(context, &broadcast(200, BunTarget { cpu_max: 0.5, age_max: None }))?,
                fanout::run(context, &broadcast(1_000, BunTarget { cpu_max: 1.0, age_max: Some(2.0) }))?,
            ],
            Self::Watchlist => vec![fanout::run(context, &watchlist())?],
            Self::Hot => vec![fanout::run(context, &hot())?],
            Self::Flush0 => vec![fanout::run(context, &flush0())?],
            Self::Idle => vec![idle::run(context)?],
            Self::Storm => vec![storm::run(context)?],
            Self::Slow => vec![slow::run(context)?],
        })
    }
}

fn broadcast(clients: usize, bun: BunTarget) -> FanOut {
    FanOut {
        config: "broadcast",
        about: "50 symbols, 1,000 `ticker` updates a second, all to every client, flush 10 ms.",
        clients,
        paths: Paths::all("/ws?subscribe=ticker:*"),
        rate: 1_000.0,
        flush_ms: 10,
        scripts: 1,
        floor_max: 1.2,
        others: Others::All,
        bun: Some(bun),
    }
}

fn watchlist() -> FanOut {
    FanOut {
        config: "watchlist",
        about: "500 symbols, 10,000 `ticker` updates a second, each client takes its own 10 symbols, flush 10 ms.",
        clients: 1_000,
        paths: Paths { path: "/ws".to_owned(), take: 10, symbols: 500, seed: 1 },
        rate: 200.0,
        flush_ms: 10,
        scripts: 40,
        floor_max: 2.5,
        others: Others::None,
        bun: None,
    }
}

fn hot() -> FanOut {
    FanOut {
        config: "hot",
        about: "`trades` and `book` of one symbol, together 200 events a second, all to every client, flush 10 ms.",
        clients: 5_000,
        paths: Paths::all("/ws?subscribe=trades:SYM000-USD,book:SYM000-USD"),
        rate: 200.0,
        flush_ms: 10,
        scripts: 1,
        floor_max: 1.5,
        others: Others::None,
        bun: None,
    }
}

fn flush0() -> FanOut {
    FanOut {
        config: "flush0",
        about: "50 symbols, 1,000 `ticker` updates a second, all to every client, each written at once.",
        clients: 50,
        paths: Paths::all("/ws?subscribe=ticker:*"),
        rate: 1_000.0,
        flush_ms: 0,
        scripts: 1,
        floor_max: 1.5,
        others: Others::Naive,
        bun: None,
    }
}
