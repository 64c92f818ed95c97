//! Everything by keyboard: the command palette, the table of keys, the focus.

use anyhow::{Result, ensure};
use serde_json::json;
use thirtyfour::Key;

use crate::page::{Page, ROOT};
use crate::stage::on_stage;

#[tokio::test]
async fn the_command_palette_finds_symbols_intervals_themes_and_panels() -> Result<()> {
    on_stage("commands", async |_, page| {
        page.resize(1440, 900, 1.0, false).await?;
        page.is_at_work().await?;
        page.command("ethbtc").await?;
        page.address_has("symbol=ETH-BTC").await?;
        page.command("interval 15m").await?;
        page.address_has("interval=15m").await?;
        page.command("theme light").await?;
        page.becomes("the theme changes", ROOT, "data-theme", "light").await?;
        page.misses(".panel.messages").await?;
        page.command("messages").await?;
        page.sees(".panel.messages").await
    })
    .await
}

#[tokio::test]
async fn dialogs_keep_the_focus_and_give_it_back() -> Result<()> {
    on_stage("focus", async |_, page| {
        page.resize(1440, 900, 1.0, false).await?;
        page.is_at_work().await?;
        page.click("[data-testid=settings]").await?;
        page.has_focus_in("dialog").await?;
        for _ in 0..60 {
            page.press(Key::Tab).await?;
            ensure!(page.is_focus_out_of_page_or_in("dialog").await?, "Tab leads out of the dialog");
        }
        page.press_escape().await?;
        page.misses("dialog[open]").await?;
        page.has_focus_in("[data-testid=settings]").await?;
        page.press(Key::Control + "k").await?;
        page.has_focus_in("dialog input[role=combobox]").await?;
        page.type_text("th").await?;
        let first = page.attribute("dialog input", "aria-activedescendant").await?;
        page.press(Key::Down).await?;
        let second = page.attribute("dialog input", "aria-activedescendant").await?;
        ensure!(first.as_deref() == Some("command-0") && second.as_deref() == Some("command-1"));
        page.sees("#command-1[role=option][aria-selected=true]").await?;
        page.press_escape().await?;
        page.has_focus_in("[data-testid=settings]").await
    })
    .await
}

#[tokio::test]
async fn what_can_not_be_loaded_is_told_and_tried_again() -> Result<()> {
    on_stage("later", async |_, page| {
        page.resize(1440, 900, 1.0, false).await?;
        page.is_at_work().await?;
        let blocked = |urls: &[&str]| page.devtools("Network.setBlockedURLs", json!({ "urls": urls }));
        page.devtools("Network.enable", json!({})).await?;
        let began = Page::outage_begins()?;
        blocked(&["*/split_more.wasm"]).await?;
        page.press(Key::Control + "k").await?;
        let told = "return document.querySelector('[data-testid=notice]')?.textContent.includes('could not be loaded') ?? false";
        page.until("there is a sentence", told, true).await?;
        page.press_escape().await?;
        blocked(&[]).await?;
        page.press(Key::Control + "k").await?;
        page.has_focus_in("dialog input[role=combobox]").await?;
        page.outage_ends(began)
    })
    .await
}

#[tokio::test]
async fn single_keys_work_until_they_are_turned_off() -> Result<()> {
    on_stage("keys", async |_, page| {
        page.resize(1440, 900, 1.0, false).await?;
        page.is_at_work().await?;
        page.press("?").await?;
        page.sees("dialog[open] .shortcuts").await?;
        page.press_escape().await?;
        page.misses("dialog[open]").await?;
        page.press("]").await?;
        page.address_has("interval=5m").await?;
        page.press("8").await?;
        page.sees(".panel.messages").await?;
        page.press("/").await?;
        page.has_focus_in(".markets input").await?;
        page.type_text("8").await?;
        page.sees(".panel.messages").await?; // it was typed, not meant
        page.press(Key::F6).await?;
        page.has_focus_in(".panel").await?;
        page.command("single keys off").await?;
        page.press("8").await?;
        page.press(Key::F6).await?;
        page.sees(".panel.messages").await
    })
    .await
}

#[tokio::test]
async fn the_first_tab_leads_past_the_head() -> Result<()> {
    on_stage("skip", async |_, page| {
        page.is_at_work().await?;
        page.press(Key::Tab).await?;
        page.has_focus_in(".skip").await?;
        page.press(Key::Enter).await?;
        page.has_focus_in("#panels").await
    })
    .await
}
