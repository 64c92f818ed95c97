//! `cargo xtask e2e`: the images as they are shipped, on a real engine, under clients that find any silent loss.

mod clients;
mod compose;
mod http;
mod k8s;

use anyhow::Result;

use crate::command::{self, cargo};
use crate::steps::{self, Step};
use crate::workspace::Workspace;

#[derive(clap::Args)]
pub(crate) struct Options {
    #[command(flatten)]
    engine: Engine,
    /// Take the images that are there, tickwire/backend:dev and tickwire/frontend:dev, and build none
    #[arg(long)]
    no_build: bool,
    #[command(flatten, next_help_heading = "With --k8s")]
    k8s: k8s::Options,
}

/// Where the images run.
#[derive(clap::Args)]
#[group(required = true, multiple = false)]
struct Engine {
    /// With Docker Compose, two backends behind one entrance
    #[arg(long)]
    compose: bool,
    /// With Kubernetes, on the cluster of the kubeconfig (KUBECTL, HELM and DOCKER name other programs than the PATH's)
    #[arg(long)]
    k8s: bool,
}

pub(crate) fn e2e(workspace: &Workspace, options: &Options) -> Result<()> {
    let mut steps = vec![Step::new("building the verifying clients", build_clients)];
    if options.engine.compose {
        let no_build = options.no_build;
        let run = move |workspace: &Workspace| compose::run(workspace, no_build);
        steps.push(Step::new("the system on Docker Compose", run));
    }
    if options.engine.k8s {
        steps.push(Step::new("the chart on Kubernetes (about ten minutes)", |workspace| {
            k8s::run(workspace, &options.k8s, options.no_build)
        }));
    }
    steps::in_order(workspace, steps)
}

fn build_clients(workspace: &Workspace) -> Result<()> {
    command::run(cargo(workspace).args(["build", "--release", "--package", "loadgen"]))
}
