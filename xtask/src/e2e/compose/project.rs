//! `docker compose` with a project and a port of its own, so that a system that is in use is left alone.

use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use crate::command::{self, output};
use crate::workspace::Workspace;

pub(super) const BACKEND: &str = "backend";
pub(super) const FRONTEND: &str = "frontend";

const NAME: &str = "tickwire-e2e";
/// The first instruction of our own in the last stage of a Dockerfile: what is older is of the base.
const FIRST_INSTRUCTION: &str = "ARG VERSION";
/// Lines of each service's log that a failure shows.
const LOG_LINES: &str = "40";

pub(super) struct Project {
    root: PathBuf,
    /// The entrance.
    pub(super) address: SocketAddr,
}

impl Project {
    /// One that is not up yet, on a port that nobody else has now.
    pub(super) fn new(workspace: &Workspace) -> Result<Self> {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        Ok(Self { root: workspace.root().to_owned(), address })
    }

    pub(super) fn host(&self) -> String {
        format!("localhost:{}", self.address.port())
    }

    pub(super) fn websocket(&self) -> String {
        format!("ws://{}/ws", self.address)
    }

    pub(super) fn up(&self, flags: &[&str]) -> Result<()> {
        command::run(self.compose().args(["up", "--wait"]).args(flags))
    }

    pub(super) fn restart(&self, service: &str) -> Result<()> {
        command::run(self.compose().args(["restart", service]))?;
        self.up(&["--no-recreate", "--scale", "backend=2"])
    }

    /// Down, with a look whether anything is left.
    pub(super) fn down(&self) -> Result<()> {
        command::run(self.compose().args(["down", "--volumes"]))?;
        let label = format!("label=com.docker.compose.project={NAME}");
        for what in ["container", "volume", "network"] {
            let all = if what == "container" { &["--all"][..] } else { &[] };
            let list = output(docker().args([what, "ls", "--quiet", "--filter", &label]).args(all))?;
            ensure!(list.is_empty(), "`docker compose down --volumes` left a {what}: {list}");
        }
        println!("      down: no container, volume or network is left");
        Ok(())
    }

    /// The containers of a service.
    pub(super) fn containers(&self, service: &str) -> Result<Vec<String>> {
        let list = output(self.compose().args(["ps", "--quiet", service]))?;
        Ok(list.lines().map(str::to_owned).collect())
    }

    /// SIGKILL, a new start, and a wait until it is healthy.
    pub(super) fn kill_and_start(&self, container: &str) -> Result<()> {
        command::run(docker().args(["kill", container]))?;
        self.start(container)
    }

    /// SIGTERM, a new start when it has ended by itself, and a wait until it is healthy.
    pub(super) fn stop_and_start(&self, container: &str) -> Result<()> {
        command::run(docker().args(["stop", container]))?;
        let status = output(docker().args(["inspect", "--format", "{{.State.ExitCode}}", container]))?;
        ensure!(status == "0", "a drained backend ended with {status}");
        self.start(container)
    }

    fn start(&self, container: &str) -> Result<()> {
        command::run(docker().args(["start", container]))?;
        self.up(&["--no-recreate", "--scale", "backend=2"])
    }

    /// What a service publishes of a port of its container; nothing as a rule.
    pub(super) fn published(&self, service: &str, port: u16) -> Option<String> {
        let port = output(self.compose().args(["port", service, &port.to_string()])).ok()?;
        (!port.is_empty() && !port.ends_with(":0")).then_some(port)
    }

    /// Bytes of the layers that our Dockerfile made.
    pub(super) fn own_bytes(&self, service: &str) -> Result<u64> {
        let image = output(self.compose().args(["images", "--format", "json", service]))?;
        let images: serde_json::Value = serde_json::from_str(&image)?;
        let id = images[0]["ID"].as_str().context("the service has no image")?;
        let format = "{{.Size}} {{.CreatedBy}}";
        let history =
            output(docker().args(["history", "--no-trunc", "--human=false", "--format", format, id]))?;
        own_layers(&history)
    }

    pub(super) fn show_logs(&self) {
        // What cannot be shown is no second failure.
        let _ = command::run(self.compose().args(["ps", "--all"]));
        let _ = command::run(self.compose().args(["logs", "--no-color", "--tail", LOG_LINES]));
    }

    /// With the documented defaults, not with the settings of who calls; and quiet, as progress is for a terminal.
    fn compose(&self) -> Command {
        let mut compose = docker();
        compose.args([
            "compose",
            "--project-name",
            NAME,
            "--env-file",
            ".env.example",
            "--progress",
            "quiet",
        ]);
        compose.env("TICKWIRE_PORT", self.address.port().to_string()).current_dir(&self.root);
        compose
    }
}

fn docker() -> Command {
    Command::new("docker")
}

/// The sum of the sizes down to our first instruction; the newest layer comes first.
fn own_layers(history: &str) -> Result<u64> {
    let mut sum = 0;
    for line in history.lines() {
        // A base that was imported has no instruction.
        let (size, by) = line.split_once(' ').unwrap_or((line, ""));
        if by.contains(FIRST_INSTRUCTION) {
            return Ok(sum);
        }
        sum += size.parse::<u64>()?;
    }
    anyhow::bail!("the image was not built from our Dockerfile: no {FIRST_INSTRUCTION} in its history")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layers_of_the_base_are_not_ours() {
        let history = "0 CMD [\"nginx\"]\n300 COPY dashboard\n20 COPY LICENSE\n0 LABEL title\n0 ARG VERSION=dev\n9000 ADD rootfs";
        assert_eq!(own_layers(history).unwrap(), 320);
        assert!(own_layers("9000 ADD rootfs").is_err());
    }
}
