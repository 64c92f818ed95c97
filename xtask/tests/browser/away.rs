//! What becomes of the screen when the connection or the person goes away, and comes back.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};

use crate::page::{BOOK, HEALTH, NEWEST_TRADE, Page, wait_for};
use crate::proxy::Proxy;
use crate::stage::{Stage, on_stage};

/// A socket that says OPEN and is dead is found by silence after 15 s; a tab that wakes up must be faster.
const WAKES_WITHIN: Duration = Duration::from_secs(10);

/// The page behind a network that a test can disturb, with a book that was proven often enough for all streams to be on.
async fn behind_a_proxy(stage: &Stage, page: &Page) -> Result<Proxy> {
    let proxy = Proxy::start(stage.gateway.port()).await?;
    page.open(&proxy.url()).await?;
    page.becomes_live().await?;
    page.passes("checksums are compared", BOOK, "data-verified", 20).await?;
    page.changes("a trade is shown", NEWEST_TRADE, "data-id").await?;
    proxy.snapshots();
    Ok(proxy)
}

/// The page went on where it was: nothing came anew, nothing is missing, and everything moves.
async fn went_on(page: &Page, proxy: &Proxy, times: u64) -> Result<()> {
    page.passes("the streams are resumed", HEALTH, "data-resumes", times - 1).await?;
    page.becomes_live().await?;
    page.becomes("the book is still right", BOOK, "data-checksum", "valid").await?;
    page.prices_change().await?;
    page.changes("trades scroll on", NEWEST_TRADE, "data-id").await?;
    for count in ["data-gaps", "data-discontinuities", "data-resyncs", "data-checksum-failures"] {
        let value = page.attribute(HEALTH, count).await?;
        ensure!(value.as_deref() == Some("0"), "{count} is {value:?}");
    }
    let snapshots = proxy.snapshots();
    ensure!(snapshots == 0, "{snapshots} snapshots came, but the streams were resumed");
    Ok(())
}

