//! The real gateway as a process, on ports of its own, which a restart keeps.

use std::collections::BTreeMap;
use std::fs::File;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::page::wait_for;

/// The previous block of the market is run before the first event: 2 s by design, more on a busy machine.
const READY_WITHIN: Duration = Duration::from_secs(60);

/// Lines of its log that a failure shows.
const LOG_LINES_MAX: usize = 40;

pub(crate) struct Gateway {
    program: PathBuf,
    dashboard: PathBuf,
    log: PathBuf,
    port: u16,
    admin_port: u16,
    /// Settings by the names of their variables.
    settings: BTreeMap<String, String>,
    process: Option<Child>,
}

impl Gateway {
    /// A gateway that is not started yet.
    pub(crate) fn new(program: PathBuf, dashboard: PathBuf, log: PathBuf) -> Result<Self> {
        // Both are held until both are known: so they differ.
        let (public, admin) = (TcpListener::bind("127.0.0.1:0")?, TcpListener::bind("127.0.0.1:0")?);
        let (port, admin_port) = (public.local_addr()?.port(), admin.local_addr()?.port());
        Ok(Self { program, dashboard, log, port, admin_port, settings: BTreeMap::new(), process: None })
    }

    /// Another one, with the same settings, on ports of its own.
    pub(crate) fn twin(&self) -> Result<Self> {
        let log = self.log.with_extension("twin.log");
        let mut twin = Self::new(self.program.clone(), self.dashboard.clone(), log)?;
        twin.settings.clone_from(&self.settings);
        Ok(twin)
    }

    /// Sets what is set when it starts next: `feed.kind` as `FEED__KIND`.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.settings.insert(format!("TICKWIRE_{name}"), value.to_owned());
    }

    pub(crate) const fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Starts it and waits until it says that it is ready.
    pub(crate) async fn start(&mut self) -> Result<()> {
        self.process = Some(self.spawn()?);
        let what = format!("{} is ready", self.program.display());
        wait_for(&what, READY_WITHIN, async || {
            if let Some(status) = self.process.as_mut().map(Child::try_wait).transpose()?.flatten() {
                bail!("the gateway ended with {status} before it was ready");
            }
            Ok(is_ready(self.admin_port).await.then_some(()))
        })
        .await
    }

    /// SIGKILL: no goodbye to anybody.
    pub(crate) fn kill(&mut self) -> Result<()> {
        if let Some(mut process) = self.process.take() {
            process.kill()?;
            process.wait()?;
        }
        Ok(())
    }

    /// SIGTERM: it says goodbye to everybody, and ends in its own time.
    pub(crate) fn terminate(&self) -> Result<()> {
        let process = self.process.as_ref().context("the gateway does not run")?;
        let status = Command::new("kill").args(["-TERM", &process.id().to_string()]).status()?;
        ensure!(status.success(), "kill ended with {status}");
        Ok(())
    }

    /// The end of what it has logged.
    pub(crate) fn log_tail(&self) -> String {
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(LOG_LINES_MAX)..].join("\n")
    }

    fn spawn(&self) -> Result<Child> {
        let log = File::options().create(true).append(true).open(&self.log);
        let log = log.with_context(|| format!("{} can't be written", self.log.display()))?;
        let mut command = Command::new(&self.program);
        for (setting, _) in
            std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("TICKWIRE_"))
        {
            command.env_remove(setting); // the tests are of the defaults, not of this shell's settings
        }
        command.envs(&self.settings);
        command.arg("serve").args(["--listen", &format!("127.0.0.1:{}", self.port)]);
        command.args(["--admin-listen", &format!("127.0.0.1:{}", self.admin_port)]);
        command.arg("--dashboard").arg(&self.dashboard);
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        command.spawn().with_context(|| format!("{} could not be started", self.program.display()))
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        let _ = self.kill();
    }
}

/// Whether `GET /ready` answers 200.
async fn is_ready(port: u16) -> bool {
    let answer = async {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.write_all(b"GET /ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        std::io::Result::Ok(answer)
    };
    answer.await.is_ok_and(|answer| answer.starts_with("HTTP/1.1 200"))
}

/// The value of a variable that `cargo xtask test` sets, as a path that exists.
pub(crate) fn path_from(variable: &str) -> Result<PathBuf> {
    let path = std::env::var_os(variable);
    let path =
        path.with_context(|| format!("{variable} is not set: run `cargo xtask test`, which builds it"))?;
    if !Path::new(&path).exists() {
        bail!("{variable} names {}, which is not there", Path::new(&path).display());
    }
    Ok(path.into())
}
