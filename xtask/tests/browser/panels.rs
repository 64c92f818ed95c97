//! The overview, the health panel, and the panel for engineers.

use anyhow::{Result, ensure};

use crate::page::Page;
use crate::stage::on_stage;

#[tokio::test]
async fn the_overview_shows_breadth_movers_and_a_map_with_a_table() -> Result<()> {
    on_stage("overview", async |_, page| {
        page.resize(1440, 900, 1.0, false).await?;
        page.is_at_work().await?;
        page.sees(".tile:not([hidden])").await?;
        let tiles = count(page, ".tile:not([hidden])").await?;
        ensure!(tiles == count(page, "[data-testid=watchlist-row]").await?, "{tiles} tiles");
        ensure!(count(page, ".movers li:not([hidden])").await? > 2, "nothing moves");
        page.click(".tile:nth-of-type(3)").await?;
        page.address_has("symbol=").await?;
        page.click(".overview .panel-head button").await?;
        page.sees(".heat-table th[scope=row]").await?;
        ensure!(count(page, ".heat-table tbody tr:not([hidden])").await? == tiles);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn engineers_see_filter_and_pause_messages() -> Result<()> {
    on_stage("messages", async |_, page| {
        page.resize(2560, 1300, 1.0, false).await?;
        page.is_at_work().await?;
        page.sees("[data-testid=frame] code").await?;
        page.click("[data-testid=messages] input").await?;
        page.type_text("\"op\"").await?;
        let others = "return [...document.querySelectorAll('[data-testid=frame] code')]
            .filter((it) => !it.textContent.includes('\"op\"')).length";
        page.until("only our own requests are listed", others, 0).await?;
        page.sees("[data-testid=frame].out").await?;
        page.click("[data-testid=pause]").await?;
        let first = "[data-testid=frame]";
        let before = page.text(first).await?;
        page.prices_change().await?;
        ensure!(page.text(first).await? == before, "a pause changes nothing");
        page.click("[data-testid=messages] button:last-of-type").await?;
        page.misses(first).await
    })
    .await
}

#[tokio::test]
async fn health_is_told_in_plain_words() -> Result<()> {
    on_stage("health", async |_, page| {
        page.resize(2560, 1300, 1.0, false).await?;
        page.is_at_work().await?;
        page.shows_part("[data-testid=health-sentence]", "every checksum was right").await?;
        page.shows_part("[data-testid=health-sentence]", "Half of the events are here within").await?;
        page.shows("[data-testid=feed-badge]", "SIMULATED").await
    })
    .await
}

async fn count(page: &Page, selector: &str) -> Result<usize> {
    page.ask("return document.querySelectorAll(arguments[0]).length", &[selector]).await
}
