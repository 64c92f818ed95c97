//! The benchmark: the gateway and the floor in turn, on one core each time, with the clients on another. What counts is
//! the ratio within one run: machines differ, and this one is shared.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context;

use crate::drive::Measured;

/// The core of the server, and that of the clients.
const SERVER_CORE: &str = "0";
const CLIENT_CORE: &str = "1";
const GATEWAY: &str = "127.0.0.1:18300";
const GATEWAY_ADMIN: &str = "127.0.0.1:18301";
const FLOOR: &str = "127.0.0.1:18302";
/// How long a server may take to start.
const START_MAX: Duration = Duration::from_secs(20);

pub(crate) struct Bench {
    pub(crate) tickwire: PathBuf,
    pub(crate) config: PathBuf,
    pub(crate) clients: usize,
    pub(crate) rounds: usize,
}

/// A child process that ends with its owner.
struct Server(Child);

impl Server {
    fn start(command: &mut Command) -> anyhow::Result<Self> {
        Ok(Self(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().context("starting a server")?))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Bench {
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        let recording = std::env::temp_dir().join(format!("tickwire-frames-{}.json", std::process::id()));
        let mut rounds = Vec::new();
        println!("{} clients, {}, server on one core", self.clients, self.config.display());
        println!(
            "| round | gateway us/update | floor us/update | ratio | delivered | age p50 ms | age p99 ms |"
        );
        println!("|---|---|---|---|---|---|---|");
        for round in 1..=self.rounds {
            let gateway = self.gateway(&recording)?;
            let floor = self.floor(&recording)?;
            let ratio = micros_per_event(&gateway) / micros_per_event(&floor);
            println!(
                "| {round} | {:.2} | {:.2} | {ratio:.2} | {} | {:.1} | {:.1} |",
                micros_per_event(&gateway),
                micros_per_event(&floor),
                gateway.events,
                millis(gateway.age_p50_micros),
                millis(gateway.age_p99_micros),
            );
            warn(&gateway, "gateway");
            warn(&floor, "floor");
            rounds.push(ratio);
        }
        std::fs::remove_file(&recording)?;
        rounds.sort_by(f64::total_cmp);
        println!("\ngateway / floor, median of {}: {:.2}", self.rounds, rounds[rounds.len() / 2]);
        Ok(())
    }

    fn gateway(&self, recording: &Path) -> anyhow::Result<Measured> {
        let mut command = pinned(SERVER_CORE, &self.tickwire);
        command
            .args(["serve", "--listen", GATEWAY, "--admin-listen", GATEWAY_ADMIN, "--config"])
            .arg(&self.config);
        let server = Server::start(&mut command)?;
        self.wait_until_ready()?;
        self.drive(&format!("ws://{GATEWAY}/ws?subscribe=ticker:*"), server.0.id(), Some(recording))
    }

    fn floor(&self, recording: &Path) -> anyhow::Result<Measured> {
        let mut command = pinned(SERVER_CORE, &std::env::current_exe()?);
        command.args(["floor", "--listen", FLOOR, "--clients", &self.clients.to_string(), "--frames"]);
        let server = Server::start(command.arg(recording))?;
        wait_for("the floor", || std::net::TcpStream::connect(FLOOR).is_ok())?;
        self.drive(&format!("ws://{FLOOR}/"), server.0.id(), None)
    }

    fn wait_until_ready(&self) -> anyhow::Result<()> {
        let url = format!("http://{GATEWAY_ADMIN}/ready");
        wait_for("the gateway", || {
            let mut healthcheck = Command::new(&self.tickwire);
            healthcheck.args(["healthcheck", "--url", &url]).stderr(Stdio::null());
            healthcheck.status().is_ok_and(|status| status.success())
        })
    }

    fn drive(&self, url: &str, pid: u32, record: Option<&Path>) -> anyhow::Result<Measured> {
        let mut command = pinned(CLIENT_CORE, &std::env::current_exe()?);
        command.args([
            "drive",
            "--url",
            url,
            "--clients",
            &self.clients.to_string(),
            "--pid",
            &pid.to_string(),
        ]);
        if let Some(path) = record {
            command.arg("--record").arg(path);
        }
        let output = command.stderr(Stdio::inherit()).output()?;
        anyhow::ensure!(output.status.success(), "the clients failed: {}", output.status);
        serde_json::from_slice(&output.stdout).context("the clients' figures")
    }
}

/// A command that runs on one core. `taskset` replaces itself, so the process id is the command's.
fn pinned(core: &str, program: &Path) -> Command {
    let mut command = Command::new("taskset");
    command.args(["-c", core]).arg(program);
    command
}

/// Asks again and again, until the answer is yes.
fn wait_for(what: &str, mut is_there: impl FnMut() -> bool) -> anyhow::Result<()> {
    let deadline = Instant::now() + START_MAX;
    while !is_there() {
        anyhow::ensure!(Instant::now() < deadline, "{what} did not start within {START_MAX:?}");
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

#[allow(clippy::cast_precision_loss, reason = "a figure for people")]
fn micros_per_event(measured: &Measured) -> f64 {
    measured.server_nanos as f64 / 1e3 / measured.events.max(1) as f64
}

#[allow(clippy::cast_precision_loss, reason = "a figure for people")]
fn millis(micros: u64) -> f64 {
    micros as f64 / 1e3
}

/// Says what makes a figure worthless.
#[allow(clippy::cast_precision_loss, reason = "a figure for people")]
fn warn(measured: &Measured, who: &str) {
    let busy = measured.own_nanos as f64 / 1e9 / measured.seconds;
    if busy > 0.9 {
        println!(
            "  the clients of the {who} used {:.0} % of their core: they may be the bottleneck",
            busy * 100.0
        );
    }
    if measured.lost_clients > 0 {
        println!("  {} clients of the {who} were cut off", measured.lost_clients);
    }
}
