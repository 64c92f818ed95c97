//! Ladder, depth chart and tape in the browser.

use anyhow::{Context as _, Result, ensure};

use crate::page::{BOOK, NEWEST_TRADE, Page};
use crate::stage::on_stage;

const STEP: &str = "[data-testid=step]";
const PROOF: &str = "[data-testid=proof]";
const PROOF_SEQ: &str = "[data-testid=proof-seq]";
const DEPTH: &str = "[data-testid=depth]";
const CURVES: &str = "[data-testid=curves]";
const READING: &str = "[data-testid=depth-reading]";
const DEPTH_SPOKEN: &str = "[data-testid=depth-spoken]";
const DEPTH_TABLE: &str = "[data-testid=depth-table]";
const QTY_MIN: &str = "[data-testid=qty-min]";

fn option(name: &str) -> String {
    format!("[data-option=\"{name}\"]")
}

/// A number as the page shows it.
fn number(text: &str) -> Result<f64> {
    text.trim().replace(',', "").parse().with_context(|| format!("{text:?} is not a number"))
}

async fn prices(page: &Page, side: &str) -> Result<Vec<f64>> {
    let texts = page.texts(&format!("{BOOK} .{side} .price")).await?;
    texts.iter().filter(|text| !text.is_empty()).map(|text| number(text)).collect()
}

#[tokio::test]
async fn the_ladder_is_grouped_in_steps_and_fills_its_panel() -> Result<()> {
    on_stage("ladder", async |stage, page| {
        page.becomes("the book is proven right", BOOK, "data-checksum", "valid").await?;
        page.passes("there is room for a ladder", BOOK, "data-verified", 20).await?;
        let rungs = page.count(&format!("{BOOK} .bids .rung")).await?;
        ensure!(rungs > 5, "{rungs} levels of bids");
        page.choose(STEP, "50").await?;
        page.becomes("the step is taken", BOOK, "data-step", "50").await?;
        let step = number(&page.texts(&format!("{STEP} option[value=\"50\"]")).await?[0])?;
        let verified = page.number(BOOK, "data-verified").await?;
        page.passes("it goes on", BOOK, "data-verified", verified + 20).await?;
        let (bids, asks) = (prices(page, "bids").await?, prices(page, "asks").await?);
        ensure!(bids.len() > 3 && asks.len() > 3, "{bids:?} {asks:?}");
        for pair in bids.windows(2).chain(asks.windows(2)) {
            let steps = (pair[1] - pair[0]).abs() / step;
            ensure!((steps - steps.round()).abs() < 1e-6 && steps > 0.5, "{pair:?} are not steps of {step}");
        }
        ensure!(bids[0] < asks[0], "the sides cross: {} {}", bids[0], asks[0]);
        page.open(&stage.gateway.url()).await?;
        page.becomes_live().await?;
        page.becomes("the step is remembered", BOOK, "data-step", "50").await
    })
    .await
}

#[tokio::test]
async fn the_book_tells_how_it_is_proven() -> Result<()> {
    on_stage("proof", async |_, page| {
        page.becomes("the book is proven right", BOOK, "data-checksum", "valid").await?;
        page.click(PROOF).await?;
        page.has_text("it explains", "#proof", "CRC-32").await?;
        let first = page.texts(PROOF_SEQ).await?;
        page.text_changes("the number goes on", PROOF_SEQ, &first[0]).await
    })
    .await
}

#[tokio::test]
async fn the_depth_chart_is_read_by_keyboard_and_as_a_table() -> Result<()> {
    on_stage("depth", async |stage, page| {
        page.resize(1920, 1080, 1.0, false).await?;
        page.open(&format!("{}/?panel=depth", stage.gateway.url())).await?;
        page.becomes_live().await?;
        page.press_on(CURVES, "ArrowRight").await?;
        page.has_text("asks are read", READING, "asks up to").await?;
        page.press_on(CURVES, "Home").await?;
        page.has_text("bids are read", READING, "bids down to").await?;
        page.has_text("it is said", DEPTH_SPOKEN, "bids down to").await?;
        page.becomes("it reaches half a percent", DEPTH, "data-reach", "50").await?;
        page.press_on(CURVES, "-").await?;
        page.becomes("it reaches further", DEPTH, "data-reach", "100").await?;
        page.press_on(CURVES, "s").await?;
        page.has_text("a summary is said", DEPTH_SPOKEN, "Within 0.5% of the middle").await?;
        page.click(&option("Depth table")).await?;
        page.has_text("the table is there", &format!("{DEPTH_TABLE} tbody"), "0.25%").await
    })
    .await
}

#[tokio::test]
async fn the_tape_is_merged_filtered_and_paused() -> Result<()> {
    on_stage("tape", async |_, page| {
        page.changes("a trade is shown", NEWEST_TRADE, "data-id").await?;
        page.exists("trades of a moment are one line", "[data-testid=trade-row]:not([data-count=\"1\"])")
            .await?;
        page.click(&option("Merge")).await?;
        page.vanishes("each trade has a line", "[data-testid=trade-row]:not([data-count=\"1\"])").await?;
        let quantities = page.texts("[data-testid=trade-row] .qty").await?;
        let quantities: Vec<f64> = quantities.iter().map(|text| number(text)).collect::<Result<_>>()?;
        let largest = quantities.iter().copied().fold(0.0, f64::max);
        page.fill(QTY_MIN, &largest.to_string()).await?;
        let too_small = async || {
            let shown = page.texts("[data-testid=trade-row] .qty").await?;
            let shown: Vec<f64> = shown.iter().map(|text| number(text)).collect::<Result<_>>()?;
            Ok(shown.iter().all(|qty| *qty >= largest - 1e-9).then_some(()))
        };
        crate::page::wait_soon("small trades are left out", too_small).await?;
        page.fill(QTY_MIN, "").await?;
        page.changes("all are shown again", NEWEST_TRADE, "data-id").await?;
        page.click(&option("Pause")).await?;
        page.becomes("it says so", &option("Pause"), "aria-pressed", "true").await?;
        let resting = page.attribute(NEWEST_TRADE, "data-id").await?;
        let verified = page.number(BOOK, "data-verified").await?;
        page.passes("the market goes on", BOOK, "data-verified", verified + 50).await?;
        ensure!(page.attribute(NEWEST_TRADE, "data-id").await? == resting, "the tape does not rest");
        page.click(&option("Pause")).await?;
        page.changes("it goes on", NEWEST_TRADE, "data-id").await.map(drop)
    })
    .await
}
