//! The chart library: TradingView's lightweight-charts, from npm as `frontend/package-lock.json` says, what we use of it.

use std::fs;
use std::process::Command;

use anyhow::{Context as _, Result};

use super::esbuild::Esbuild;
use super::output::Output;
use crate::command::run;
use crate::workspace::Workspace;

const LICENCE: &str = "node_modules/lightweight-charts/LICENSE";
const MODULE: &str = "js/lightweight-charts.js";

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

/// Writes the library and its licence; gives the library's address.
pub(super) fn write(workspace: &Workspace, esbuild: &Esbuild, output: &mut Output) -> Result<String> {
    let licence = workspace.frontend().join(LICENCE);
    let licence = fs::read(&licence).with_context(|| format!("{} can't be read", licence.display()))?;
    output.write("licenses/lightweight-charts.txt", &licence)?;
    let library = esbuild.bundle(&workspace.frontend().join(MODULE), &[])?;
    output.write_hashed("lightweight-charts", "mjs", library.as_bytes())
}
