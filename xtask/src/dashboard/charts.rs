//! The chart library: TradingView's lightweight-charts, from npm as `frontend/package-lock.json` says, one file of it.

use std::fs;
use std::process::Command;

use anyhow::{Context as _, Result};

use super::output::{Output, hash};
use crate::command::run;
use crate::workspace::Workspace;

const PACKAGE: &str = "node_modules/lightweight-charts";
const MODULE: &str = "dist/lightweight-charts.standalone.production.mjs";

/// Says which lock file the installed packages are of; lies among them, so that it goes when they go.
const STAMP: &str = "node_modules/.tickwire-lock";

/// `npm ci`, unless the packages of this very lock file are there already.
pub(super) fn fetch(workspace: &Workspace) -> Result<()> {
    let frontend = workspace.frontend();
    let lock = frontend.join("package-lock.json");
    let lock = fs::read(&lock).with_context(|| format!("{} can't be read", lock.display()))?;
    let wanted = hash([lock.as_slice()]);
    if fs::read_to_string(frontend.join(STAMP)).is_ok_and(|stamp| stamp == wanted) {
        return Ok(());
    }
    let quiet = ["--no-audit", "--no-fund", "--loglevel=error"];
    run(Command::new("npm").args(["ci", "--ignore-scripts"]).args(quiet).current_dir(&frontend))?;
    fs::write(frontend.join(STAMP), wanted).context("npm ci left no node_modules")
}

/// Copies the library and its licence; gives the library's address.
pub(super) fn write(workspace: &Workspace, output: &mut Output) -> Result<String> {
    let package = workspace.frontend().join(PACKAGE);
    let licence = package.join("LICENSE");
    let licence = fs::read(&licence).with_context(|| format!("{} can't be read", licence.display()))?;
    output.write("licenses/lightweight-charts.txt", &licence)?;
    let module = package.join(MODULE);
    let data = fs::read(&module).with_context(|| format!("{} can't be read", module.display()))?;
    output.write_hashed("lightweight-charts", "mjs", &data)
}
