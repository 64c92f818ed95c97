//! The real `tickwire`, as a process of its own.

use std::ffi::OsStr;
use std::net::SocketAddr;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::{eventually, get, within};

/// A server; killed when dropped.
#[derive(Debug)]
pub struct Process {
    /// The public address.
    pub address: SocketAddr,
    /// The private address.
    pub admin_address: SocketAddr,
    child: Child,
    log: Arc<Mutex<Vec<String>>>,
}

/// What a process that has ended left.
#[derive(Clone, Debug)]
pub struct Ended {
    /// The exit code; `None` if a signal ended it.
    pub code: Option<i32>,
    /// What it printed.
    pub stdout: String,
    /// What it logged.
    pub stderr: String,
}

/// A command whose environment has nothing of ours but `environment`.
fn command(exe: &str, arguments: &[impl AsRef<OsStr>], environment: &[(&str, &str)]) -> Command {
    let mut command = Command::new(exe);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("TICKWIRE_") {
            command.env_remove(name);
        }
    }
    command.args(arguments).envs(environment.iter().copied()).stdin(Stdio::null()).kill_on_drop(true);
    command
}

/// Runs a command of `exe` to its end.
pub async fn run(exe: &str, arguments: &[&str], environment: &[(&str, &str)]) -> Ended {
    let output = within(arguments.join(" "), command(exe, arguments, environment).output()).await;
    let output = output.expect("the process can be started");
    Ended {
        code: output.status.code(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

impl Process {
    /// Starts `exe serve` on free ports, and waits until it is ready.
    pub async fn serve(exe: &str, arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        Self::serve_at("127.0.0.1:0", exe, arguments, environment).await
    }

    /// The same with a public address that is known before.
    pub async fn serve_at(
        address: &str,
        exe: &str,
        arguments: &[&str],
        environment: &[(&str, &str)],
    ) -> Self {
        let ports = ["serve", "--listen", address, "--admin-listen", "127.0.0.1:0"];
        let arguments = [&ports[..], arguments].concat();
        let mut child = command(exe, &arguments, environment)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the process can be started");
        let log = Arc::new(Mutex::new(Vec::new()));
        let stderr = child.stderr.take().expect("it is a pipe");
        let lines = Arc::clone(&log);
        tokio::spawn(async move {
            let mut stderr = BufReader::new(stderr).lines();
            while let Ok(Some(line)) = stderr.next_line().await {
                lines.lock().unwrap_or_else(PoisonError::into_inner).push(line);
            }
        });
        let (address, admin_address) = eventually("the line `listening`", async || {
            // It may end soon after it listened: only when its last words are read is it too late.
            let ended = child.try_wait().expect("it is our child").filter(|_| Arc::strong_count(&log) == 1);
            let text = log.lock().unwrap_or_else(PoisonError::into_inner).join("\n");
            let addresses = value_of(&text, " address=").zip(value_of(&text, " admin.address="));
            assert!(addresses.is_some() || ended.is_none(), "it ended with {ended:?}: {text}");
            addresses
        })
        .await;
        Self { address, admin_address, child, log }
    }

    /// What it logged so far.
    #[must_use]
    pub fn log(&self) -> String {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).join("\n")
    }

    /// Sends it SIGTERM.
    pub async fn terminate(&self) {
        let id = self.child.id().expect("it still runs");
        let sent = Command::new("sh").args(["-c", &format!("kill -TERM {id}")]).status().await;
        assert!(sent.expect("there is a shell").success());
    }

    /// Ends it with SIGKILL, as a machine that fails does.
    pub async fn kill(mut self) {
        within("the end of the process", self.child.kill()).await.expect("it is our child");
    }

    /// Waits for its end.
    pub async fn ended(mut self) -> Ended {
        let status = within("the end of the process", self.child.wait()).await.expect("it is our child");
        // Its last words are on their way through the pipe.
        let lines = &self.log;
        eventually("the end of its log", async || (Arc::strong_count(lines) == 1).then_some(())).await;
        Ended { code: status.code(), stdout: String::new(), stderr: self.log() }
    }

    /// The sum of a metric over its labels, or of the one named like `name{label="value"}`; 0 if it is not there yet.
    pub async fn metric(&self, name: &str) -> f64 {
        let page = get(self.admin_address, "/metrics").await.text();
        let value = |line: &str| {
            let rest = line.strip_prefix(name)?;
            rest.starts_with(['{', ' ']).then(|| rest.rsplit_once(' ')?.1.parse::<f64>().ok())?
        };
        page.lines().filter_map(value).sum()
    }

    /// Memory that it holds, in bytes.
    #[must_use]
    pub fn resident_bytes(&self) -> u64 {
        let path = format!("/proc/{}/status", self.child.id().expect("it still runs"));
        let status = std::fs::read_to_string(path).expect("there is a process file system");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("it has memory");
        let kib: u64 = line.trim().trim_end_matches(" kB").parse().expect("a number");
        kib * 1_024
    }
}

/// What stands in the log after `key`, up to the next space.
fn value_of<T: std::str::FromStr>(log: &str, key: &str) -> Option<T> {
    log.split_once(key)?.1.split_whitespace().next()?.parse().ok()
}
