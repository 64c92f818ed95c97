//! `cargo xtask run`: from a fresh checkout to a market in the browser.

mod arguments;

use std::process::Command;

use anyhow::{Context as _, Result};

use crate::command::{self, cargo};
use crate::dashboard::{self, Heavy};
use crate::install;
use crate::steps::{self, Step};
use crate::workspace::{Profile, Workspace};
use arguments::Arguments;

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Quick to build, slow to run
    #[arg(long)]
    dev: bool,
    /// Given to `tickwire serve` as they are
    #[arg(last = true)]
    args: Vec<String>,
}

pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let profile = if options.dev { Profile::Dev } else { Profile::Release };
    let variable = |name: &str| std::env::var(name).ok();
    let arguments = Arguments::new(&options.args, variable, &workspace.dashboard());
    arguments.check_ports()?;
    let serving = format!("starting the market on {} (Ctrl-C ends it)", arguments.address());
    let serve = Step::new(serving, move |workspace| serve(workspace, profile, &arguments));
    let steps = [
        install::for_building(),
        vec![gateway(profile)],
        dashboard::steps(profile, Heavy::Told),
        vec![serve],
    ];
    steps::in_order(workspace, steps.into_iter().flatten().collect())
}

/// The step that builds the gateway, for verbs that need it among other things.
pub(crate) fn gateway(profile: Profile) -> Step<'static> {
    let what = ["build", "--package", "gateway", "--bin", "tickwire", "--profile", profile.native()];
    Step::new("building the gateway (a minute or two the first time)", move |workspace| {
        command::run(cargo(workspace).args(what))
    })
}

/// Becomes the gateway: signals, exit code and terminal are its own from here.
#[cfg(unix)]
fn serve(workspace: &Workspace, profile: Profile, arguments: &Arguments) -> Result<()> {
    use std::os::unix::process::CommandExt as _;

    let gateway = workspace.gateway(profile);
    let error = Command::new(&gateway).args(arguments.all()).exec();
    Err(error).with_context(|| format!("{} could not be started", gateway.display()))
}

/// Runs the gateway and ends as it ends.
#[cfg(not(unix))]
fn serve(workspace: &Workspace, profile: Profile, arguments: &Arguments) -> Result<()> {
    let gateway = workspace.gateway(profile);
    let status = Command::new(&gateway).args(arguments.all()).status();
    let status = status.with_context(|| format!("{} could not be started", gateway.display()))?;
    std::process::exit(status.code().unwrap_or(1));
}
