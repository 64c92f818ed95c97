//! The watchlist's main uses: by mouse and by keyboard, with few symbols and with many.

use anyhow::{Result, ensure};

use crate::page::{Page, ROWS};
use crate::stage::{on_stage, on_stage_with};

const SEARCH: &str = "[data-testid=watchlist] input";
const GRID: &str = "[data-testid=watchlist] [role=grid]";

/// More rows in the page than this are not in view.
const ROWS_IN_PAGE_MAX: usize = 60;

/// The symbols of the rows in the page, from top to bottom.
async fn symbols(page: &Page) -> Result<Vec<String>> {
    page.script(&format!("return [...document.querySelectorAll('{ROWS}')].map((row) => row.dataset.symbol)"))
        .await
}

#[tokio::test]
async fn the_list_is_searched_and_a_symbol_chosen_by_keyboard() -> Result<()> {
    on_stage("search", async |_, page| {
        page.type_into(SEARCH, "btc").await?;
        let found = "return [...document.querySelectorAll('[data-testid=watchlist-row]')]
            .every((row) => row.dataset.symbol.includes('BTC'))";
        page.until("only what was searched for is there", found, true).await?;
        // Down to the list, down to the second row, Enter.
        page.type_into(SEARCH, "\u{e015}").await?;
        page.type_into(GRID, "\u{e011}\u{e015}\u{e007}").await?;
        let second = symbols(page).await?.swap_remove(1);
        page.address_has(&format!("symbol={second}")).await?;
        page.becomes(
            "it is the chosen one",
            &format!("{ROWS}[data-symbol='{second}']"),
            "aria-selected",
            "true",
        )
        .await?;
        page.type_into(SEARCH, "\u{e00c}").await?;
        page.until(
            "all are there again",
            "return document.querySelectorAll('[data-testid=watchlist-row]').length > 5",
            true,
        )
        .await
    })
    .await
}

#[tokio::test]
async fn columns_sort_and_say_so() -> Result<()> {
    on_stage("sort", async |_, page| {
        let head = "[data-testid=watchlist] [role=columnheader]:first-child";
        page.click(&format!("{head} button")).await?;
        page.becomes("the head says so", head, "aria-sort", "ascending").await?;
        let sorted = "const shown = [...document.querySelectorAll('[data-testid=watchlist-row]')]
            .map((row) => row.dataset.symbol);
            return shown.length > 5 && shown.every((symbol, at) => at === 0 || shown[at - 1] < symbol)";
        page.until("the names rise", sorted, true).await
    })
    .await
}

#[tokio::test]
async fn favourites_are_kept_and_can_stand_alone() -> Result<()> {
    on_stage("favourites", async |stage, page| {
        let third = symbols(page).await?.swap_remove(2);
        page.click(&format!("{ROWS}[data-symbol='{third}'] [data-testid=star]")).await?;
        page.open(&stage.gateway.url()).await?;
        page.becomes_live().await?;
        page.click("[data-testid=favourites]").await?;
        page.until(
            "one is left",
            "return document.querySelectorAll('[data-testid=watchlist-row]').length === 1",
            true,
        )
        .await?;
        ensure!(symbols(page).await? == [third], "it is another one");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn of_a_thousand_symbols_those_in_view_are_in_the_page() -> Result<()> {
    let thousand = [
        ("FEED__KIND", "metronome"),
        ("FEED__METRONOME__SYMBOLS", "1000"),
        ("FEED__METRONOME__UPDATES_PER_SECOND", "2000"),
    ];
    on_stage_with("thousand", &thousand, async |_, page| {
        page.becomes("all are counted", GRID, "aria-rowcount", "1001").await?;
        page.prices_change().await?;
        page.type_into(GRID, "\u{e010}").await?;
        page.becomes("End leads to the last one", &format!("{ROWS}.cursor"), "aria-rowindex", "1001").await?;
        page.prices_change().await?;
        let shown = symbols(page).await?;
        ensure!(shown.len() < ROWS_IN_PAGE_MAX, "{} rows are in the page", shown.len());
        page.type_into(GRID, "\u{e00e}\u{e011}").await?;
        page.becomes("Home leads to the first one", &format!("{ROWS}.cursor"), "aria-rowindex", "2").await
    })
    .await
}
