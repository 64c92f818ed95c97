//! The chart in the browser: exact figures, the past, lines, table and words.

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use crate::page::{CHART, Page, wait_soon};
use crate::stage::on_stage;

const CANVAS: &str = "[data-testid=canvas]";
const LEGEND: &str = "[data-testid=legend]";
const SPOKEN: &str = "[data-testid=chart-spoken]";
const TABLE: &str = "[data-testid=candle-table]";
const TO_LIVE: &str = "[data-testid=to-live]";
const VWAP_VALUE: &str = "[data-testid=legend] .line-5";

/// The legend is of a candle before the newest one.
const IS_BACK: &str = "
    const legend = document.querySelector('[data-testid=legend]');
    const chart = document.querySelector('[data-testid=chart]');
    return Number(legend?.dataset.time) < Number(chart.dataset.lastTime);
";

/// How many candles of the table are modelled.
const MODELLED: &str = "
    const states = [...document.querySelectorAll('[data-testid=candle-table] td:last-child')];
    return states.filter((state) => state.textContent === 'modelled').length;
";
/// So many fewer must be modelled: one alone might have left the table.
const EXACT_MIN: u64 = 3;

fn option(name: &str) -> String {
    format!("{CHART} [data-option=\"{name}\"]")
}

/// Chooses candles of this length, and waits until the chart shows at least so many.
async fn choose(page: &Page, name: &str, candles_min: u64) -> Result<()> {
    page.click(&format!("{CHART} [data-interval=\"{name}\"]")).await?;
    page.becomes("the chart shows others", CHART, "data-candle-interval", name).await?;
    page.passes("the chart has a past", CHART, "data-candles", candles_min).await.map(drop)
}

/// The newest candles of REST that start before `end_ts`, oldest first.
async fn rest_candles(page: &Page, interval: &str, limit: usize, end_ts: u64) -> Result<Vec<Value>> {
    let symbol = page.chosen_symbol().await?;
    let answer = page
        .rest(&format!("/api/v1/candles?symbol={symbol}&interval={interval}&limit={limit}&end_ts={end_ts}"))
        .await?;
    Ok(answer["candles"].as_array().context("no candles")?.clone())
}

/// The legend shows this candle, digit by digit.
async fn legend_is(page: &Page, candle: &Value) -> Result<()> {
    let shown = async |name: &str| page.attribute(LEGEND, name).await;
    let time = candle["open_ts"].to_string();
    ensure!(
        shown("data-time").await?.as_ref() == Some(&time),
        "the legend is of another candle than {candle}"
    );
    for figure in ["open", "high", "low", "close", "volume"] {
        let legend = shown(&format!("data-{figure}")).await?;
        ensure!(
            legend.as_deref() == candle[figure].as_str(),
            "{figure} is {legend:?} and not that of {candle}"
        );
    }
    Ok(())
}

/// The start of the candle that the legend shows.
async fn legend_time(page: &Page) -> Result<u64> {
    Ok(page.attribute(LEGEND, "data-time").await?.context("no candle in the legend")?.parse()?)
}

