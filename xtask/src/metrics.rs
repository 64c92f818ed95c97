//! `cargo xtask metrics`: a real gateway with clients, a real Prometheus, and every question of the dashboard and every
//! recording rule asked: each must have an answer.
//!
//! A metric that is renamed, or a label that a query joins on, breaks panels and alerts without a sound otherwise.

mod questions;

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};

use crate::soak::{Gateway, Owned};
use crate::steps::{self, Step};
use crate::workspace::{Profile, Workspace};
use crate::{install, run};
use questions::Question;

/// How long the last question may stay without an answer. Rates need two scrapes, one second apart.
const ANSWERED_WITHIN: Duration = Duration::from_secs(60);
/// Between two rounds of questions.
const PAUSE: Duration = Duration::from_secs(1);
/// Events of the market in a second: as many as a laptop does by the way.
const EVENTS_PER_SECOND: u32 = 500;
/// What the clients ask for, one each.
const CLIENTS: [&str; 3] = ["ticker:*", "trades:*", "book:*"];

pub(crate) fn metrics(workspace: &Workspace) -> Result<()> {
    steps::in_order(workspace, vec![install::for_metrics(), run::gateway(Profile::Release), step()])
}

/// The step, for verbs that have built the gateway.
pub(crate) fn step() -> Step<'static> {
    Step::new("asking a real Prometheus what the dashboard and the rules ask", ask_all)
}

fn ask_all(workspace: &Workspace) -> Result<()> {
    let observability = workspace.root().join("infra/observability");
    let mut questions = questions::of_dashboard(&observability.join("dashboard.json"))?;
    questions.extend(questions::of_rules(&observability.join("rules.yaml"))?);

    let folder = fresh_folder(workspace)?;
    let tickwire = workspace.gateway(Profile::Release);
    let mut gateway = Gateway::start(1, &tickwire, &folder, EVENTS_PER_SECOND)?;
    gateway.wait_until_ready()?;
    let _clients = CLIENTS
        .map(|streams| quietly(Command::new(&tickwire).args(["tail", streams, "--url", &gateway.url()])));
    let prometheus = Prometheus::start(&folder, &observability.join("rules.yaml"), gateway.admin_address())?;

    let count = questions.len();
    let started = Instant::now();
    loop {
        questions.retain(|question| !prometheus.answers(&question.expression));
        if questions.is_empty() {
            println!("      {count} questions, {count} answers");
            return Ok(());
        }
        let told = questions.iter().map(Question::to_string).collect::<Vec<_>>().join("\n  ");
        ensure!(
            started.elapsed() < ANSWERED_WITHIN,
            "no answer to {} of {count}:\n  {told}",
            questions.len()
        );
        std::thread::sleep(PAUSE);
    }
}

/// Nothing of an earlier run may answer.
fn fresh_folder(workspace: &Workspace) -> Result<PathBuf> {
    let folder = workspace.target().join("metrics");
    if folder.exists() {
        std::fs::remove_dir_all(&folder).with_context(|| folder.display().to_string())?;
    }
    std::fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    Ok(folder)
}

/// A process whose output nobody needs, ended with its owner.
fn quietly(command: &mut Command) -> Result<Owned> {
    let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    Ok(Owned(child.with_context(|| format!("{} could not be started", command.get_program().display()))?))
}

/// Debian's `prometheus`, with the rules as they are shipped.
struct Prometheus {
    url: String,
    _process: Owned,
}

impl Prometheus {
    fn start(folder: &Path, rules: &Path, target: SocketAddr) -> Result<Self> {
        let config = folder.join("prometheus.yml");
        let text = format!(
            "global: {{scrape_interval: 1s, evaluation_interval: 1s}}\nrule_files: [{rules:?}]\nscrape_configs:\n  \
             - {{job_name: tickwire, static_configs: [{{targets: ['{target}']}}]}}\n"
        );
        std::fs::write(&config, text).with_context(|| config.display().to_string())?;
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let mut prometheus = Command::new("prometheus");
        prometheus.arg(format!("--config.file={}", config.display()));
        prometheus.arg(format!("--storage.tsdb.path={}", folder.join("data").display()));
        prometheus.arg(format!("--web.listen-address={address}"));
        Ok(Self { url: format!("http://{address}"), _process: quietly(&mut prometheus)? })
    }

    /// Whether there is anything to be shown; not being up yet is no answer.
    fn answers(&self, expression: &str) -> bool {
        let query = Command::new("promtool").args(["query", "instant", &self.url, expression]).output();
        query.is_ok_and(|output| output.status.success() && !output.stdout.trim_ascii().is_empty())
    }
}
