//! The page's memory: flat over minutes at 5,000 updates a second. `node frontend/bench/perf.mjs --soak 30` is longer.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use serde_json::json;

use crate::page::{Page, wait_for};
use crate::stage::on_stage_with;

/// Until everything that grows once has grown.
const WARM_UP: Duration = Duration::from_secs(30);
/// How long it is watched after that.
const WATCHED: Duration = Duration::from_secs(90);
/// How often it is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// What may be left of a collection more than before, in bytes: buffers of the browser, and the console's.
const GROWTH_BYTES_MAX: i64 = 1_000_000;

/// Remembers the memory of the wasm, which a page keeps to itself.
const FIND_WASM: &str = "for (const name of ['instantiate', 'instantiateStreaming']) {
    const original = WebAssembly[name];
    WebAssembly[name] = async (...given) => {
        const made = await original.apply(WebAssembly, given);
        window.tickwireMemory ??= (made.instance ?? made).exports.memory; // what comes later brings none of its own
        return made;
    };
}";

#[tokio::test]
async fn the_heap_does_not_grow() -> Result<()> {
    let settings = [
        ("FEED__KIND", "metronome"),
        ("FEED__METRONOME__SYMBOLS", "500"),
        ("FEED__METRONOME__UPDATES_PER_SECOND", "5000"),
    ];
    on_stage_with("memory", &settings, async |stage, page| {
        page.devtools("Performance.enable", json!({})).await?;
        page.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": FIND_WASM })).await?;
        page.open(&stage.gateway.url()).await?;
        page.becomes_live().await?;
        let before = look_for(WARM_UP, page).await?;
        let least = look_for(WATCHED, page).await?;
        let growth = least - before;
        println!("memory: {before} bytes, {growth} more after {} s", WATCHED.as_secs());
        ensure!(growth < GROWTH_BYTES_MAX, "{before} bytes became {least}");
        Ok(())
    })
    .await
}

/// The least that was left of a collection in the last third of the time.
async fn look_for(time: Duration, page: &Page) -> Result<i64> {
    let (began, mut least, mut next) = (Instant::now(), i64::MAX, Duration::ZERO);
    let look = async || {
        if began.elapsed() >= next {
            next = began.elapsed() + LOOK_EVERY;
            let bytes = bytes(page).await?;
            if began.elapsed() > time * 2 / 3 {
                least = least.min(bytes);
            }
        }
        Ok((began.elapsed() > time).then_some(()))
    };
    wait_for("the time has passed", time * 2, look).await?;
    Ok(least)
}

/// JavaScript's heap after a collection, and the memory of the wasm.
async fn bytes(page: &Page) -> Result<i64> {
    page.devtools("HeapProfiler.collectGarbage", json!({})).await?;
    let metrics = page.devtools("Performance.getMetrics", json!({})).await?;
    let metrics = metrics["metrics"].as_array().context("the browser has no metrics")?;
    let heap = metrics.iter().find(|metric| metric["name"] == "JSHeapUsedSize");
    let heap =
        heap.and_then(|metric| metric["value"].as_f64()).context("the browser does not tell its heap")?;
    let wasm: f64 = page.script("return window.tickwireMemory.buffer.byteLength").await?;
    #[allow(clippy::cast_possible_truncation, reason = "bytes of a page")]
    let bytes = (heap + wasm) as i64;
    Ok(bytes)
}
