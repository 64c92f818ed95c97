//! The chart library: TradingView's lightweight-charts, from npm as `frontend/package-lock.json` says, one file of it.

use std::fs;
use std::process::Command;

use anyhow::{Context as _, Result};

use super::output::Output;
use crate::command::run;
use crate::workspace::Workspace;

const PACKAGE: &str = "node_modules/lightweight-charts";
const MODULE: &str = "dist/lightweight-charts.standalone.production.mjs";

const LOCK: &str = "package-lock.json";

/// A copy of the lock file that the installed packages are of; lies among them, so that it goes when they go.
/// `frontend/Dockerfile` leaves one, too: its stage for npm is not the one that builds.
const STAMP: &str = "node_modules/.tickwire-lock";

/// Whether the packages of this very lock file are there already.
pub(crate) fn are_there(workspace: &Workspace) -> bool {
    let read = |name| fs::read(workspace.frontend().join(name)).ok();
    read(LOCK).is_some_and(|lock| read(STAMP).as_ref() == Some(&lock))
}

/// `npm ci`, if need be.
pub(super) fn fetch(workspace: &Workspace) -> Result<()> {
    if are_there(workspace) {
        return Ok(());
    }
    let frontend = workspace.frontend();
    let quiet = ["--no-audit", "--no-fund", "--loglevel=error"];
    run(Command::new("npm").args(["ci", "--ignore-scripts"]).args(quiet).current_dir(&frontend))?;
    fs::copy(frontend.join(LOCK), frontend.join(STAMP)).context("npm ci left no node_modules")?;
    Ok(())
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