#[tokio::test]
async fn a_dropped_connection_goes_on_without_a_gap() -> Result<()> {
    on_stage("dropped", async |stage, page| {
        let proxy = behind_a_proxy(stage, page).await?;
        for times in 1..=3 {
            let began = Page::outage_begins()?;
            proxy.cut();
            went_on(page, &proxy, times).await?;
            page.outage_ends(began)?;
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn another_gateway_goes_on_without_a_gap() -> Result<()> {
    on_stage("replica", async |stage, page| {
        let proxy = behind_a_proxy(stage, page).await?;
        let mut other = stage.gateway.twin()?;
        other.start().await?;
        proxy.lead_to(other.port());
        let began = Page::outage_begins()?;
        stage.gateway.kill()?;
        went_on(page, &proxy, 1).await?;
        page.outage_ends(began)
    })
    .await
}

#[tokio::test]
async fn a_gateway_that_drains_is_left_without_a_gap() -> Result<()> {
    on_stage("draining", async |stage, page| {
        let proxy = behind_a_proxy(stage, page).await?;
        let mut other = stage.gateway.twin()?;
        other.start().await?;
        proxy.lead_to(other.port());
        let began = Page::outage_begins()?;
        page.script::<()>(WATCH_FOR_STALENESS).await?;
        stage.gateway.terminate()?;
        went_on(page, &proxy, 1).await?;
        page.outage_ends(began)?;
        let stale: bool = page.script("return window.tickwireWasStale").await?;
        ensure!(!stale, "prices looked stale on the way");
        Ok(())
    })
    .await
}

const WATCH_FOR_STALENESS: &str = "
    window.tickwireWasStale = false;
    const page = document.querySelector('.page');
    new MutationObserver(() => { window.tickwireWasStale ||= page.dataset.stale === 'true'; })
        .observe(page, { attributeFilter: ['data-stale'] });";

#[tokio::test]
async fn another_market_is_told_and_prices_look_stale_until_then() -> Result<()> {
    on_stage("epoch", async |stage, page| {
        let began = Page::outage_begins()?;
        stage.gateway.kill()?;
        page.becomes("prices look stale", ".page", "data-stale", "true").await?;
        stage.gateway.set("MARKET__SEED", "2");
        stage.gateway.start().await?;
        page.becomes_live().await?;
        page.outage_ends(began)?;
        page.passes("the break is told", HEALTH, "data-discontinuities", 0).await?;
        let told = "return document.querySelector('[data-testid=notice]')?.textContent.includes('another market') ?? false";
        page.until("there is a sentence", told, true).await?;
        let marked = "return /cut at \\d\\d:\\d\\d:\\d\\d/.test(document.querySelector('[data-testid=cut]')?.textContent)";
        page.until("there is a mark", marked, true).await?;
        page.prices_change().await?;
        page.becomes("the new book is proven right", BOOK, "data-checksum", "valid").await
    })
    .await
}

#[tokio::test]
async fn a_socket_that_died_in_its_sleep_is_found_when_the_tab_wakes_up() -> Result<()> {
    on_stage("sleep", async |stage, page| {
        let proxy = behind_a_proxy(stage, page).await?;
        proxy.hang();
        let began = Instant::now();
        page.script::<()>("window.dispatchEvent(new Event('online'))").await?;
        went_on(page, &proxy, 1).await?;
        ensure!(began.elapsed() < WAKES_WITHIN, "it took {:?}", began.elapsed());
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_book_that_went_wrong_heals_by_itself() -> Result<()> {
    on_stage("heals", async |stage, page| {
        let proxy = behind_a_proxy(stage, page).await?;
        proxy.corrupt_a_checksum();
        page.passes("the mistake is found", HEALTH, "data-checksum-failures", 0).await?;
        let before = page.passes("checksums were right before", BOOK, "data-verified", 0).await?;
        page.passes("and are right again", BOOK, "data-verified", before + 20).await?;
        page.becomes("the book is right again", BOOK, "data-checksum", "valid").await?;
        for (count, expected) in [("data-checksum-failures", "1"), ("data-resyncs", "1"), ("data-gaps", "0")]
        {
            let value = page.attribute(HEALTH, count).await?;
            ensure!(value.as_deref() == Some(expected), "{count} is {value:?}, expected {expected}");
        }
        let snapshots = proxy.snapshots();
        ensure!(snapshots <= 1, "{snapshots} snapshots came for one book");
        Ok(())
    })
    .await
}

/// Counts what the page changes while nobody looks, and tells the other tab when it has been hidden for a while.
const WATCH_HIDDEN: &str = "
    window.tickwireHidden = { changes: 0, seconds: 0 };
    new MutationObserver((changes) => { if (document.hidden) window.tickwireHidden.changes += changes.length; })
        .observe(document.querySelector('.panels'), { subtree: true, childList: true, characterData: true, attributes: true });
    setInterval(() => {
        if (document.hidden) localStorage.setItem('tickwire.test.hidden', ++window.tickwireHidden.seconds);
    }, 1000);";

#[tokio::test]
async fn a_hidden_tab_draws_nothing_and_comes_back_with_the_truth() -> Result<()> {
    on_stage("hidden", async |stage, page| {
        page.passes("checksums are compared", BOOK, "data-verified", 20).await?;
        page.script::<()>(WATCH_HIDDEN).await?;
        let before = page.passes("checksums were compared", BOOK, "data-verified", 0).await?;
        let url = format!("{}/api/v1/instruments", stage.gateway.url());
        page.hidden(async || {
            page.open(&url).await?;
            let seconds = "return Number(localStorage.getItem('tickwire.test.hidden') ?? 0)";
            let look = async || Ok((page.script::<u64>(seconds).await? >= 3).then_some(()));
            wait_for("the page was hidden for three seconds", Duration::from_secs(30), look).await
        })
        .await?;
        let changes: u64 = page.script("return window.tickwireHidden.changes").await?;
        ensure!(changes == 0, "{changes} changes were drawn that nobody saw");
        page.passes("it went on comparing", BOOK, "data-verified", before + 10).await?;
        page.becomes("its book is right", BOOK, "data-checksum", "valid").await?;
        let gaps = page.attribute(HEALTH, "data-gaps").await?.context("no gaps are counted")?;
        ensure!(gaps == "0", "{gaps} gaps");
        page.prices_change().await
    })
    .await
}
