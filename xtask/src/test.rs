//! `cargo xtask test`: what a change must pass, here and in CI.

use std::process::Command;

use anyhow::Result;

use crate::command::{self, cargo};
use crate::dashboard::{self, Heavy};
use crate::steps::{self, Step};
use crate::workspace::{Profile, Workspace};
use crate::{check, install, lint, metrics, run};

pub(crate) fn test(workspace: &Workspace) -> Result<()> {
    steps::in_order(
        workspace,
        [
            install::for_browser_tests(),
            vec![install::for_entrance_tests(), install::for_metrics(), for_chart_tests()],
            check::steps(),
            tests(),
        ]
        .into_iter()
        .flatten()
        .collect(),
    )?;
    println!("All passed. Screenshots: {}", workspace.shown(&workspace.target().join("screenshots")));
    Ok(())
}

fn tests() -> Vec<Step<'static>> {
    let native = Step::new("unit, property and integration tests (some minutes the first time)", native);
    let chart = Step::new("what Helm makes of the chart, and what it refuses", chart);
    let entrance = Step::new("asking the real Nginx, before the real gateway", entrance);
    let browser = Step::new("driving the real dashboard of the real gateway in a real browser", browser);
    std::iter::once(native).chain(built()).chain([metrics::step(), chart, entrance, browser]).collect()
}

fn for_chart_tests() -> Step<'static> {
    Step::new("looking for Helm", |workspace| lint::helm(workspace).map(drop))
}

/// What a browser test needs: the gateway and the dashboard as they are shipped.
pub(crate) fn built() -> Vec<Step<'static>> {
    std::iter::once(run::gateway(Profile::Release))
        .chain(dashboard::steps(Profile::Release, Heavy::Refused))
        .collect()
}

fn native(workspace: &Workspace) -> Result<()> {
    command::run(cargo(workspace).args(["test", "--workspace", "--no-fail-fast"]))
}

/// The chart's settings are read by the gateway that they are for.
fn chart(workspace: &Workspace) -> Result<()> {
    let mut test = cargo(workspace);
    test.args(["test", "--package", "xtask", "--features", "chart", "--test", "chart"]);
    test.env("XTASK_GATEWAY", workspace.gateway(Profile::Release));
    command::run(test.env("XTASK_HELM", lint::helm(workspace)?))
}

/// `cargo test` of the entrance, alone as well: its tests want what is shipped.
fn entrance(workspace: &Workspace) -> Result<()> {
    let mut test = cargo(workspace);
    test.args(["test", "--package", "xtask", "--features", "entrance", "--test", "entrance"]);
    test.env("XTASK_GATEWAY", workspace.gateway(Profile::Release));
    test.env("XTASK_DASHBOARD", workspace.dashboard());
    command::run(test.env("XTASK_NGINX", install::nginx_path()?))
}

fn browser(workspace: &Workspace) -> Result<()> {
    let screenshots = workspace.target().join("screenshots");
    command::run(browser_tests(workspace)?.env("XTASK_SCREENSHOTS", screenshots))
}

/// `cargo test` of the browser tests, alone: their dependencies' features must not reach the other crates' tests.
pub(crate) fn browser_tests(workspace: &Workspace) -> Result<Command> {
    let (chrome, driver) = install::browser_paths()?;
    let mut test = cargo(workspace);
    test.args(["test", "--package", "xtask", "--features", "browser", "--test", "browser"]);
    test.env("XTASK_GATEWAY", workspace.gateway(Profile::Release));
    test.env("XTASK_DASHBOARD", workspace.dashboard());
    test.env("XTASK_BROWSER", chrome).env("XTASK_WEBDRIVER", driver);
    test.env("RUST_LIB_BACKTRACE", "0"); // the errors tell where the page stood; the way there is the runtime's
    Ok(test)
}
