//! The page as a person sees it: questions with deadlines. The names are the `data-testid`s of `frontend`.

use std::ops::RangeInclusive;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};
use thirtyfour::prelude::ElementQueryable as _;
use thirtyfour::{By, Key, TypingData, WebDriver};

pub(crate) const BOOK: &str = "[data-testid=book]";
pub(crate) const CHART: &str = "[data-testid=chart]";
pub(crate) const FPS: &str = "[data-testid=fps]";
pub(crate) const HEALTH: &str = "[data-testid=health]";
pub(crate) const LAST_PRICE: &str = "[data-testid=last]";
pub(crate) const NEWEST_TRADE: &str = "[data-testid=trade-row]";
pub(crate) const ROOT: &str = "html";
pub(crate) const THEME: &str = "[data-testid=theme]";
pub(crate) const UNCHOSEN_ROW: &str = "[data-testid=watchlist-row][aria-selected=false]";

const SYMBOL: &str = "[data-testid=headline] .symbol";
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

/// The same for what happens every second or more often when all is well.
///
/// # Errors
/// As [`wait_for`].
pub(crate) async fn wait_soon<T>(what: &str, look: impl AsyncFnMut() -> Result<Option<T>>) -> Result<T> {
    wait_for(what, SOON, look).await
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

    /// Presses a key on an element, which has the focus then: `a`, `ArrowLeft`, `Home`.
    pub(crate) async fn press_on(&self, selector: &str, key: &str) -> Result<()> {
        let keys: TypingData = match key {
            "ArrowLeft" => Key::Left.into(),
            "ArrowRight" => Key::Right.into(),
            "Home" => Key::Home.into(),
            "End" => Key::End.into(),
            plain => plain.into(),
        };
        let element = self.browser.query(By::Css(selector)).wait(SOON, LOOK_EVERY).first().await;
        Ok(element.with_context(|| format!("nothing to press {key} on: {selector}"))?.send_keys(keys).await?)
    }

    /// Chooses an option of a `<select>` by its value, once it is offered.
    pub(crate) async fn choose(&self, selector: &str, value: &str) -> Result<()> {
        self.exists("the option is offered", &format!("{selector} option[value=\"{value}\"]")).await?;
        self.set_value(selector, value).await
    }

    /// Writes a text into a field and leaves it.
    pub(crate) async fn fill(&self, selector: &str, text: &str) -> Result<()> {
        self.exists("the field is there", selector).await?;
        self.set_value(selector, text).await
    }

    async fn set_value(&self, selector: &str, value: &str) -> Result<()> {
        let script = "const element = document.querySelector(arguments[0]); element.value = arguments[1];
            element.dispatchEvent(new Event('change', { bubbles: true })); return true";
        self.ask::<bool>(script, &[selector, value]).await.map(drop)
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

    /// The attribute's value is another one than `before`.
    pub(crate) async fn changes_from(
        &self,
        what: &str,
        selector: &str,
        attribute: &str,
        before: &str,
    ) -> Result<()> {
        let look = async || {
            let now = self.attribute(selector, attribute).await?;
            Ok(now.is_some_and(|now| now != before).then_some(()))
        };
        wait_for(what, SOON, look).await
    }

    /// The element's text has this in it.
    pub(crate) async fn has_text(&self, what: &str, selector: &str, part: &str) -> Result<()> {
        let mut last = Vec::new();
        let look = async || {
            last = self.texts(selector).await?;
            Ok(last.iter().any(|text| text.contains(part)).then_some(()))
        };
        let outcome = wait_for(what, SOON, look).await;
        outcome.with_context(|| format!("{selector} says {last:?}, wanted {part:?}"))
    }

    /// The element's text becomes another one.
    pub(crate) async fn text_changes(&self, what: &str, selector: &str, before: &str) -> Result<()> {
        let look = async || {
            let texts = self.texts(selector).await?;
            Ok(texts.first().is_some_and(|text| text != before).then_some(()))
        };
        wait_for(what, SOON, look).await
    }

    /// The number in the element's text, behind a word.
    pub(crate) async fn number_in(&self, what: &str, selector: &str, word: &str) -> Result<f64> {
        let look = async || {
            let texts = self.texts(selector).await?;
            let text = texts.first().map(|text| text.replace(word, "").replace(',', ""));
            Ok(text.and_then(|text| text.trim().parse().ok()))
        };
        wait_for(what, SOON, look).await
    }

    pub(crate) async fn exists(&self, what: &str, selector: &str) -> Result<()> {
        wait_for(what, SOON, async || Ok((self.count(selector).await? > 0).then_some(()))).await
    }

    pub(crate) async fn vanishes(&self, what: &str, selector: &str) -> Result<()> {
        wait_for(what, SOON, async || Ok((self.count(selector).await? == 0).then_some(()))).await
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

    /// An attribute that is a number.
    pub(crate) async fn number(&self, selector: &str, name: &str) -> Result<u64> {
        let value = self.attribute(selector, name).await?;
        let number = value.as_deref().and_then(|value| value.parse().ok());
        number.with_context(|| format!("{selector} has {name}={value:?}, wanted a number"))
    }

    /// The texts of all such elements.
    pub(crate) async fn texts(&self, selector: &str) -> Result<Vec<String>> {
        let script =
            "return [...document.querySelectorAll(arguments[0])].map((element) => element.textContent)";
        self.ask(script, &[selector]).await
    }

    pub(crate) async fn count(&self, selector: &str) -> Result<usize> {
        self.ask("return document.querySelectorAll(arguments[0]).length", &[selector]).await
    }

    pub(crate) async fn chosen_symbol(&self) -> Result<String> {
        let symbols = self.texts(SYMBOL).await?;
        symbols.into_iter().next().context("no symbol is chosen")
    }

    /// What the server answers to the page.
    pub(crate) async fn rest(&self, path: &str) -> Result<Value> {
        self.ask("return fetch(arguments[0]).then((answer) => answer.json())", &[path]).await
    }

    /// The price of each row of the watchlist.
    async fn prices(&self) -> Result<Vec<String>> {
        self.texts(LAST_PRICE).await
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
