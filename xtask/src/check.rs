//! `cargo xtask check`: what can be said of a change without running it; [`lint`] says the rest, of what is not Rust.

use anyhow::{Result, bail};

use crate::command::{cargo, find, run, succeeds};
use crate::steps::{self, Step};
use crate::workspace::Workspace;
use crate::{dependency_order, install, lint};

/// What the browser gets besides the dashboard itself; linted for its target, too.
const WASM_CRATES: &[&str] = &["frontend", "market", "protocol"];

pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    let wasm = Step::new("looking for the wasm32 target", |_: &Workspace| install::wasm_target());
    steps::in_order(workspace, std::iter::once(wasm).chain(steps()).collect())
}

/// The steps that `cargo xtask test` begins with.
pub(crate) fn steps() -> Vec<Step<'static>> {
    let rust = vec![
        Step::new("checking the formatting", formatting),
        Step::new("checking the order of the crates", order),
        Step::new("clippy (a minute or two the first time)", lints),
        Step::new("clippy for wasm32 (a minute the first time)", wasm_lints),
        Step::new("licences, advisories and sources of the dependencies (cargo deny)", dependencies),
    ];
    rust.into_iter().chain(lint::steps()).collect()
}

fn formatting(workspace: &Workspace) -> Result<()> {
    run(cargo(workspace).args(["fmt", "--all", "--check"]))
}

fn order(workspace: &Workspace) -> Result<()> {
    let violations = dependency_order::violations(&workspace.metadata);
    if !violations.is_empty() {
        bail!(
            "the crates depend on each other in ways that the design forbids:\n  {}",
            violations.join("\n  ")
        );
    }
    Ok(())
}

fn lints(workspace: &Workspace) -> Result<()> {
    let what = ["--workspace", "--all-targets", "--features", "xtask/browser,xtask/entrance,xtask/chart"];
    run(cargo(workspace).arg("clippy").args(what).args(["--", "-D", "warnings"]))
}

fn wasm_lints(workspace: &Workspace) -> Result<()> {
    let mut clippy = cargo(workspace);
    clippy.args(["clippy", "--target", "wasm32-unknown-unknown"]);
    for name in WASM_CRATES {
        clippy.args(["--package", name]);
    }
    run(clippy.args(["--", "-D", "warnings"]))
}

fn dependencies(workspace: &Workspace) -> Result<()> {
    if find(&["cargo-deny"]).is_none() && !succeeds(cargo(workspace).args(["deny", "--version"])) {
        println!("      left out: cargo-deny is not installed (cargo install --locked cargo-deny)");
        return Ok(());
    }
    run(cargo(workspace).args(["deny", "check"]))
}
