//! A gateway that is started again and again on the same ports.

use std::fs::File;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};

use super::{Owned, POLL};
use crate::command;

/// How long a gateway may take to come to the present: a second or two, but the machine may be busy with other things.
const START_MAX: Duration = Duration::from_secs(600);
/// How long it may take to drain.
const DRAIN_MAX: Duration = Duration::from_secs(30);
/// Small buffers, short limits and quick heartbeats: what is rare elsewhere is to happen often here.
const SETTINGS: &[(&str, &str)] = &[
    ("TICKWIRE_LIMITS__SEND_BUFFER_BYTES", "16384"),
    ("TICKWIRE_LIMITS__STALL_MS_MAX", "2500"),
    ("TICKWIRE_STREAM__HEARTBEAT_MS", "1000"),
    ("TICKWIRE_DRAIN__SPREAD_MS", "2000"),
    ("TICKWIRE_LOG__FORMAT", "text"),
];

pub(crate) struct Gateway {
    pub(super) number: usize,
    tickwire: PathBuf,
    log: File,
    events_per_second: u32,
    address: SocketAddr,
    admin_address: SocketAddr,
    process: Owned,
}

impl Gateway {
    /// Starts one on free ports; it is not ready yet.
    pub(crate) fn start(number: usize, tickwire: &Path, logs: &Path, events_per_second: u32) -> Result<Self> {
        let log = File::create(logs.join(format!("gateway-{number}.log")))?;
        let (address, admin_address) = free_addresses()?;
        let process = spawn(tickwire, &log, events_per_second, address, admin_address)?;
        let tickwire = tickwire.to_owned();
        Ok(Self { number, tickwire, log, events_per_second, address, admin_address, process })
    }

    /// Where clients find it.
    pub(crate) fn url(&self) -> String {
        format!("ws://{}/ws", self.address)
    }

    /// Where it shows its metrics.
    pub(crate) fn admin_address(&self) -> SocketAddr {
        self.admin_address
    }

    /// SIGKILL, and a new start.
    pub(super) fn kill(&mut self) -> Result<()> {
        self.process.0.kill()?;
        self.process.0.wait()?;
        self.restart()
    }

    /// SIGTERM, and a new start when it has ended by itself.
    pub(super) fn drain(&mut self) -> Result<()> {
        self.signal("-TERM")?;
        let deadline = Instant::now() + DRAIN_MAX;
        let status = loop {
            if let Some(status) = self.process.0.try_wait()? {
                break status;
            }
            ensure!(Instant::now() < deadline, "gateway {} did not drain within {DRAIN_MAX:?}", self.number);
            std::thread::sleep(POLL);
        };
        ensure!(status.success(), "gateway {} drained with {status}", self.number);
        self.restart()
    }

    /// SIGSTOP, and SIGCONT after a while.
    pub(super) fn freeze(&self, pause: Duration) -> Result<()> {
        self.signal("-STOP")?;
        std::thread::sleep(pause);
        self.signal("-CONT")
    }

    pub(crate) fn wait_until_ready(&mut self) -> Result<()> {
        let url = format!("http://{}/ready", self.admin_address);
        let deadline = Instant::now() + START_MAX;
        while !command::succeeds(Command::new(&self.tickwire).args(["healthcheck", "--url", &url])) {
            if let Some(status) = self.process.0.try_wait()? {
                bail!("gateway {} ended with {status}: see its log", self.number);
            }
            ensure!(Instant::now() < deadline, "gateway {} not ready within {START_MAX:?}", self.number);
            std::thread::sleep(POLL);
        }
        Ok(())
    }

    fn restart(&mut self) -> Result<()> {
        let events = self.events_per_second;
        self.process = spawn(&self.tickwire, &self.log, events, self.address, self.admin_address)?;
        Ok(())
    }

    fn signal(&self, signal: &str) -> Result<()> {
        command::run(Command::new("kill").args([signal, &self.process.0.id().to_string()]))
    }
}

fn spawn(
    tickwire: &Path,
    log: &File,
    events_per_second: u32,
    address: SocketAddr,
    admin_address: SocketAddr,
) -> Result<Owned> {
    let mut serve = Command::new(tickwire);
    serve.arg("serve").args(["--listen", &address.to_string()]);
    serve.args(["--admin-listen", &admin_address.to_string()]);
    serve.env("TICKWIRE_MARKET__EVENTS_PER_SECOND", events_per_second.to_string());
    serve.envs(SETTINGS.iter().copied());
    serve.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log.try_clone()?);
    Ok(Owned(serve.spawn().with_context(|| format!("{} could not be started", tickwire.display()))?))
}

/// Two addresses that nobody else has now.
fn free_addresses() -> Result<(SocketAddr, SocketAddr)> {
    let (one, other) = (TcpListener::bind("127.0.0.1:0")?, TcpListener::bind("127.0.0.1:0")?);
    Ok((one.local_addr()?, other.local_addr()?))
}
