//! The dashboard of the real gateway in a real browser: what a person sees, asked in the way a person would look.
//!
//! `cargo xtask test` builds both and says where they are; `stage.rs` has the names of the variables.
//! Nothing here sleeps until things "should have" happened: every wait looks for something and has a deadline.

mod accessibility;
mod away;
mod chart;
mod gateway;
mod install;
mod keyboard;
mod layout;
mod market;
mod memory;
mod page;
mod panels;
mod person;
mod proxy;
mod shots;
mod stage;
mod watchlist;
mod webdriver;

use anyhow::{Context as _, Result, ensure};

use page::{BOOK, CHART, NEWEST_TRADE, Page, ROOT, THEME, UNCHOSEN_ROW};
use stage::on_stage;

#[tokio::test]
async fn prices_change() -> Result<()> {
    on_stage("prices", async |_, page| page.prices_change().await).await
}

#[tokio::test]
async fn a_candle_grows() -> Result<()> {
    on_stage("candle", async |_, page| {
        page.passes("the chart has a past", CHART, "data-candles", 100).await?;
        let time = page.attribute(CHART, "data-last-time").await?;
        ensure!(
            time.is_some_and(|time| time.parse::<u64>().is_ok()),
            "the chart does not tell its last candle's time"
        );
        page.changes("the last candle moves", CHART, "data-last-close").await?;
        page.changes("the last candle goes on moving", CHART, "data-last-close").await.map(drop)
    })
    .await
}

#[tokio::test]
async fn the_book_is_proven_right_again_and_again() -> Result<()> {
    on_stage("book", async |_, page| {
        page.becomes("the book is proven right", BOOK, "data-checksum", "valid").await?;
        let first = page.passes("checksums are compared", BOOK, "data-verified", 0).await?;
        page.passes("more of them are compared", BOOK, "data-verified", first + 20).await?;
        page.becomes("the book is still right", BOOK, "data-checksum", "valid").await
    })
    .await
}

#[tokio::test]
async fn trades_scroll() -> Result<()> {
    on_stage("trades", async |_, page| {
        page.changes("a trade is shown", NEWEST_TRADE, "data-id").await?;
        page.changes("a newer one takes its place", NEWEST_TRADE, "data-id").await.map(drop)
    })
    .await
}

#[tokio::test]
async fn a_restarted_gateway_is_found_again() -> Result<()> {
    on_stage("restart", async |stage, page| {
        let began = Page::outage_begins()?;
        stage.gateway.kill()?;
        page.leaves_live().await?;
        stage.gateway.start().await?;
        page.becomes_live().await?;
        page.outage_ends(began)?;
        page.prices_change().await?;
        page.becomes("the new book is proven right", BOOK, "data-checksum", "valid").await?;
        page.changes("trades scroll again", NEWEST_TRADE, "data-id").await.map(drop)
    })
    .await
}

#[tokio::test]
async fn a_chosen_symbol_is_in_the_address() -> Result<()> {
    on_stage("symbol", async |_, page| {
        let symbol = page.attribute(UNCHOSEN_ROW, "data-symbol").await?.context("no other row to choose")?;
        page.click(UNCHOSEN_ROW).await?;
        page.address_has(&format!("symbol={symbol}")).await?;
        page.becomes("its book is proven right", BOOK, "data-checksum", "valid").await?;
        page.passes("its chart has a past", CHART, "data-candles", 100).await.map(drop)
    })
    .await
}

#[tokio::test]
async fn the_theme_toggles_and_is_remembered() -> Result<()> {
    on_stage("theme", async |stage, page| {
        for (wanted, other) in [("dark", "light"), ("light", "dark")] {
            page.system_theme(other).await?;
            page.open(&stage.gateway.url()).await?;
            page.click(THEME).await?;
            page.becomes("the theme changes", ROOT, "data-theme", wanted).await?;
            page.open(&stage.gateway.url()).await?;
            page.becomes("the theme is remembered", ROOT, "data-theme", wanted).await?;
        }
        Ok(())
    })
    .await
}
