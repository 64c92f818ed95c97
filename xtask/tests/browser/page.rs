//! The page as a person sees it: questions with deadlines. The names are the `data-testid`s of `frontend`.

use std::ops::RangeInclusive;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};
use thirtyfour::prelude::ElementQueryable as _;
use thirtyfour::{By, WebDriver};

pub(crate) const BOOK: &str = "[data-testid=book]";
pub(crate) const CHART: &str = "[data-testid=chart]";
pub(crate) const FPS: &str = "[data-testid=fps]";
pub(crate) const HEALTH: &str = "[data-testid=health]";
pub(crate) const LAST_PRICE: &str = "[data-testid=last]";
pub(crate) const NEWEST_TRADE: &str = "[data-testid=trade-row]";
pub(crate) const ROOT: &str = "html";
pub(crate) const THEME: &str = "[data-testid=theme]";
pub(crate) const UNCHOSEN_ROW: &str = "[data-testid=watchlist-row][aria-selected=false]";

const SPARKLINE: &str = "[data-testid=watchlist-row] polyline";

pub(crate) const ROWS: &str = "[data-testid=watchlist-row]";

/// What happens every second or more often when all is well; long enough for a machine with other things to do.
pub(crate) const SOON: Duration = Duration::from_secs(30);

/// Time between two looks.
pub(crate) const LOOK_EVERY: Duration = Duration::from_millis(50);

/// So many rows of the watchlist must show another price: one alone could be luck.
const MOVING_ROWS_MIN: usize = 3;

