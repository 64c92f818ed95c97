//! A test's stage: one gateway, one browser, one page; what a failure leaves behind to be looked at.
//!
//! | variable                | what it names                                     |
//! |-------------------------|---------------------------------------------------|
//! | `XTASK_GATEWAY`          | the gateway                                       |
//! | `XTASK_DASHBOARD`    | the folder of the built dashboard                 |
//! | `XTASK_BROWSER`      | Chromium or Chrome                                |
//! | `XTASK_WEBDRIVER`    | chromedriver                                      |
//! | `XTASK_SCREENSHOTS`  | where pictures go; `target/screenshots` if not set |

use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use tokio::sync::Mutex;

use crate::gateway::{Gateway, path_from};
use crate::page::Page;
use crate::webdriver::Driver;

/// One test at a time: two browsers that draw without a GPU disturb each other on two cores.
static ALONE: Mutex<()> = Mutex::const_new(());

pub(crate) struct Stage {
    pub(crate) gateway: Gateway,
    screenshots: PathBuf,
}

/// Plays a test on a page that is live. It fails, too, if the browser's console has an error that the test did not cause on purpose.
pub(crate) async fn on_stage(
    name: &str,
    play: impl AsyncFnOnce(&mut Stage, &mut Page) -> Result<()>,
) -> Result<()> {
    on_stage_with(name, &[], play).await
}

/// The same with a gateway that is set so: (the end of the variable's name, value).
pub(crate) async fn on_stage_with(
    name: &str,
    settings: &[(&str, &str)],
    play: impl AsyncFnOnce(&mut Stage, &mut Page) -> Result<()>,
) -> Result<()> {
    let _alone = ALONE.lock().await;
    let mut stage = Stage::new(name)?;
    for (setting, value) in settings {
        stage.gateway.set(setting, value);
    }
    stage.gateway.start().await.map_err(|error| error.context(stage.gateway.log_tail()))?;
    let profile = scratch(&format!("browser-{name}"));
    let driver = Driver::start(&path_from("XTASK_WEBDRIVER")?, path_from("XTASK_BROWSER")?, profile)?;
    let played = driver.browser().await?.run_and_quit(async |browser| {
        let mut page = Page::new(browser);
        let played = match perform(&mut stage, &mut page, play).await {
            Ok(()) => Ok(()),
            Err(error) => Err(error.context(stage.evidence(name, &page).await)),
        };
        // The driver's error would not keep the causes of ours.
        thirtyfour::error::WebDriverResult::Ok(played)
    });
    played.await?
}

/// Opens the page, waits until it is live, plays, and reads the console.
async fn perform(
    stage: &mut Stage,
    page: &mut Page,
    play: impl AsyncFnOnce(&mut Stage, &mut Page) -> Result<()>,
) -> Result<()> {
    page.open(&stage.gateway.url()).await?;
    page.becomes_live().await?;
    play(stage, page).await?;
    no_errors(page).await
}

async fn no_errors(page: &Page) -> Result<()> {
    let errors = page.console_errors().await?;
    ensure!(errors.is_empty(), "the browser's console has errors:\n{}", errors.join("\n"));
    Ok(())
}

impl Stage {
    fn new(name: &str) -> Result<Self> {
        let log = scratch(&format!("gateway-{name}.log"));
        let _ = std::fs::remove_file(&log);
        let gateway = Gateway::new(path_from("XTASK_GATEWAY")?, path_from("XTASK_DASHBOARD")?, log)?;
        let screenshots = std::env::var_os("XTASK_SCREENSHOTS").map(PathBuf::from);
        let screenshots = screenshots.unwrap_or_else(|| scratch("../screenshots"));
        std::fs::create_dir_all(&screenshots)?;
        Ok(Self { gateway, screenshots })
    }

    /// The path of a picture.
    pub(crate) fn picture(&self, name: &str) -> PathBuf {
        self.screenshots.join(name).with_extension("png")
    }

    /// Takes a picture of the failure and tells what else is known.
    async fn evidence(&self, name: &str, page: &Page) -> String {
        let picture = scratch(&format!("failed-{name}.png"));
        let seen = match page.screenshot(&picture).await {
            Ok(()) => format!("what the browser showed: {}", picture.display()),
            Err(error) => format!("no picture of the browser: {error}"),
        };
        let console = page.console_errors().await.unwrap_or_default().join("\n");
        let log = self.gateway.log_tail();
        format!("{name} failed; {seen}\nbrowser console:\n{console}\nend of the gateway's log:\n{log}\n")
    }
}

/// A place in `target/tmp`.
fn scratch(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}
