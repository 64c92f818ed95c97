//! The dashboard in a browser: `frontend/bench/perf.mjs`, and all that it measures.

use std::process::Command;

use anyhow::Result;

use crate::command::run;
use crate::install;
use crate::steps::Step;
use crate::test;
use crate::workspace::{Profile, Workspace};

/// The tables of this report are replaced.
const REPORT: &str = "docs/benchmarks/dashboard.md";

pub(super) fn steps(rounds: usize) -> Vec<Step<'static>> {
    let mut steps = install::for_browser_tests();
    steps.extend(test::built());
    steps.push(Step::new("building the watchlist in plain React", build_react));
    steps.push(Step::new(
        "the dashboard in a browser (half a minute a page and round)",
        move |workspace: &Workspace| measure(workspace, rounds),
    ));
    steps
}

fn build_react(workspace: &Workspace) -> Result<()> {
    let folder = workspace.frontend().join("bench/react");
    let quiet = ["--no-audit", "--no-fund", "--loglevel=error"];
    run(Command::new("npm").args(["ci", "--ignore-scripts"]).args(quiet).current_dir(&folder))?;
    run(Command::new("npm").args(["run", "build", "--silent"]).current_dir(&folder))
}

fn measure(workspace: &Workspace, rounds: usize) -> Result<()> {
    let bench = workspace.frontend().join("bench");
    let (browser, _) = install::browser_paths()?;
    let mut node = Command::new("node");
    node.arg(bench.join("perf.mjs")).args(["--rounds", &rounds.to_string()]);
    node.arg("--gateway").arg(workspace.gateway(Profile::Release));
    node.arg("--dashboard").arg(workspace.dashboard()).arg("--react").arg(bench.join("react/dist"));
    node.arg("--browser").arg(browser).arg("--out").arg(workspace.root().join(REPORT));
    run(&mut node)
}