#[tokio::test]
async fn the_candle_under_the_cursor_is_that_of_rest() -> Result<()> {
    on_stage("chart-exact", async |_, page| {
        for name in ["1s", "1m"] {
            choose(page, name, 100).await?;
            page.press_on(CANVAS, "ArrowLeft").await?;
            page.until("the cursor has left the live candle", IS_BACK, true).await?;
            for _ in 0..5 {
                let before = legend_time(page).await?;
                page.press_on(CANVAS, "ArrowLeft").await?;
                page.changes_from("the cursor goes back", LEGEND, "data-time", &before.to_string()).await?;
                let time = legend_time(page).await?;
                let candles = rest_candles(page, name, 1, time + 1).await?;
                legend_is(page, &candles[0]).await?;
            }
            page.press_on(CANVAS, "End").await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn scrolling_back_loads_the_past_and_does_not_move_the_view() -> Result<()> {
    on_stage("chart-past", async |_, page| {
        choose(page, "5m", 400).await?;
        let oldest: u64 = page.number(CHART, "data-first-time").await?;
        page.press_on(CANVAS, "Home").await?;
        page.passes("older candles are loaded", CHART, "data-candles", 1_400).await?;
        ensure!(legend_time(page).await? == oldest, "the cursor is not where it was");
        let older = rest_candles(page, "5m", 1_000, oldest).await?;
        let first = older.first().context("REST has no older candles")?;
        page.becomes("it begins where REST's do", CHART, "data-first-time", &first["open_ts"].to_string())
            .await?;
        page.press_on(CANVAS, "ArrowLeft").await?;
        let left = older.last().context("REST has no older candles")?;
        page.becomes("the cursor goes on", LEGEND, "data-time", &left["open_ts"].to_string()).await?;
        legend_is(page, left).await?;
        page.becomes("the chart knows that it is in the past", CHART, "data-live", "false").await?;
        page.changes("live candles go on", CHART, "data-last-close").await?;
        legend_is(page, left).await?;
        page.click(TO_LIVE).await?;
        page.becomes("the live candle is back", CHART, "data-live", "true").await
    })
    .await
}

#[tokio::test]
async fn what_was_modelled_becomes_exact() -> Result<()> {
    on_stage("chart-exact-past", async |_, page| {
        choose(page, "5m", 400).await?;
        page.click(&option("Table")).await?;
        let modelled = async || page.ask::<u64>(MODELLED, &[]).await;
        let many = async || Ok(Some(modelled().await?).filter(|count| *count > EXACT_MIN));
        let before = wait_soon("the past is modelled", many).await?;
        let fewer = async || Ok((modelled().await? + EXACT_MIN <= before).then_some(()));
        wait_soon("some of it becomes exact", fewer).await
    })
    .await
}

#[tokio::test]
async fn the_past_ends_where_the_servers_does() -> Result<()> {
    on_stage("chart-end", async |_, page| {
        choose(page, "1d", 50).await?;
        page.press_on(CANVAS, "Home").await?;
        page.has_text("it says so", "[data-testid=past]", "no older candles").await
    })
    .await
}

#[tokio::test]
async fn lines_and_scale_are_switched_and_remembered() -> Result<()> {
    on_stage("chart-lines", async |stage, page| {
        page.passes("the chart has a past", CHART, "data-candles", 100).await?;
        page.has_text("an average has a value", "[data-testid=legend] .line-0", "MA 7").await?;
        for name in ["MA 7", "EMA 12", "VWAP", "Log"] {
            page.click(&option(name)).await?;
        }
        let check = async |page: &Page| {
            for (name, pressed) in
                [("MA 7", "false"), ("MA 25", "true"), ("EMA 12", "true"), ("VWAP", "true"), ("Log", "true")]
            {
                page.becomes(name, &option(name), "aria-pressed", pressed).await?;
            }
            page.has_text("the line is there", "[data-testid=legend] .line-3", "EMA 12").await
        };
        check(page).await?;
        page.open(&stage.gateway.url()).await?;
        page.becomes_live().await?;
        check(page).await
    })
    .await
}

#[tokio::test]
async fn the_session_price_is_what_the_day_traded() -> Result<()> {
    on_stage("chart-session", async |_, page| {
        page.click(&option("VWAP")).await?;
        for name in ["1s", "1m", "15m"] {
            choose(page, name, 60).await?;
            let shown = page.number_in("the session has a price", VWAP_VALUE, "VWAP").await?;
            let day = rest_candles(page, "1d", 1, u64::MAX >> 11).await?;
            let figure =
                |name: &str| -> Result<f64> { Ok(day[0][name].as_str().context("no day")?.parse()?) };
            let paid = figure("quote_volume")? / figure("volume")?;
            // The day's candle goes on while we look, by some millionths of what it has.
            ensure!((shown / paid - 1.0).abs() < 1e-4, "{name}: the line is at {shown}, the day's is {paid}");
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn the_chart_has_a_table_and_words() -> Result<()> {
    on_stage("chart-words", async |_, page| {
        page.passes("the chart has a past", CHART, "data-candles", 100).await?;
        let symbol = page.chosen_symbol().await?;
        page.press_on(CANVAS, "s").await?;
        page.has_text("it is said", SPOKEN, &format!("{symbol}, ")).await?;
        page.press_on(CANVAS, "ArrowLeft").await?;
        page.has_text("a candle is said", SPOKEN, "open").await?;
        page.click(&option("Table")).await?;
        page.has_text("the table is there", &format!("{TABLE} caption"), "latest candles").await?;
        page.exists("it has rows", &format!("{TABLE} tbody tr:nth-child(51)")).await?;
        page.has_text("the newest candle is live", &format!("{TABLE} tbody tr:first-child"), "live").await
    })
    .await
}
