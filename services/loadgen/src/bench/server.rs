//! The servers that are measured: started, asked whether they are ready, and ended, whatever happens to this process.

use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context;

/// The core of a server, and that of the clients.
pub(super) const SERVER_CORE: usize = 0;
pub(super) const CLIENT_CORE: usize = 1;
pub(super) const GATEWAY: &str = "127.0.0.1:18300";
const GATEWAY_ADMIN: &str = "127.0.0.1:18301";
pub(super) const FLOOR: &str = "127.0.0.1:18302";
pub(super) const NAIVE: &str = "127.0.0.1:18303";
/// How long a server may take to start.
const START_MAX: Duration = Duration::from_secs(20);
/// How often it is asked.
const ASK_PERIOD: Duration = Duration::from_millis(20);

/// A process that ends with its owner.
pub(super) struct Server(Child);

impl Server {
    pub(super) fn start(command: &mut Command) -> anyhow::Result<Self> {
        let started = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        Ok(Self(started.with_context(|| format!("starting {command:?}"))?))
    }

    /// The gateway with a workload's configuration.
    pub(super) fn gateway(tickwire: &Path, config: &Path, core: Option<usize>) -> anyhow::Result<Self> {
        let mut command = bound(core, tickwire);
        command.args(["serve", "--listen", GATEWAY, "--admin-listen", GATEWAY_ADMIN, "--config"]).arg(config);
        command.env("TICKWIRE_LOG__FILTER", "warn");
        let mut server = Self::start(&mut command)?;
        let url = format!("http://{GATEWAY_ADMIN}/ready");
        server.wait_for("the gateway", || {
            let mut healthcheck = Command::new(tickwire);
            healthcheck.args(["healthcheck", "--url", &url]).stderr(Stdio::null()).stdout(Stdio::null());
            healthcheck.status().is_ok_and(|status| status.success())
        })?;
        Ok(server)
    }

    pub(super) fn pid(&self) -> u32 {
        self.0.id()
    }

    /// Waits until it takes connections.
    pub(super) fn wait_for_port(&mut self, what: &str, address: &str) -> anyhow::Result<()> {
        self.wait_for(what, || TcpStream::connect(address).is_ok())
    }

    /// Asks again and again, until the answer is yes.
    fn wait_for(&mut self, what: &str, mut is_there: impl FnMut() -> bool) -> anyhow::Result<()> {
        let deadline = Instant::now() + START_MAX;
        while !is_there() {
            if let Some(status) = self.0.try_wait()? {
                anyhow::bail!("{what} has ended: {status}");
            }
            anyhow::ensure!(Instant::now() < deadline, "{what} did not start within {START_MAX:?}");
            std::thread::sleep(ASK_PERIOD);
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A command on one core, or on any. The kernel ends it when this process ends, be it by Ctrl-C or by SIGKILL. `setpriv`
/// and `taskset` replace themselves, so the process id is the command's.
pub(super) fn bound(core: Option<usize>, program: &Path) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "KILL", "--"]);
    if let Some(core) = core {
        command.args(["taskset", "-c", &core.to_string()]);
    }
    command.arg(program);
    command
}

/// This program with other arguments, on the clients' core or on any.
pub(super) fn clients(pinned: bool) -> anyhow::Result<Command> {
    Ok(bound(pinned.then_some(CLIENT_CORE), &std::env::current_exe()?))
}

/// Tells the clients which cores to look at.
pub(super) fn core_arguments() -> [String; 4] {
    ["--server-core".to_owned(), SERVER_CORE.to_string(), "--client-core".to_owned(), CLIENT_CORE.to_string()]
}

/// Runs the clients to their end and reads what they have measured.
pub(super) fn figures<T: serde::de::DeserializeOwned>(command: &mut Command) -> anyhow::Result<T> {
    let output =
        command.stdin(Stdio::null()).stderr(Stdio::piped()).output().context("starting the clients")?;
    let said = String::from_utf8_lossy(&output.stderr);
    anyhow::ensure!(output.status.success(), "the clients failed: {}", said.trim());
    serde_json::from_slice(&output.stdout).context("the clients' figures")
}
