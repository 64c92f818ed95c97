//! `kubectl`, `helm` and `docker`: those of the PATH, or what KUBECTL, HELM and DOCKER say.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value as Json;

use super::{MONITORING, NAMESPACE, NODE, STRANGERS};
use crate::command::output;
use crate::workspace::Workspace;

/// How often something is looked for in the cluster.
const POLL: Duration = Duration::from_millis(250);
/// How long a namespace may take to go.
const CLEAR_MAX: &str = "--timeout=180s";
/// Lines of each pod's log that a failure shows.
const LOG_LINES: &str = "--tail=40";

/// The cluster of the kubeconfig.
pub(super) struct Cluster {
    /// The chart.
    pub(super) chart: std::path::PathBuf,
}

/// A program by its name, or by the variable of its name.
pub(super) fn program(name: &str) -> Command {
    Command::new(std::env::var_os(name.to_uppercase()).unwrap_or_else(|| name.into()))
}

impl Cluster {
    pub(super) fn find(workspace: &Workspace) -> Result<Self> {
        let cluster = Self { chart: workspace.root().join("infra/helm/tickwire") };
        let server = cluster.json(&["version", "--output=json"])?["serverVersion"]["gitVersion"].clone();
        println!("      Kubernetes {}", server.as_str().context("no cluster answers")?);
        Ok(cluster)
    }

    pub(super) fn kubectl(&self, arguments: &[&str]) -> Result<String> {
        output(program("kubectl").args(arguments))
    }

    pub(super) fn json(&self, arguments: &[&str]) -> Result<Json> {
        serde_json::from_str(&self.kubectl(arguments)?).context("kubectl printed no JSON")
    }

    /// In our namespace.
    pub(super) fn get(&self, arguments: &[&str]) -> Result<Json> {
        self.json(&[&["get", "--output=json", "--namespace", NAMESPACE][..], arguments].concat())
    }

    /// Whether it says yes; what it says otherwise is dropped.
    pub(super) fn accepts(&self, arguments: &[&str]) -> bool {
        crate::command::succeeds(program("kubectl").args(arguments))
    }

    pub(super) fn apply(&self, namespace: &str, object: &Json) -> Result<()> {
        let mut kubectl = program("kubectl");
        kubectl.args(["apply", "--namespace", namespace, "--filename=-"]);
        let mut child = kubectl.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().context("kubectl")?;
        child.stdin.take().context("kubectl has a stdin")?.write_all(object.to_string().as_bytes())?;
        let status = child.wait()?;
        ensure!(status.success(), "kubectl apply of {} ended with {status}", object["kind"]);
        Ok(())
    }

    /// Namespaces of an earlier run, or of this one.
    pub(super) fn clear(&self) -> Result<()> {
        let names = [NAMESPACE, MONITORING, STRANGERS, NODE];
        self.kubectl(&[&["delete", "namespace", "--ignore-not-found", CLEAR_MAX][..], &names[..]].concat())?;
        Ok(())
    }

    pub(super) fn create_namespaces(&self) -> Result<()> {
        let levels = [
            (NAMESPACE, "restricted"),
            (MONITORING, "restricted"),
            (STRANGERS, "restricted"),
            (NODE, "privileged"),
        ];
        for (name, level) in levels {
            self.kubectl(&["create", "namespace", name])?;
            let label = format!("pod-security.kubernetes.io/enforce={level}");
            self.kubectl(&["label", "namespace", name, &label])?;
        }
        Ok(())
    }

    /// Looks again and again until something is there.
    pub(super) fn until<T>(
        &self,
        what: &str,
        within: Duration,
        look: impl Fn() -> Result<Option<T>>,
    ) -> Result<T> {
        let deadline = Instant::now() + within;
        loop {
            if let Some(found) = look()? {
                return Ok(found);
            }
            if Instant::now() > deadline {
                bail!("{what}: not within {} s", within.as_secs());
            }
            std::thread::sleep(POLL);
        }
    }

    /// For a failure: what there is, what happened, what was logged.
    pub(super) fn show_state(&self) {
        for arguments in [
            &["get", "all", "--namespace", NAMESPACE, "--output=wide"][..],
            &["get", "events", "--namespace", NAMESPACE, "--sort-by=.lastTimestamp"],
            &[
                "logs",
                "--namespace",
                NAMESPACE,
                "--selector=app.kubernetes.io/part-of=tickwire",
                "--prefix",
                LOG_LINES,
            ],
        ] {
            // What cannot be shown is no second failure.
            let _ = crate::command::run(program("kubectl").args(arguments));
        }
    }
}
