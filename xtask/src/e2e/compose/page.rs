//! What a browser finds at the entrance, and what it must not find.

use anyhow::{Context as _, Result, ensure};

use super::project::{BACKEND, Project};
use crate::e2e::http::{self, Answer};

pub(super) fn check(project: &Project) -> Result<()> {
    let page = get(project, "/")?;
    ensure!(page.header("cache-control") == Some("no-cache"), "the page would be kept");
    let policy = page.header("content-security-policy").context("the page has no Content-Security-Policy")?;
    ensure!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{policy}");
    let html = page.text();
    let assets: Vec<_> = assets(&html).collect();
    ensure!(assets.iter().any(|path| path.ends_with(".wasm")), "the page names no wasm: {html}");
    let mut bytes = page.body.len();
    for path in &assets {
        let asset = get(project, path)?;
        let caching = asset.header("cache-control").unwrap_or_default();
        ensure!(caching.contains("immutable"), "{path} would not be kept: {caching}");
        bytes += asset.body.len();
    }
    let instruments = get(project, "/api/v1/instruments")?;
    ensure!(instruments.text().contains("BTC-USDT"), "{}", instruments.text());
    for port in [8000, 9000] {
        let published = project.published(BACKEND, port);
        ensure!(published.is_none(), "port {port} of the backend is published: {published:?}");
    }
    for path in ["/metrics", "/ready", "/live"] {
        let answer = http::get(project.address, &project.host(), path)?;
        ensure!(
            !answer.text().contains("tickwire_") && !answer.text().starts_with("ready"),
            "{path} is public"
        );
    }
    println!(
        "      page: {} assets, {bytes} bytes, uncompressed; the backend's ports are not published",
        assets.len()
    );
    Ok(())
}

fn get(project: &Project, path: &str) -> Result<Answer> {
    let answer = http::get(project.address, &project.host(), path)?;
    ensure!(answer.status == 200, "{path}: {} {}", answer.status, answer.text());
    Ok(answer)
}

/// The addresses below /assets that a page names.
fn assets(html: &str) -> impl Iterator<Item = &str> {
    html.split('"').filter(|part| part.starts_with("/assets/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_names_its_assets() {
        let html =
            r#"<link rel="icon" href="/assets/a.svg"><script src="/assets/b/boot.js"></script><a href="/">"#;
        assert_eq!(assets(html).collect::<Vec<_>>(), ["/assets/a.svg", "/assets/b/boot.js"]);
    }
}
