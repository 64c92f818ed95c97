//! What a fresh Debian machine with only Rust lacks: found, announced, installed where that is allowed.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::command;
use crate::dashboard::charts;
use crate::steps::Step;
use crate::workspace::Workspace;

const WASM: &str = "wasm32-unknown-unknown";

/// The browser and its driver, under the names of Debian, Ubuntu and Google's own packages.
const BROWSERS: &[&str] = &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const DRIVERS: &[&str] = &["chromedriver", "chromium.chromedriver"];

/// The steps before anything is built.
pub(crate) fn for_building() -> Vec<Step<'static>> {
    vec![Step::new("looking for the wasm32 target", |_| wasm_target()), Step::new("looking for npm", npm)]
}

/// The steps before a browser is driven.
pub(crate) fn for_browser_tests() -> Vec<Step<'static>> {
    let browser = Step::new("looking for a browser", |_| browser());
    for_building().into_iter().chain([browser]).collect()
}

/// The step before Nginx is started.
pub(crate) fn for_entrance_tests() -> Step<'static> {
    Step::new("looking for Nginx", |_| nginx())
}

/// The standard library for wasm32. rustup is not called when it is there already.
pub(crate) fn wasm_target() -> Result<()> {
    if wasm_std()?.is_dir() {
        return Ok(());
    }
    if command::find(&["rustup"]).is_none() {
        bail!(
            "the target {WASM} is missing and there is no rustup: install your system's Rust std for {WASM}"
        );
    }
    println!("      rustup target add {WASM}");
    command::run(Command::new("rustup").args(["target", "add", WASM]))
}

/// Where rustc looks for the standard library of wasm32.
fn wasm_std() -> Result<PathBuf> {
    let print = ["--print", "target-libdir", "--target", WASM];
    Ok(PathBuf::from(command::output(Command::new("rustc").args(print))?))
}

/// npm, which brings the chart library. Where that is there already, nobody needs npm.
fn npm(workspace: &Workspace) -> Result<()> {
    if charts::are_there(workspace) || command::find(&["npm"]).is_some() {
        return Ok(());
    }
    debian_packages(&["nodejs", "npm"], "npm brings the chart library")
}

/// A browser and its driver for the tests.
fn browser() -> Result<()> {
    if command::find(BROWSERS).is_some() && command::find(DRIVERS).is_some() {
        return Ok(());
    }
    debian_packages(&["chromium", "chromium-driver", "fonts-liberation"], "the browser tests drive them")
}

/// Nginx, for the tests of the entrance. Debian's package starts a server of its own, which nobody asked for, where there
/// is an init system: it is the binary alone that is wanted.
fn nginx() -> Result<()> {
    if nginx_path().is_ok() {
        return Ok(());
    }
    debian_packages(&["nginx"], "the tests of the entrance start it")
}

/// The path of Nginx.
pub(crate) fn nginx_path() -> Result<PathBuf> {
    let sbin = PathBuf::from("/usr/sbin/nginx");
    command::find(&["nginx"])
        .or(sbin.is_file().then_some(sbin))
        .context("no Nginx on the PATH: install `nginx`")
}

/// The step before Prometheus is asked; `promtool`, which asks, is in the same package.
pub(crate) fn for_metrics() -> Step<'static> {
    Step::new("looking for Prometheus", |_| prometheus())
}

fn prometheus() -> Result<()> {
    if command::find(&["prometheus"]).is_some() && command::find(&["promtool"]).is_some() {
        return Ok(());
    }
    debian_packages(&["prometheus"], "the dashboard and the rules are tried on it")
}

/// The paths of the browser and its driver, in this order.
pub(crate) fn browser_paths() -> Result<(PathBuf, PathBuf)> {
    let browser = command::find(BROWSERS).context("no browser on the PATH: install `chromium`")?;
    let driver = command::find(DRIVERS).context("no chromedriver on the PATH: install `chromium-driver`")?;
    Ok((browser, driver))
}

/// `apt-get install`, if this machine has it and lets us.
pub(crate) fn debian_packages(packages: &[&str], why: &str) -> Result<()> {
    let list = packages.join(" ");
    let Some(apt_get) = allowed_apt_get() else {
        bail!("missing: {list} ({why}). Install them, on Debian with: sudo apt-get install {list}");
    };
    println!("      installing {list} with apt-get ({why})");
    command::run(apt_get().args(["update", "--quiet=2"]))?;
    let install = ["install", "--yes", "--quiet=2", "--no-install-recommends"];
    command::run(apt_get().args(install).args(packages))
}

/// apt-get as root, or through a sudo that asks for no password.
fn allowed_apt_get() -> Option<fn() -> Command> {
    command::find(&["apt-get"])?;
    if is_root() {
        return Some(|| {
            let mut apt_get = Command::new("apt-get");
            apt_get.env("DEBIAN_FRONTEND", "noninteractive");
            apt_get
        });
    }
    command::succeeds(Command::new("sudo").args(["-n", "true"])).then_some(|| {
        let mut sudo = Command::new("sudo");
        sudo.args(["-n", "DEBIAN_FRONTEND=noninteractive", "apt-get"]);
        sudo
    })
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}
