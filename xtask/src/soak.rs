//! `cargo xtask soak`: two gateways of one seed are killed, drained and frozen at random, while clients that make faults
//! of their own check that nothing is lost without a word.

mod chance;
mod gateway;

use std::process::{Child, Command};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::command::{self, cargo};
use crate::steps::{self, Step};
use crate::workspace::{Profile, Workspace};
use chance::Chance;
pub(crate) use gateway::Gateway;

/// How often the end of the clients is looked for.
const POLL: Duration = Duration::from_millis(100);
/// Seconds between two lines of progress.
const PROGRESS_SECONDS: &str = "5";
/// Between two blows to a gateway, in milliseconds.
const CALM_MS: std::ops::Range<u64> = 2_000..10_000;
/// How long a gateway is frozen, in milliseconds: shorter and longer than clients wait for a heartbeat.
const FREEZE_MS: std::ops::Range<u64> = 200..4_000;

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Events that the clients receive in all
    #[arg(long, default_value_t = 20_000_000)]
    deliveries: u64,
    /// How many clients
    #[arg(long, default_value_t = 400)]
    clients: usize,
    /// Events of the market in a second
    #[arg(long, default_value_t = 10_000)]
    events_per_second: u32,
    /// Chooses who is hit when, and what the clients do
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Given to `loadgen verify` as they are
    #[arg(last = true)]
    args: Vec<String>,
}

/// What is done to a gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Blow {
    /// SIGKILL, and started again.
    Kill,
    /// SIGTERM, and started again.
    Drain,
    /// SIGSTOP, and SIGCONT.
    Freeze,
}

pub(crate) fn soak(workspace: &Workspace, options: &Options) -> Result<()> {
    let says = format!("{} deliveries to {} clients", options.deliveries, options.clients);
    let steps = vec![
        Step::new("building the gateway and the load generator", build),
        Step::new(says, |workspace: &Workspace| run(workspace, options)),
    ];
    steps::in_order(workspace, steps)
}

fn build(workspace: &Workspace) -> Result<()> {
    let what = ["build", "--release", "--package", "gateway", "--package", "loadgen"];
    command::run(cargo(workspace).args(what))
}

fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let tickwire = workspace.gateway(Profile::Release);
    let logs = workspace.target().join("soak");
    std::fs::create_dir_all(&logs).with_context(|| logs.display().to_string())?;
    println!("      the gateways' logs: {}", workspace.shown(&logs));
    let start = |number| Gateway::start(number, &tickwire, &logs, options.events_per_second);
    let mut gateways = [start(1)?, start(2)?];
    for gateway in &mut gateways {
        gateway.wait_until_ready()?;
    }
    let addresses = gateways.each_ref().map(Gateway::url).join(",");
    let mut clients = Owned(verify(workspace, options, &addresses).spawn().context("loadgen")?);
    strike_until_done(&mut gateways, &mut clients.0, &mut Chance::new(options.seed))?;
    let status = clients.0.wait()?;
    if !status.success() {
        bail!("the clients found something wrong, or could not go on: {status}");
    }
    Ok(())
}

fn verify(workspace: &Workspace, options: &Options, addresses: &str) -> Command {
    let mut verify = Command::new(workspace.gateway(Profile::Release).with_file_name("loadgen"));
    verify.args(["verify", "--faults", "--encoding", "both", "--progress", PROGRESS_SECONDS]);
    verify.args(["--address", addresses]);
    verify.args(["--clients", &options.clients.to_string()]);
    verify.args(["--deliveries", &options.deliveries.to_string()]);
    verify.args(["--seed", &options.seed.to_string()]);
    verify.args(&options.args);
    verify
}

/// Hits one gateway after the other, each only when both are well, until the clients have ended.
fn strike_until_done(gateways: &mut [Gateway; 2], clients: &mut Child, chance: &mut Chance) -> Result<()> {
    let started = Instant::now();
    loop {
        let calm = Instant::now() + Duration::from_millis(chance.within(CALM_MS));
        while Instant::now() < calm {
            if clients.try_wait()?.is_some() {
                return Ok(());
            }
            std::thread::sleep(POLL);
        }
        let gateway = &mut gateways[usize::from(chance.within(0..2) == 1)];
        let (blow, at) = (chance.blow(), Instant::now());
        match blow {
            Blow::Kill => gateway.kill()?,
            Blow::Drain => gateway.drain()?,
            Blow::Freeze => gateway.freeze(Duration::from_millis(chance.within(FREEZE_MS)))?,
        }
        gateway.wait_until_ready()?;
        let (second, took) = (started.elapsed().as_secs(), at.elapsed().as_secs_f64());
        println!("{second:5} s: gateway {} ({blow:?}), well again after {took:.1} s", gateway.number);
    }
}

/// A child process that ends with its owner.
pub(crate) struct Owned(pub(crate) Child);

impl Drop for Owned {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
