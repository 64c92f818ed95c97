//! The arrangement of panels: edges, what is hidden, phones; and what of it is remembered and linked.

use anyhow::{Context as _, Result, ensure};
use thirtyfour::Key;

use crate::page::{Page, ROOT};
use crate::stage::on_stage;

const EDGE: &str = "[role=separator][aria-orientation=vertical]";

#[tokio::test]
async fn edges_are_moved_by_keys_and_remembered() -> Result<()> {
    on_stage("edges", async |stage, page| {
        page.resize(1440, 900, 1.0, false).await?;
        page.is_at_work().await?;
        let before = width(page, ".markets").await?;
        page.focus(EDGE).await?;
        for _ in 0..3 {
            page.press(Key::Right).await?;
        }
        page.becomes("the edge is elsewhere", EDGE, "aria-valuenow", "35").await?;
        let moved = width(page, ".markets").await?;
        ensure!(moved > before + 50, "the watchlist was {before} px wide and is {moved}");
        page.open(&stage.gateway.url()).await?;
        page.is_at_work().await?;
        page.becomes("the edge is still there", EDGE, "aria-valuenow", "35").await?;
        page.command("reset the layout").await?;
        page.becomes("the edge is back", EDGE, "aria-valuenow", "29").await
    })
    .await
}

#[tokio::test]
async fn edges_are_dragged() -> Result<()> {
    on_stage("drag", async |_, page| {
        page.resize(1440, 900, 1.0, false).await?;
        page.is_at_work().await?;
        let before = width(page, ".markets").await?;
        page.drag(EDGE, 120, 0).await?;
        let after = width(page, ".markets").await?;
        ensure!((after - before - 120).abs() < 12, "the watchlist was {before} px wide and is {after}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn hidden_panels_stay_hidden() -> Result<()> {
    on_stage("hidden", async |stage, page| {
        page.resize(1440, 900, 1.0, false).await?;
        page.is_at_work().await?;
        page.click("[data-testid=settings]").await?;
        page.click("dialog [role=group][aria-label=Panels] button:nth-of-type(6)").await?;
        page.press_escape().await?;
        page.misses(".panel.overview").await?;
        page.open(&stage.gateway.url()).await?;
        page.is_at_work().await?;
        page.misses(".panel.overview").await
    })
    .await
}

#[tokio::test]
async fn a_phone_shows_one_panel_at_a_time_and_goes_back() -> Result<()> {
    on_stage("phone", async |stage, page| {
        page.resize(390, 844, 2.0, true).await?;
        page.open(&format!("{}/?panel=book", stage.gateway.url())).await?;
        page.becomes_live().await?;
        page.becomes("the link's panel is in front", "main", "data-shown", "book").await?;
        page.click(".tabs [data-panel=trades]").await?;
        page.address_has("panel=trades").await?;
        page.swipe_left("main").await?;
        page.becomes("the next panel is in front", "main", "data-shown", "overview").await?;
        page.address_has("panel=overview").await?;
        page.back().await?;
        page.becomes("the one before is back", "main", "data-shown", "trades").await?;
        let wider: bool = page.ask("return document.documentElement.scrollWidth > innerWidth", &[]).await?;
        ensure!(!wider, "the page is wider than the phone");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_link_opens_the_same_view_and_back_leads_back() -> Result<()> {
    on_stage("link", async |stage, page| {
        page.resize(1440, 900, 1.0, false).await?;
        page.open(&format!("{}/?symbol=ETH-USDT&interval=15m&chart=vwap+log", stage.gateway.url())).await?;
        page.is_at_work().await?;
        page.address_has("symbol=ETH-USDT&interval=15m&chart=vwap+log").await?;
        page.command("btcusdt").await?;
        page.address_has("symbol=BTC-USDT").await?;
        page.command("interval 1h").await?;
        page.address_has("symbol=BTC-USDT&interval=1h").await?;
        page.back().await?;
        page.address_has("symbol=BTC-USDT&interval=15m").await?;
        page.back().await?;
        page.address_has("symbol=ETH-USDT").await?;
        page.shows("[data-testid=headline] h2", "ETH-USDT").await?;
        page.forward().await?;
        page.shows("[data-testid=headline] h2", "BTC-USDT").await
    })
    .await
}

#[tokio::test]
async fn settings_are_remembered_before_the_first_paint() -> Result<()> {
    on_stage("settings", async |stage, page| {
        page.resize(1440, 900, 1.0, false).await?;
        page.is_at_work().await?;
        for command in ["theme light", "colour blind", "density compact"] {
            page.command(command).await?;
        }
        page.becomes("density changes", ROOT, "data-density", "compact").await?;
        page.open(&stage.gateway.url()).await?;
        for (name, word) in [("data-theme", "light"), ("data-palette", "blue"), ("data-density", "compact")] {
            page.becomes("the choice is remembered", ROOT, name, word).await?;
        }
        Ok(())
    })
    .await
}

async fn width(page: &Page, selector: &str) -> Result<i64> {
    let width: f64 = page
        .ask("return document.querySelector(arguments[0]).getBoundingClientRect().width", &[selector])
        .await?;
    #[allow(clippy::cast_possible_truncation, reason = "pixels")]
    Some(width as i64).context("no width")
}
