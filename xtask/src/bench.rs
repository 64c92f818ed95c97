//! `cargo xtask bench`: what things cost, as ratios within one run. Nothing here is a test: machines differ.

use std::process::Command;

use anyhow::Result;

use crate::command::{self, cargo};
use crate::steps::{self, Step};
use crate::workspace::{Profile, Workspace};

#[derive(clap::Args)]
pub(crate) struct Options {
    /// How many clients the gateway serves
    #[arg(long, default_value_t = 200)]
    clients: usize,
}

pub(crate) fn bench(workspace: &Workspace, options: &Options) -> Result<()> {
    let clients = options.clients.to_string();
    let steps = vec![
        Step::new("building the gateway and the load generator", build),
        Step::new("the matching engine beside public ones", |workspace: &Workspace| {
            market(workspace, "matching")
        }),
        Step::new("the whole simulation", |workspace: &Workspace| market(workspace, "simulation")),
        Step::new(
            "the gateway beside a bare write(2) loop (about a minute)",
            move |workspace: &Workspace| gateway(workspace, &clients),
        ),
    ];
    steps::in_order(workspace, steps)
}

fn build(workspace: &Workspace) -> Result<()> {
    command::run(cargo(workspace).args([
        "build",
        "--release",
        "--package",
        "gateway",
        "--package",
        "loadgen",
    ]))
}

fn market(workspace: &Workspace, bench: &str) -> Result<()> {
    command::run(cargo(workspace).args(["bench", "--quiet", "--package", "market", "--bench", bench]))
}

fn gateway(workspace: &Workspace, clients: &str) -> Result<()> {
    let tickwire = workspace.gateway(Profile::Release);
    let mut loadgen = Command::new(tickwire.with_file_name("loadgen"));
    loadgen.current_dir(workspace.root()).arg("bench").arg("--tickwire").arg(&tickwire);
    command::run(loadgen.args(["--clients", clients]))
}
