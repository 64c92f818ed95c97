//! Where the tools come from: each from the registry that has it, none by a download of its own.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::workspace::Workspace;
use crate::{command, install};

/// A program, and how it can be had.
pub(super) struct Tool {
    pub(super) program: &'static str,
    pub(super) origin: Origin,
}

/// Who has it, by what name there.
pub(super) enum Origin {
    /// A package of Debian or Ubuntu.
    Debian(&'static str),
    /// A Go module, with its version.
    Go(&'static str),
    /// A Python package that brings the program, with its version.
    Python(&'static str),
}

impl Tool {
    /// That of the PATH, or the one installed here.
    pub(super) fn find(&self, workspace: &Workspace) -> Option<PathBuf> {
        let ours = programs(workspace).join(self.program);
        command::find(&[self.program]).or_else(|| ours.is_file().then_some(ours))
    }

    pub(super) fn install(&self, workspace: &Workspace) -> Result<()> {
        match self.origin {
            Origin::Debian(package) => install::debian_packages(&[package], "a linter"),
            Origin::Go(module) => {
                command::run(Command::new("go").args(["install", module]).env("GOBIN", programs(workspace)))
            }
            Origin::Python(package) => {
                let pip = programs(workspace).join("pip");
                if !pip.is_file() {
                    command::run(Command::new("python3").args(["-m", "venv"]).arg(tools(workspace)))?;
                }
                command::run(Command::new(pip).args(["install", "--quiet", package]))
            }
        }
    }
}

/// A virtual environment of Python, which other programs share.
fn tools(workspace: &Workspace) -> PathBuf {
    workspace.target().join("tools")
}

fn programs(workspace: &Workspace) -> PathBuf {
    tools(workspace).join("bin")
}
