//! `loadgen verify` beside what is done to the system: clients that check each number, checksum and content, resume where
//! they stopped, and end the run at the first silent loss.

use std::fs::File;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;

use crate::workspace::{Profile, Workspace};

/// Clients at work.
pub(super) struct Clients {
    process: Child,
    report: PathBuf,
}

/// What they have counted; the names are those of `loadgen verify --json`.
pub(super) struct Figures(Value);

impl Clients {
    /// Starts them, for so many seconds.
    pub(super) fn start(workspace: &Workspace, url: &str, clients: usize, seconds: u64) -> Result<Self> {
        let report = workspace.target().join("e2e-clients.json");
        let mut verify = Command::new(workspace.gateway(Profile::Release).with_file_name("loadgen"));
        verify.args(["verify", "--json", "--encoding", "both", "--progress", "5", "--address", url]);
        verify.args(["--clients", &clients.to_string(), "--seconds", &seconds.to_string()]);
        verify.stdin(Stdio::null()).stdout(File::create(&report)?);
        let process = verify.spawn().context("loadgen could not be started")?;
        Ok(Self { process, report })
    }

    /// Fails if they have ended already.
    pub(super) fn are_at_work(&mut self) -> Result<()> {
        match self.process.try_wait()? {
            None => Ok(()),
            Some(status) => bail!("the clients ended early: {status}"),
        }
    }

    /// Waits for their end.
    pub(super) fn finish(mut self) -> Result<Figures> {
        let status = self.process.wait()?;
        ensure!(status.success(), "the clients found something wrong, or could not go on: {status}");
        let report = std::fs::read_to_string(&self.report)?;
        Ok(Figures(serde_json::from_str(&report).context("the report of the clients is no JSON")?))
    }
}

impl Drop for Clients {
    fn drop(&mut self) {
        // They may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Figures {
    /// A count by its name.
    pub(super) fn count(&self, name: &str) -> Result<u64> {
        self.0[name].as_u64().with_context(|| format!("the clients did not count {name}"))
    }

    /// A time in milliseconds by its name.
    pub(super) fn millis(&self, name: &str) -> Result<f64> {
        self.0[name].as_f64().with_context(|| format!("the clients did not measure {name}"))
    }

    /// Nobody lost anything, and whoever was cut off went on where it had stopped, without a snapshot.
    pub(super) fn all_went_on(&self) -> Result<()> {
        for name in ["silent_losses", "resumed_with_gap"] {
            let count = self.count(name)?;
            ensure!(count == 0, "{name}: {count}");
        }
        Ok(())
    }
}
