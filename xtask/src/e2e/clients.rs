//! `loadgen verify` beside what is done to the system: clients that check each number, checksum and content, resume where
//! they stopped, and end the run at the first silent loss.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;

use crate::workspace::{Profile, Workspace};

/// How long they may take to connect, all of them.
const CONNECT_MAX: Duration = Duration::from_secs(60);
/// How often it is looked whether they have.
const POLL: Duration = Duration::from_millis(100);
/// Every so many lines of progress one is shown: there is one a second.
const SHOWN_EVERY: usize = 5;

/// Clients at work.
pub(super) struct Clients {
    process: Child,
    report: PathBuf,
    clients: usize,
    connected: Arc<AtomicUsize>,
}

/// What they have counted; the names are those of `loadgen verify --json`.
pub(super) struct Figures(Value);

impl Clients {
    /// Starts them, until [`Clients::finish`].
    pub(super) fn until_told(workspace: &Workspace, url: &str, clients: usize) -> Result<Self> {
        let report = workspace.target().join(format!("e2e-{clients}-clients.json"));
        let mut verify = Command::new(workspace.gateway(Profile::Release).with_file_name("loadgen"));
        verify.args(["verify", "--json", "--encoding", "both", "--progress", "1", "--address", url]);
        verify.args(["--clients", &clients.to_string(), "--stdin"]);
        verify.stdin(Stdio::piped()).stdout(File::create(&report)?).stderr(Stdio::piped());
        let mut process = verify.spawn().context("loadgen could not be started")?;
        let connected = Arc::<AtomicUsize>::default();
        let (said, seen) = (process.stderr.take().context("loadgen has a stderr")?, Arc::clone(&connected));
        std::thread::spawn(move || listen(said, &seen));
        Ok(Self { process, report, clients, connected })
    }

    /// Waits until each of them is.
    pub(super) fn wait_until_connected(&mut self) -> Result<()> {
        let deadline = Instant::now() + CONNECT_MAX;
        while self.connected.load(Ordering::Relaxed) < self.clients {
            self.are_at_work()?;
            ensure!(Instant::now() < deadline, "not all clients are connected within {CONNECT_MAX:?}");
            std::thread::sleep(POLL);
        }
        Ok(())
    }

    /// Fails if they have ended already.
    pub(super) fn are_at_work(&mut self) -> Result<()> {
        match self.process.try_wait()? {
            None => Ok(()),
            Some(status) => bail!("the clients ended early: {status}"),
        }
    }

    /// Tells them that it is enough, and waits for their end.
    pub(super) fn finish(mut self) -> Result<Figures> {
        drop(self.process.stdin.take());
        let status = self.process.wait()?;
        ensure!(status.success(), "the clients found something wrong, or could not go on: {status}");
        let report = std::fs::read_to_string(&self.report)?;
        Ok(Figures(serde_json::from_str(&report).context("the report of the clients is no JSON")?))
    }
}

/// Passes on what they say, and takes the number of those that are connected out of it.
fn listen(said: ChildStderr, connected: &AtomicUsize) {
    for (number, line) in BufReader::new(said).lines().map_while(Result::ok).enumerate() {
        match connected_of(&line) {
            Some(count) => {
                connected.store(count, Ordering::Relaxed);
                if number.is_multiple_of(SHOWN_EVERY) {
                    println!("      {}", line.trim());
                }
            }
            None => println!("      {line}"),
        }
    }
}

/// `7` of `5 s: 900 deliveries, 180/s, 7 connected, ...`.
fn connected_of(line: &str) -> Option<usize> {
    line.split(", ").find_map(|part| part.strip_suffix(" connected"))?.parse().ok()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_is_read() {
        let line = "    5 s: 900 deliveries, 180/s, 7 connected, 1 reconnects, 1 resumes (0 with a gap), 0 conflated";
        assert_eq!(connected_of(line), Some(7));
        assert_eq!(connected_of("client 3 of ws://[::1]:1/ws: silent loss"), None);
    }
}
