//! `cargo xtask bench`: what things cost, as ratios within one run. Nothing here is a test: machines differ.

mod browser;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use crate::command::{self, cargo};
use crate::steps::{self, Step};
use crate::workspace::{Profile, Workspace};

/// The report of a whole run.
const REPORT: &str = "docs/benchmarks/fan-out.md";

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Only these
    #[arg(long, value_delimiter = ',', value_name = "NAME")]
    only: Vec<Name>,
    /// How often each is measured; the middle counts
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// A folder of other servers to measure in turn with ours, as its README.md says
    #[arg(long, value_name = "DIR")]
    peers: Option<PathBuf>,
    /// Where to write the report; with all workloads, docs/benchmarks/fan-out.md if absent
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// What can be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Name {
    /// The matching engine beside public ones
    Matching,
    /// The whole simulation
    Simulation,
    /// All updates to all clients: 200, and 1,000
    Broadcast,
    /// Each client its own 10 of 500 symbols
    Watchlist,
    /// 5,000 clients on one symbol
    Hot,
    /// All updates to all clients, each written at once
    Flush0,
    /// Memory of 10,000 connections
    Idle,
    /// 10,000 clients drop at once and resume
    Storm,
    /// One client in ten stops reading
    Slow,
    /// The dashboard in a browser, beside a watchlist in plain React
    Dashboard,
}

impl Name {
    const ALL: [Self; 10] = [
        Self::Matching,
        Self::Simulation,
        Self::Broadcast,
        Self::Watchlist,
        Self::Hot,
        Self::Flush0,
        Self::Idle,
        Self::Storm,
        Self::Slow,
        Self::Dashboard,
    ];

    /// What the load generator calls it, if it is its business.
    const fn workload(self) -> Option<&'static str> {
        Some(match self {
            Self::Matching | Self::Simulation | Self::Dashboard => return None,
            Self::Broadcast => "broadcast",
            Self::Watchlist => "watchlist",
            Self::Hot => "hot",
            Self::Flush0 => "flush0",
            Self::Idle => "idle",
            Self::Storm => "storm",
            Self::Slow => "slow",
        })
    }
}

/// A run of the load generator.
struct FanOut {
    arguments: Vec<String>,
    command: String,
    /// Other folders and files than those of the workspace are relative to where this was called.
    peers: Option<PathBuf>,
    out: Option<PathBuf>,
}

pub(crate) fn bench(workspace: &Workspace, options: &Options) -> Result<()> {
    let names = if options.only.is_empty() { Name::ALL.to_vec() } else { options.only.clone() };
    let mut steps = Vec::new();
    if names.contains(&Name::Matching) {
        steps.push(Step::new("the matching engine beside public ones", |workspace: &Workspace| {
            market(workspace, "matching")
        }));
    }
    if names.contains(&Name::Simulation) {
        steps
            .push(Step::new("the whole simulation", |workspace: &Workspace| market(workspace, "simulation")));
    }
    if let Some(run) = FanOut::of(workspace, options, &names)? {
        steps.push(Step::new("building the gateway and the load generator", build));
        steps
            .push(Step::new("the fan-out (a minute a workload and round, or less)", move |w: &Workspace| {
                run.run(w)
            }));
    }
    if names.contains(&Name::Dashboard) {
        steps.extend(browser::steps(options.rounds));
    }
    steps::in_order(workspace, steps)
}

fn market(workspace: &Workspace, bench: &str) -> Result<()> {
    command::run(cargo(workspace).args(["bench", "--quiet", "--package", "market", "--bench", bench]))
}

/// One after the other: built together, the load generator's wishes of axum and tokio would be the gateway's, too.
fn build(workspace: &Workspace) -> Result<()> {
    command::run(cargo(workspace).args(["build", "--release", "--package", "gateway"]))?;
    command::run(cargo(workspace).args(["build", "--release", "--package", "loadgen"]))?;
    let naive = ["build", "--release", "--package", "loadgen", "--features", "naive", "--target-dir"];
    command::run(cargo(workspace).args(naive).arg(naive_target(workspace)))
}

fn naive_target(workspace: &Workspace) -> PathBuf {
    scratch(workspace).join("naive")
}

fn scratch(workspace: &Workspace) -> PathBuf {
    workspace.target().join("bench")
}

impl FanOut {
    fn of(workspace: &Workspace, options: &Options, names: &[Name]) -> Result<Option<Self>> {
        let workloads: Vec<&str> = names.iter().filter_map(|name| name.workload()).collect();
        if workloads.is_empty() {
            return Ok(None);
        }
        let whole = Name::ALL.iter().all(|name| name.workload().is_none() || names.contains(name));
        let default = whole.then(|| workspace.root().join(REPORT));
        Ok(Some(Self {
            arguments: ["--only", &workloads.join(","), "--rounds", &options.rounds.to_string()]
                .map(str::to_owned)
                .to_vec(),
            command: typed(&workloads, whole, options),
            peers: options.peers.as_deref().map(std::path::absolute).transpose()?,
            out: options.out.as_deref().map(std::path::absolute).transpose()?.or(default),
        }))
    }

    fn run(&self, workspace: &Workspace) -> Result<()> {
        let tickwire = workspace.gateway(Profile::Release);
        let naive = naive_target(workspace).join(Profile::Release.native_dir()).join("loadgen");
        // The kernel ends it with this process, and it its servers: none is left behind.
        let mut loadgen = Command::new("setpriv");
        loadgen.args(["--pdeathsig", "KILL", "--"]).arg(tickwire.with_file_name("loadgen"));
        loadgen.current_dir(workspace.root()).arg("bench").arg("--tickwire").arg(&tickwire);
        loadgen.arg("--naive").arg(naive).arg("--scratch").arg(scratch(workspace));
        loadgen.args(&self.arguments).args(["--command", &self.command]);
        for (option, path) in [("--peers", &self.peers), ("--out", &self.out)] {
            if let Some(path) = path {
                loadgen.arg(option).arg(path);
            }
        }
        command::run(&mut loadgen)
    }
}

/// The command as a reader of the report would type it.
fn typed(workloads: &[&str], whole: bool, options: &Options) -> String {
    let mut words = vec!["cargo xtask bench".to_owned()];
    if !whole || !options.only.is_empty() {
        words.push(format!("--only {}", workloads.join(",")));
    }
    words.push(format!("--rounds {}", options.rounds));
    words.extend(options.peers.as_deref().map(|peers: &Path| format!("--peers {}", peers.display())));
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(only: &[Name], peers: Option<&str>) -> Options {
        Options { only: only.to_vec(), rounds: 3, peers: peers.map(PathBuf::from), out: None }
    }

    fn check(only: &[Name], peers: Option<&str>, command: Option<&str>, reported: bool) {
        let workspace = Workspace::find().unwrap();
        let names = if only.is_empty() { Name::ALL.to_vec() } else { only.to_vec() };
        let run = FanOut::of(&workspace, &options(only, peers), &names).unwrap();
        assert_eq!(run.as_ref().map(|run| run.command.as_str()), command);
        assert_eq!(run.is_some_and(|run| run.out.is_some()), reported);
    }

    /// A part of the workloads must not overwrite the report of all.
    #[test]
    fn the_report_is_written_when_all_workloads_ran() {
        check(&[], None, Some("cargo xtask bench --rounds 3"), true);
        check(&[], Some("../peers"), Some("cargo xtask bench --rounds 3 --peers ../peers"), true);
        check(&[Name::Idle], None, Some("cargo xtask bench --only idle --rounds 3"), false);
        check(&[Name::Matching], None, None, false);
    }
}
