//! The system on Kubernetes, on whatever cluster the kubeconfig names: installed, tested, replaced under clients that find
//! any silent loss, killed, scaled, rolled back, and gone without a trace.
//!
//! It knows a cluster by `kubectl` and `helm` alone. How images get there, and where its entrances answer, is said by flags.

mod cluster;
mod entrance;
mod images;
mod leftovers;
mod node;
mod policies;
mod release;
mod report;
mod scenes;
mod watch;

use anyhow::Result;

use crate::workspace::Workspace;
use cluster::Cluster;
use entrance::Entrance;
use images::Images;
use release::Release;
use report::Report;

/// Where the chart is installed: a namespace of its own, which enforces the level `restricted`.
const NAMESPACE: &str = "tickwire-e2e";
/// Of these, one may ask the admin port; the other may not; from the third the node is reached.
const MONITORING: &str = "tickwire-e2e-monitoring";
const STRANGERS: &str = "tickwire-e2e-strangers";
const NODE: &str = "tickwire-e2e-node";

#[derive(clap::Args)]
#[group(skip)] // as a group it would have the name of those around it
pub(crate) struct Options {
    /// Where the ingress controller answers plain HTTP
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:80")]
    ingress: String,
    /// Its class; the cluster's default if absent
    #[arg(long, value_name = "NAME", default_value = "")]
    ingress_class: String,
    /// A Gateway with a listener for plain HTTP; without it the HTTPRoute is left out
    #[arg(long, value_name = "NAMESPACE/NAME", requires = "gateway_address")]
    gateway: Option<String>,
    /// Where it answers
    #[arg(long, value_name = "HOST:PORT", requires = "gateway")]
    gateway_address: Option<String>,
    /// Brings an image to the nodes: gets the path of an archive of `docker save`
    #[arg(long, value_name = "COMMAND", default_value = "kind load image-archive")]
    load_with: String,
    /// Images that are there, instead of new ones
    #[arg(long, value_name = "BACKEND,FRONTEND", value_parser = two_images)]
    images: Option<[String; 2]>,
    /// How many clients watch the rollouts
    #[arg(long, default_value_t = 500)]
    clients: usize,
    /// Write the figures into docs/benchmarks/kubernetes.md
    #[arg(long)]
    write: bool,
}

fn two_images(text: &str) -> Result<[String; 2], &'static str> {
    let images: Vec<_> = text.split(',').map(str::to_owned).collect();
    images.try_into().map_err(|_| "expected two images, such as tickwire/backend:ci,tickwire/frontend:ci")
}

pub(super) fn run(workspace: &Workspace, options: &Options, no_build: bool) -> Result<()> {
    let cluster = Cluster::find(workspace)?;
    cluster.clear()?;
    let played = play(workspace, &cluster, options, no_build);
    if played.is_err() {
        cluster.show_state();
        return played;
    }
    cluster.clear()
}

/// From nothing to nothing.
fn play(workspace: &Workspace, cluster: &Cluster, options: &Options, no_build: bool) -> Result<()> {
    let mut report = Report::new(cluster)?;
    let images = Images::bring(workspace, options, no_build)?;
    cluster.create_namespaces()?;
    let release = Release { cluster, images: &images, options };
    let entrance = Entrance::new(options)?;

    release.install(&mut report)?;
    release.test()?;
    entrance.serves_the_page(&mut report)?;
    policies::check(&release, &entrance, &mut report)?;
    scenes::play(workspace, &release, &entrance, &mut report)?;
    release.roll_back(&mut report)?;
    release.test()?;
    release.uninstall()?;
    leftovers::none(cluster, &mut report)?;

    print!("{}", report.table());
    if options.write {
        report.write(workspace)?;
    }
    Ok(())
}
