//! axe-core's opinion of the whole page, and what a screen reader is told.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};

use crate::page::{Page, ROOT};
use crate::stage::on_stage;

/// From npm, as `frontend/package-lock.json` says; never part of what is shipped.
const AXE: &str = "../frontend/node_modules/axe-core/axe.min.js";

/// One line a violation: the rule, and where it was broken first.
const RUN: &str = r#"
    const done = arguments[arguments.length - 1];
    const line = ({ id, help, nodes }) =>
        `${id}: ${help} (${nodes.length} times); ` + nodes.slice(0, 3).map((node) => node.target + " " + node.failureSummary).join(" | ");
    axe.run(document, { resultTypes: ["violations"] })
        .then(({ violations }) => done(violations.map(line)), (error) => done([String(error)]));
"#;

/// Fails if axe-core finds a violation.
async fn is_accessible(page: &Page, when: &str) -> Result<()> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(AXE);
    let axe = std::fs::read_to_string(&path).with_context(|| format!("{} can't be read", path.display()))?;
    page.inject(&axe).await?;
    let violations: Vec<String> = page.ask_later(RUN).await?;
    ensure!(violations.is_empty(), "axe-core, {when}:\n{}", violations.join("\n"));
    Ok(())
}

#[tokio::test]
async fn axe_finds_nothing_in_both_themes() -> Result<()> {
    on_stage("axe-themes", async |stage, page| {
        page.resize(2560, 1300, 1.0, false).await?;
        for theme in ["dark", "light"] {
            page.system_theme(theme).await?;
            page.open(&stage.gateway.url()).await?;
            page.is_at_work().await?;
            is_accessible(page, &format!("all panels, {theme}")).await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn axe_finds_nothing_in_dialogs() -> Result<()> {
    on_stage("axe-dialogs", async |_, page| {
        page.resize(1440, 900, 1.0, false).await?;
        page.is_at_work().await?;
        for tool in ["commands", "settings", "shortcuts"] {
            page.click(&format!("[data-testid={tool}]")).await?;
            page.sees("dialog[open] button, dialog[open] input").await?;
            is_accessible(page, tool).await?;
            page.press_escape().await?;
            page.misses("dialog[open]").await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn axe_finds_nothing_on_a_phone() -> Result<()> {
    on_stage("axe-phone", async |_, page| {
        page.resize(390, 844, 2.0, true).await?;
        page.is_at_work().await?;
        for panel in ["markets", "chart", "book", "overview", "stream", "messages"] {
            page.click(&format!(".tabs [data-panel={panel}]")).await?;
            page.sees(&format!(".panel.{panel}")).await?;
            is_accessible(page, &format!("phone, {panel}")).await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn axe_finds_nothing_in_other_palettes() -> Result<()> {
    on_stage("axe-palettes", async |_, page| {
        page.resize(1440, 900, 1.0, false).await?;
        page.is_at_work().await?;
        for (command, palette) in [("blue and orange", "blue"), ("red up", "east")] {
            page.command(command).await?;
            page.becomes("the palette changes", ROOT, "data-palette", palette).await?;
            is_accessible(page, command).await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn the_page_has_landmarks_and_headings() -> Result<()> {
    on_stage("roles", async |_, page| {
        page.resize(2560, 1300, 1.0, false).await?;
        page.is_at_work().await?;
        for (what, selector) in [
            ("one banner", "header.top h1"),
            ("one main", "main#panels"),
            ("the health line", "footer[aria-label]"),
            ("a grid of symbols", "[role=grid] [role=row] [role=gridcell]"),
            ("a table of the book", ".book [role=table] [role=columnheader]"),
            ("a table of trades", ".trades [role=table] [role=row]"),
            ("a log of messages", "[role=log]"),
            ("edges", "[role=separator][aria-valuenow][aria-label]"),
            ("the connection is announced", "[data-testid=connection][role=status]"),
        ] {
            page.sees(selector).await.context(what)?;
        }
        let unnamed: usize = page
            .ask("return [...document.querySelectorAll('.panel')].filter((it) => !it.querySelector('h3')).length", &[])
            .await?;
        ensure!(unnamed == 0, "{unnamed} panels have no heading");
        Ok(())
    })
    .await
}
