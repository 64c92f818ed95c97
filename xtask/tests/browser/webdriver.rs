//! chromedriver and a headless browser with a fresh profile; both end with the test.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, bail};
use thirtyfour::{
    ChromeCapabilities, ChromiumLikeCapabilities as _, DesiredCapabilities, LoggingPrefsLogLevel, WebDriver,
};

/// What Chromium needs in a container, as root, and on a network that leads nowhere.
const FLAGS: &[&str] = &[
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    // A laptop; with what the browser keeps for itself.
    "--window-size=1440,900",
];

/// How often chromedriver is started at most: it takes a free port of one protocol and ends if the same is taken in the
/// other one.
const STARTS_MAX: usize = 5;

pub(crate) struct Driver {
    process: Child,
    url: String,
    browser: PathBuf,
    profile: PathBuf,
}

impl Driver {
    /// Starts chromedriver on a port that it chooses itself.
    pub(crate) fn start(driver: &Path, browser: PathBuf, profile: PathBuf) -> Result<Self> {
        for _ in 0..STARTS_MAX {
            if let Some((process, port)) = listening(driver)? {
                return Ok(Self { process, url: format!("http://127.0.0.1:{port}"), browser, profile });
            }
        }
        bail!("chromedriver ended {STARTS_MAX} times before it said which port it listens on")
    }

    /// Opens the browser.
    pub(crate) async fn browser(&self) -> Result<WebDriver> {
        if self.profile.exists() {
            std::fs::remove_dir_all(&self.profile)?;
        }
        let driver = WebDriver::new(&self.url, self.capabilities()?).await;
        driver.context("chromedriver could not start the browser")
    }

    fn capabilities(&self) -> Result<ChromeCapabilities> {
        let mut capabilities = DesiredCapabilities::chrome();
        capabilities.set_binary(&self.browser.to_string_lossy())?;
        for flag in FLAGS {
            capabilities.add_arg(flag)?;
        }
        capabilities.add_arg(&format!("--user-data-dir={}", self.profile.display()))?;
        capabilities.set_browser_log_level(LoggingPrefsLogLevel::All)?;
        Ok(capabilities)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = std::fs::remove_dir_all(&self.profile);
    }
}

/// A chromedriver and its port; `None` if it ended before it had one.
fn listening(driver: &Path) -> Result<Option<(Child, u16)>> {
    let mut command = Command::new(driver);
    command.arg("--port=0").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut process =
        command.spawn().with_context(|| format!("{} could not be started", driver.display()))?;
    let output = process.stdout.take().context("chromedriver has no output")?;
    let mut lines = BufReader::new(output).lines().map_while(Result::ok);
    let Some(port) = lines.find_map(|line| port(&line)) else {
        process.wait()?;
        return Ok(None);
    };
    // Nobody reads on, but chromedriver may go on writing.
    std::thread::spawn(move || lines.for_each(drop));
    Ok(Some((process, port)))
}

/// The port in `ChromeDriver was started successfully on port 40123.`
fn port(line: &str) -> Option<u16> {
    line.split_once("successfully on port ")?.1.trim_end_matches('.').parse().ok()
}