/// Looks until `look` finds something.
///
/// # Errors
/// What `look` gives, or that it was not so in time.
pub(crate) async fn wait_for<T>(
    what: &str,
    within: Duration,
    mut look: impl AsyncFnMut() -> Result<Option<T>>,
) -> Result<T> {
    let started = Instant::now();
    loop {
        if let Some(found) = look().await.with_context(|| format!("while waiting until {what}"))? {
            return Ok(found);
        }
        if started.elapsed() > within {
            bail!("not within {} s: {what}", within.as_secs());
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

pub(crate) struct Page {
    pub(crate) browser: WebDriver,
    /// When the gateway was down on purpose, in milliseconds since 1970.
    outages_ms: Vec<RangeInclusive<i64>>,
}

/// What a person does.
impl Page {
    pub(crate) fn new(browser: WebDriver) -> Self {
        Self { browser, outages_ms: Vec::new() }
    }

    pub(crate) async fn open(&self, url: &str) -> Result<()> {
        self.browser.goto(url).await.with_context(|| format!("{url} can't be opened"))
    }

    pub(crate) async fn click(&self, selector: &str) -> Result<()> {
        let element =
            self.browser.query(By::Css(selector)).wait(SOON, LOOK_EVERY).and_clickable().first().await;
        Ok(element.with_context(|| format!("nothing to click on: {selector}"))?.click().await?)
    }

    /// Width and height in CSS pixels, and what becomes of one of them on a phone.
    pub(crate) async fn resize(&self, width: u32, height: u32, scale: f64, phone: bool) -> Result<()> {
        let cdp = self.browser.cdp();
        Ok(cdp.emulation().set_device_metrics_override(width, height, scale, phone).await?)
    }

    /// Tells the page which theme the system has: `dark` or `light`.
    pub(crate) async fn system_theme(&self, theme: &str) -> Result<()> {
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": theme }] });
        self.browser.cdp().send_raw("Emulation.setEmulatedMedia", features).await?;
        Ok(())
    }

    /// Types into a field, in place of what stands in it. A key is a character of its own, such as `\u{e00c}` for Escape.
    pub(crate) async fn type_into(&self, selector: &str, text: &str) -> Result<()> {
        let element = self.browser.query(By::Css(selector)).wait(SOON, LOOK_EVERY).first().await?;
        Ok(element.send_keys(text).await?)
    }

    /// Runs a script in the page, and gives what it returns.
    pub(crate) async fn script<T: serde::de::DeserializeOwned>(&self, script: &str) -> Result<T> {
        self.ask(script, &[]).await
    }

    /// A command of the DevTools protocol.
    pub(crate) async fn devtools(&self, command: &str, parameters: Value) -> Result<Value> {
        Ok(self.browser.cdp().send_raw(command, parameters).await?)
    }

    /// Opens another tab, which hides this one, and comes back after `meanwhile`.
    pub(crate) async fn hidden(&self, meanwhile: impl AsyncFnOnce() -> Result<()>) -> Result<()> {
        let here = self.browser.window().await?;
        let other = self.browser.new_tab().await?;
        self.browser.switch_to_window(other).await?;
        meanwhile().await?;
        self.browser.close_window().await?;
        Ok(self.browser.switch_to_window(here).await?)
    }

    pub(crate) async fn screenshot(&self, file: &Path) -> Result<()> {
        self.browser.screenshot(file).await.with_context(|| format!("no picture in {}", file.display()))
    }
}

/// What a person waits for.
impl Page {
    pub(crate) async fn becomes_live(&self) -> Result<()> {
        self.becomes("the page is live", HEALTH, "data-state", "live").await
    }

    pub(crate) async fn leaves_live(&self) -> Result<()> {
        let state = async || self.attribute(HEALTH, "data-state").await;
        let look = async || Ok(state().await?.filter(|state| state != "live"));
        wait_for("the page says that it is not live any more", SOON, look).await.map(drop)
    }

    /// Several rows of the watchlist show another price than now.
    pub(crate) async fn prices_change(&self) -> Result<()> {
        let before = self.prices().await?;
        let look = async || {
            let now = self.prices().await?;
            let moved =
                now.iter().zip(&before).filter(|(now, before)| now != before && !now.is_empty()).count();
            Ok((moved >= MOVING_ROWS_MIN).then_some(()))
        };
        wait_for(&format!("{MOVING_ROWS_MIN} prices of the watchlist are others than {before:?}"), SOON, look)
            .await
    }

    pub(crate) async fn becomes(
        &self,
        what: &str,
        selector: &str,
        attribute: &str,
        wanted: &str,
    ) -> Result<()> {
        let mut last = None;
        let look = async || {
            last = self.attribute(selector, attribute).await?;
            Ok((last.as_deref() == Some(wanted)).then_some(()))
        };
        let outcome = wait_for(what, SOON, look).await;
        outcome.with_context(|| format!("{selector} has {attribute}={last:?}, wanted {wanted:?}"))
    }

    /// The attribute's value becomes another one, which is given.
    pub(crate) async fn changes(&self, what: &str, selector: &str, attribute: &str) -> Result<String> {
        let before = self.attribute(selector, attribute).await?;
        let look = async || {
            Ok(self.attribute(selector, attribute).await?.filter(|now| Some(now) != before.as_ref()))
        };
        let outcome = wait_for(what, SOON, look).await;
        outcome.with_context(|| format!("{selector} keeps {attribute}={before:?}"))
    }

    /// The attribute is a number above `limit`, which is given.
    pub(crate) async fn passes(
        &self,
        what: &str,
        selector: &str,
        attribute: &str,
        limit: u64,
    ) -> Result<u64> {
        let mut last = None;
        let look = async || {
            last = self.attribute(selector, attribute).await?;
            Ok(last.as_deref().and_then(|last| last.parse().ok()).filter(|last| *last > limit))
        };
        let outcome = wait_for(what, SOON, look).await;
        outcome.with_context(|| format!("{selector} has {attribute}={last:?}, wanted more than {limit}"))
    }

    /// Every row of the watchlist has its line of the last hour.
    pub(crate) async fn sparklines_are_drawn(&self) -> Result<()> {
        let script = "return [...document.querySelectorAll(arguments[0])].map((line) => line.points.length)";
        let look = async || {
            let points: Vec<usize> = self.ask(script, &[SPARKLINE]).await?;
            Ok((!points.is_empty() && points.iter().all(|points| *points > 1)).then_some(()))
        };
        wait_for("all sparklines are drawn", SOON, look).await
    }

    pub(crate) async fn address_has(&self, part: &str) -> Result<()> {
        let look = async || Ok(self.browser.current_url().await?.as_str().contains(part).then_some(()));
        wait_for(&format!("the address has {part}"), SOON, look).await
    }
}

/// What the page shows now.
impl Page {
    pub(crate) async fn attribute(&self, selector: &str, name: &str) -> Result<Option<String>> {
        let script = "return document.querySelector(arguments[0])?.getAttribute(arguments[1]) ?? null";
        self.ask(script, &[selector, name]).await
    }

    /// The price of each row of the watchlist.
    async fn prices(&self) -> Result<Vec<String>> {
        let script =
            "return [...document.querySelectorAll(arguments[0])].map((element) => element.textContent)";
        self.ask(script, &[LAST_PRICE]).await
    }

    pub(crate) async fn ask<T: serde::de::DeserializeOwned>(
        &self,
        script: &str,
        arguments: &[&str],
    ) -> Result<T> {
        let arguments: Vec<Value> = arguments.iter().map(|argument| json!(argument)).collect();
        Ok(self.browser.execute(script, arguments).await?.convert()?)
    }
}

/// What the console says.
impl Page {
    /// From here the browser may complain that it can't connect. Gives the time, for `outage_ends`.
    pub(crate) fn outage_begins() -> Result<i64> {
        now_ms()
    }

    pub(crate) fn outage_ends(&mut self, begin_ms: i64) -> Result<()> {
        self.outages_ms.push(begin_ms..=now_ms()?);
        Ok(())
    }

    /// The errors of the console since the last time, but for those of an outage.
    pub(crate) async fn console_errors(&self) -> Result<Vec<String>> {
        let entries = self.browser.browser_log().await?;
        let outage = |time_ms| self.outages_ms.iter().any(|outage| outage.contains(&time_ms));
        let errors = entries.into_iter().filter(|entry| entry.level == "SEVERE" && !outage(entry.timestamp));
        Ok(errors.map(|entry| entry.message).collect())
    }
}

fn now_ms() -> Result<i64> {
    Ok(i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis())?)
}
