//! Pictures of the page at work: what `cargo xtask shots` puts into `docs/images`, and what a test run leaves to look at.
#![allow(clippy::print_stdout, reason = "a test may tell what it measured")]

use std::time::Duration;

use anyhow::{Context as _, Result};

use crate::page::{BOOK, CHART, FPS, Page, wait_for};
use crate::stage::{Stage, on_stage};

/// (name, width, height, scale, phone)
const WINDOWS: &[(&str, u32, u32, f64, bool)] = &[
    ("laptop", 1440, 900, 1.0, false),
    ("wide", 2560, 1300, 1.0, false),
    ("tablet", 820, 1180, 1.0, false),
    ("phone", 390, 844, 2.0, true),
];

/// The latency that it shows is that of the latest ten seconds.
const STARTED_LONG_AGO: &str = "return performance.now() > 14_000";
/// What most pictures show.
const RECENT: &str = "/api/v1/candles?symbol=BTC-USDT&interval=1m&limit=120";
/// The gateway runs its past again in half a minute, where it has a core for itself.
const PAST_WITHIN: Duration = Duration::from_secs(180);

#[tokio::test]
async fn screenshots() -> Result<()> {
    on_stage("screenshots", async |stage, page| {
        wait_for("the past is exact", PAST_WITHIN, async || is_exact(page).await).await?;
        for (name, width, height, scale, phone) in WINDOWS {
            page.resize(*width, *height, *scale, *phone).await?;
            page.open(&stage.gateway.url()).await?;
            settles(page).await?;
            for theme in ["dark", "light"] {
                shoot(stage, page, theme, &format!("dashboard-{name}-{theme}")).await?;
            }
        }
        page.resize(1440, 900, 1.0, false).await?;
        page.system_theme("dark").await?;
        page.click("[data-testid=commands]").await?;
        page.sees("dialog[open] input").await?;
        page.screenshot(&stage.picture("dashboard-commands-dark")).await
    })
    .await
}

/// The candles that a picture shows are there as they were traded: modelled ones are pale.
async fn is_exact(page: &Page) -> Result<Option<()>> {
    let answer = page.rest(RECENT).await?;
    let candles = answer["candles"].as_array().context("no candles")?;
    Ok(candles.iter().all(|candle| candle.get("modelled").is_none()).then_some(()))
}

/// There is enough to look at.
async fn settles(page: &Page) -> Result<()> {
    page.is_at_work().await?;
    page.passes("the chart has a past", CHART, "data-candles", 100).await?;
    page.passes("many checksums are compared", BOOK, "data-verified", 50).await?;
    page.sparklines_are_drawn().await?;
    page.until("latency is no more that of the page's start", STARTED_LONG_AGO, true).await
}

/// A picture of the page at work in this theme.
async fn shoot(stage: &Stage, page: &Page, theme: &str, name: &str) -> Result<()> {
    page.system_theme(theme).await?;
    page.changes("the chart goes on", CHART, "data-last-close").await?;
    let frames = page.attribute(FPS, "data-fps").await?.unwrap_or_default();
    println!("{name}: {frames} frames/s");
    page.screenshot(&stage.picture(name)).await
}
