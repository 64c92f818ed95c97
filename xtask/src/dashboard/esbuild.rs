//! esbuild, from npm as `frontend/package-lock.json` says: JavaScript modules become one file, and scripts and stylesheets
//! lose what only people read.

use std::env::consts::{ARCH, OS};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use super::bundle::staging;
use crate::command::output;
use crate::workspace::{Profile, Workspace};

pub(super) struct Esbuild {
    program: PathBuf,
    /// Where it finds texts that are no files yet.
    staging: PathBuf,
    /// Whether people's words, spaces and long names go.
    minify: bool,
}

impl Esbuild {
    /// # Errors
    /// When npm has not brought it for this platform.
    pub(super) fn new(workspace: &Workspace, profile: Profile) -> Result<Self> {
        // The program itself, not its start script: where the dashboard's image is built there is no Node.js.
        let platform = platform().with_context(|| format!("{OS} on {ARCH}: not known to have esbuild"))?;
        let program = workspace.frontend().join("node_modules/@esbuild").join(platform).join("bin/esbuild");
        ensure!(program.exists(), "{} is missing: does npm leave out optional packages?", program.display());
        Ok(Self { program, staging: staging(workspace), minify: profile == Profile::Release })
    }

    /// The module `entry` with all that it imports and uses; `names` are those that it has for files elsewhere.
    pub(super) fn bundle(&self, entry: &Path, names: &[(&str, &Path)]) -> Result<String> {
        // wasm-bindgen's glue names a module once for each function that it imports.
        let glue = "--log-override:duplicate-object-key=silent";
        // A class that can be disposed of is one that esbuild keeps, used or not.
        let plain = "--define:Symbol.dispose=undefined";
        let alias = |(name, file): &(&str, &Path)| format!("--alias:{name}={}", file.display());
        output(
            self.command(entry).args(["--bundle", "--format=esm", glue, plain]).args(names.iter().map(alias)),
        )
    }

    /// A script or stylesheet by itself; its kind is that of the name.
    pub(super) fn minify(&self, name: &str, text: &str) -> Result<String> {
        let file = self.staging.join(name);
        fs::write(&file, text).with_context(|| format!("{} can't be written", file.display()))?;
        output(&mut self.command(&file))
    }

    fn command(&self, file: &Path) -> Command {
        let mut command = Command::new(&self.program);
        command.arg(file).args(["--charset=utf8", "--log-level=warning"]);
        command.args(self.minify.then_some("--minify"));
        command
    }
}

/// This machine as npm names it.
fn platform() -> Option<String> {
    let os = match OS {
        "linux" => "linux",
        "macos" => "darwin",
        _ => return None,
    };
    let arch = match ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        _ => return None,
    };
    Some(format!("{os}-{arch}"))
}
