//! Makes the market's past exact in the background, newest first, on a bounded share of a core.

use std::time::Instant;

use feed::Backfill;
use market::InstrumentId;

use crate::engine::WeakEngineHandle;
use crate::metrics;

/// For each second of work, so many seconds of rest: a fifth of a core.
const REST_FACTOR: u32 = 4;

/// Starts the thread; it ends with its work or with the engine.
pub(crate) fn start(blocks: Backfill, engine: WeakEngineHandle) {
    let body = move || {
        let started = Instant::now();
        let mut done: u64 = 0;
        let mut work = Instant::now();
        for candles in blocks {
            let worked = work.elapsed();
            let told = engine.tell_blocking(move |hub| {
                for (id, exact) in (0..).map(InstrumentId).zip(&candles.instruments) {
                    hub.replace_candles(id, candles.block, exact);
                }
            });
            if told.is_err() {
                return;
            }
            done += 1;
            metrics::backfilled();
            std::thread::sleep(worked * REST_FACTOR);
            work = Instant::now();
        }
        tracing::info!(blocks = done, took.s = started.elapsed().as_secs(), "the market's past is exact");
    };
    std::thread::Builder::new().name("backfill".into()).spawn(body).expect("the machine can start a thread");
}
