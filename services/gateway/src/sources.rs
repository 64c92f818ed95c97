//! Which source the configuration asks for.

use anyhow::Context;
use feed::{Backfill, Metronome, Replay, ReplayConfig, Simulated, Source};
use protocol::FeedKind;

use crate::clock;
use crate::config::Config;

/// A source, and how its past becomes exact.
pub(crate) struct Opened {
    pub(crate) source: Box<dyn Source>,
    pub(crate) backfill: Option<Backfill>,
}

/// Opens the source.
///
/// # Errors
/// When there is no such recording, or it is damaged from the start.
pub(crate) fn open(config: &Config) -> anyhow::Result<Opened> {
    let (feed, now) = (&config.feed, clock::now());
    Ok(match feed.kind {
        FeedKind::Simulated => {
            let simulated = Simulated::new(config.market.clone(), feed.speed, now)?;
            Opened { backfill: Some(simulated.backfill()), source: Box::new(simulated) }
        }
        FeedKind::Replay => {
            let file = feed.file.clone().context("feed.file: expected a recording")?;
            let replay = Replay::open(&ReplayConfig { file, looped: feed.looped, speed: feed.speed }, now)?;
            Opened { source: Box::new(replay), backfill: None }
        }
        FeedKind::Metronome => {
            Opened { source: Box::new(Metronome::new(feed.metronome.clone(), now)?), backfill: None }
        }
    })
}
