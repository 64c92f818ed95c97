//! What else a person does and sees: keys, fingers, the focus, the history.

use std::time::Duration;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use thirtyfour::prelude::ElementQueryable as _;
use thirtyfour::{By, Key, TypingData};

use crate::page::{FPS, LOOK_EVERY, Page, SOON, wait_for};

/// The fingers of a swipe go over so many points.
const SWIPE_STEPS: i32 = 8;

/// Hands.
impl Page {
    pub(crate) async fn press(&self, keys: impl Into<TypingData>) -> Result<()> {
        Ok(self.browser.active_element().await?.send_keys(keys).await?)
    }

    pub(crate) async fn press_escape(&self) -> Result<()> {
        self.press(Key::Escape).await
    }

    pub(crate) async fn type_text(&self, text: &str) -> Result<()> {
        self.press(text).await
    }

    /// Opens the command palette, types, and presses Enter.
    pub(crate) async fn command(&self, letters: &str) -> Result<()> {
        self.press(Key::Control + "k").await?;
        self.has_focus_in("dialog input[role=combobox]").await?;
        self.type_text(letters).await?;
        self.sees("#command-0").await?;
        self.press(Key::Enter).await?;
        self.misses("dialog[open]").await
    }

    pub(crate) async fn focus(&self, selector: &str) -> Result<()> {
        self.ask("document.querySelector(arguments[0]).focus()", &[selector]).await
    }

    pub(crate) async fn drag(&self, selector: &str, right: i64, down: i64) -> Result<()> {
        let element = self.browser.query(By::Css(selector)).wait(SOON, LOOK_EVERY).first().await?;
        let chain = self.browser.action_chain().click_and_hold_element(&element);
        Ok(chain.move_by_offset(right, down).release().perform().await?)
    }

    /// A finger from the right half of an element to its left half.
    pub(crate) async fn swipe_left(&self, selector: &str) -> Result<()> {
        let script = "const box = document.querySelector(arguments[0]).getBoundingClientRect();
            return [box.left + box.width * 0.8, box.top + box.height / 2, box.width * 0.6]";
        let [x, y, far]: [f64; 3] = self.ask(script, &[selector]).await?;
        let touch = async |kind: &str, points: Value| {
            let event = json!({ "type": kind, "touchPoints": points });
            self.browser.cdp().send_raw("Input.dispatchTouchEvent", event).await
        };
        touch("touchStart", json!([{ "x": x, "y": y }])).await?;
        for step in 1..=SWIPE_STEPS {
            let x = x - far * f64::from(step) / f64::from(SWIPE_STEPS);
            touch("touchMove", json!([{ "x": x, "y": y }])).await?;
        }
        touch("touchEnd", json!([])).await?;
        Ok(())
    }

    pub(crate) async fn back(&self) -> Result<()> {
        Ok(self.browser.back().await?)
    }

    pub(crate) async fn forward(&self) -> Result<()> {
        Ok(self.browser.forward().await?)
    }
}

/// Eyes.
impl Page {
    /// The page is live, has a price and draws.
    pub(crate) async fn is_at_work(&self) -> Result<()> {
        self.becomes_live().await?;
        self.shows_part("[data-testid=headline] .price", ".").await?;
        self.passes("frames are drawn", FPS, "data-fps", 0).await.map(drop)
    }

    /// Such an element is there and takes room.
    pub(crate) async fn sees(&self, selector: &str) -> Result<()> {
        self.until(&format!("{selector} is seen"), &visible(selector), true).await
    }

    /// No such element is there, or it takes no room.
    pub(crate) async fn misses(&self, selector: &str) -> Result<()> {
        self.until(&format!("{selector} is gone"), &visible(selector), false).await
    }

    pub(crate) async fn text(&self, selector: &str) -> Result<String> {
        self.ask("return document.querySelector(arguments[0])?.textContent ?? ''", &[selector]).await
    }

    pub(crate) async fn shows(&self, selector: &str, text: &str) -> Result<()> {
        let look = async || Ok((self.text(selector).await?.trim() == text).then_some(()));
        wait_for(&format!("{selector} says {text}"), SOON, look).await
    }

    pub(crate) async fn shows_part(&self, selector: &str, part: &str) -> Result<()> {
        let look = async || Ok(self.text(selector).await?.contains(part).then_some(()));
        let outcome = wait_for(&format!("{selector} says {part}"), SOON, look).await;
        outcome.with_context(|| format!("{selector} is asked for its text"))
    }

    pub(crate) async fn has_focus_in(&self, selector: &str) -> Result<()> {
        let script = format!("return document.activeElement.closest({}) !== null", json!(selector));
        self.until(&format!("the focus is in {selector}"), &script, true).await
    }

    /// Behind the last element of a dialog, Tab leads to the browser's own controls: never to the page below.
    pub(crate) async fn is_focus_out_of_page_or_in(&self, selector: &str) -> Result<bool> {
        let script = "return document.activeElement === document.body || document.activeElement.closest(arguments[0]) !== null";
        self.ask(script, &[selector]).await
    }

    /// What the script says becomes `wanted`.
    pub(crate) async fn until<T>(&self, what: &str, script: &str, wanted: T) -> Result<()>
    where
        T: serde::de::DeserializeOwned + PartialEq,
    {
        wait_for(what, SOON, async || Ok((self.ask::<T>(script, &[]).await? == wanted).then_some(()))).await
    }

    /// The same of a script that calls its last argument with what it has to say.
    pub(crate) async fn until_later<T>(
        &self,
        what: &str,
        script: &str,
        is_wanted: impl Fn(T) -> bool,
    ) -> Result<()>
    where
        T: serde::de::DeserializeOwned,
    {
        wait_for(what, SOON, async || Ok(is_wanted(self.ask_later(script).await?).then_some(()))).await
    }
}

/// Code that no test of its own contains: a library to ask with.
impl Page {
    pub(crate) async fn inject(&self, code: &str) -> Result<()> {
        self.browser.execute(code, Vec::new()).await?;
        Ok(())
    }

    pub(crate) async fn ask_later<T: serde::de::DeserializeOwned>(&self, script: &str) -> Result<T> {
        self.browser.set_script_timeout(Duration::from_secs(180)).await?;
        Ok(self.browser.execute_async(script, Vec::new()).await?.convert()?)
    }
}

fn visible(selector: &str) -> String {
    format!("return [...document.querySelectorAll({})].some((it) => it.offsetWidth > 0)", json!(selector))
}
