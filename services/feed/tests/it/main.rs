//! Recordings played from outside: a piece of a real one, whole, damaged, in loops.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod damage;
mod looped;
mod mutations;
mod once;
mod raw;
mod symbols;

use std::path::PathBuf;

use feed::{Progress, Replay, ReplayConfig, ReplayError, Source, SourceError};
use market::{Event, Ts};

/// 13 s of a recording of Binance Spot; see `tests/data/README.md`.
const EXCERPT: &[u8] = include_bytes!("../data/btcusdt_excerpt.gz");

/// 2026-06-01T00:00:00.1Z: not on the grid of the ticks.
const NOW: Ts = Ts(1_780_272_000 * Ts::SECOND + 100_000);

fn config(looped: bool) -> ReplayConfig {
    ReplayConfig { file: PathBuf::from("data/btcusdt_excerpt.gz"), looped, speed: 1.0 }
}

fn once(recording: &[u8]) -> Result<Replay, ReplayError> {
    Replay::read(&config(false), recording, NOW)
}

/// All events of a source that ends, and its error.
fn all(replay: &mut Replay) -> (Vec<Event>, Option<SourceError>) {
    let mut events = Vec::new();
    let end = Ts(u64::MAX);
    loop {
        match replay.advance(end, &mut events) {
            Ok(Progress::Ended) => return (events, None),
            Ok(Progress::Running) => {}
            Err(error) => return (events, Some(error)),
        }
    }
}
