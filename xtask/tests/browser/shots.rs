//! Pictures of the page at work: what `cargo xtask shots` puts into `docs/images`, and what a test run leaves to look at.
#![allow(clippy::print_stdout, reason = "a test may tell what it measured")]

use anyhow::Result;

use crate::page::{BOOK, CHART, FPS, Page};
use crate::stage::{Stage, on_stage};

/// (name, width, height, scale, phone)
const WINDOWS: &[(&str, u32, u32, f64, bool)] = &[
    ("laptop", 1440, 900, 1.0, false),
    ("wide", 2560, 1300, 1.0, false),
    ("tablet", 820, 1180, 1.0, false),
    ("phone", 390, 844, 2.0, true),
];

#[tokio::test]
async fn screenshots() -> Result<()> {
    on_stage("screenshots", async |stage, page| {
        for (name, width, height, scale, phone) in WINDOWS {
            page.resize(*width, *height, *scale, *phone).await?;
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

/// A picture of the page at work, with enough behind it to look at.
async fn shoot(stage: &Stage, page: &Page, theme: &str, name: &str) -> Result<()> {
    page.system_theme(theme).await?;
    page.open(&stage.gateway.url()).await?;
    page.is_at_work().await?;
    page.passes("the chart has a past", CHART, "data-candles", 100).await?;
    page.passes("many checksums are compared", BOOK, "data-verified", 50).await?;
    page.sparklines_are_drawn().await?;
    let frames = page.attribute(FPS, "data-fps").await?.unwrap_or_default();
    println!("{name}: {frames} frames/s");
    page.screenshot(&stage.picture(name)).await
}
