//! `loadgen verify`: the clients from the command line, progress, and the table at the end.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command-line tool: its output is its result"
)]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::bail;
use clap::{Args, ValueEnum};
use protocol::{Encoding, Op};
use tokio::time::{Instant, sleep};

use super::faults::FaultRates;
use super::fleet::Fleet;
use super::settings::Settings;

/// How often the end is looked for.
const POLL: Duration = Duration::from_millis(100);

/// Connect clients that check all they get, resume where they stopped, and find any loss.
#[derive(Args)]
pub struct Verify {
    /// The servers, comma-separated: `ws://127.0.0.1:8000/ws,ws://127.0.0.1:8001/ws`.
    #[arg(long, value_delimiter = ',', required = true)]
    address: Vec<String>,
    /// How many clients.
    #[arg(long, default_value_t = 200)]
    clients: usize,
    /// On how many threads.
    #[arg(long, default_value_t = 1)]
    threads: usize,
    #[command(flatten)]
    until: Until,
    /// What each client subscribes, such as `ticker:*,trades:*,book:*`; a random mix for each if absent.
    #[arg(long)]
    streams: Option<String>,
    /// How messages are written.
    #[arg(long, value_enum, default_value_t = Written::Json)]
    encoding: Written,
    /// Chooses mixes, faults and pauses.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Clients stall, drop their sockets, unsubscribe, resync and configure.
    #[arg(long)]
    faults: bool,
    #[command(flatten)]
    rates: FaultRates,
    /// Seconds between two lines of progress on stderr; 0 for none.
    #[arg(long, default_value_t = 0)]
    progress: u64,
    /// Print the figures as JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
#[group(required = true)]
struct Until {
    /// For how many seconds.
    #[arg(long)]
    seconds: Option<u64>,
    /// Until so many events were received in all.
    #[arg(long)]
    deliveries: Option<u64>,
    /// Until stdin ends: for whoever starts this and knows when it is enough.
    #[arg(long)]
    stdin: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Written {
    Json,
    Msgpack,
    /// Every other client takes the other one.
    Both,
}

impl Verify {
    /// Runs to the end.
    ///
    /// # Errors
    /// With what was wrong first.
    pub fn run(&self) -> anyhow::Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(self.verify())
    }

    async fn verify(&self) -> anyhow::Result<()> {
        let fleet = Fleet::start(self.settings()?).await?;
        self.wait(&fleet).await;
        let (report, failure) = fleet.settle().await;
        if self.json {
            println!("{}", serde_json::to_string(&report)?);
        } else {
            println!("{}", report.table());
        }
        match failure {
            Some(failure) => {
                eprintln!("{failure}");
                bail!("{}", failure.what)
            }
            None => Ok(()),
        }
    }

    async fn wait(&self, fleet: &Fleet) {
        let started = Instant::now();
        let (mut shown, mut before) = (started, 0);
        let stdin_ended = self.until.stdin.then(end_of_stdin);
        while fleet.failure().is_none() {
            let figures = fleet.figures();
            let is_ended = stdin_ended.as_ref().is_some_and(|ended| ended.load(Ordering::Relaxed));
            if is_ended || self.until.is_reached(started.elapsed(), figures.deliveries) {
                return;
            }
            if self.progress > 0 && shown.elapsed().as_secs() >= self.progress {
                let connected = fleet.clients().iter().filter(|client| client.address.is_some()).count();
                #[allow(clippy::cast_precision_loss, reason = "a figure for people")]
                let rate = (figures.deliveries - before) as f64 / shown.elapsed().as_secs_f64();
                eprintln!(
                    "{:5} s: {} deliveries, {rate:.0}/s, {connected} connected, {} reconnects, {} resumes ({} with a gap), {} conflated",
                    started.elapsed().as_secs(),
                    figures.deliveries,
                    figures.reconnects,
                    figures.resumes,
                    figures.resumed_with_gap,
                    figures.conflated,
                );
                (shown, before) = (Instant::now(), figures.deliveries);
            }
            sleep(POLL).await;
        }
    }

    fn settings(&self) -> anyhow::Result<Settings> {
        let targets = self.streams.as_deref().map(Op::subscribe_list);
        let patterns = targets.map(|targets| targets.into_iter().collect::<Result<Vec<_>, _>>());
        Ok(Settings {
            addresses: self.address.clone(),
            clients: self.clients,
            threads: self.threads,
            streams: patterns.transpose().map_err(|error| anyhow::anyhow!("{}", error.message))?,
            encodings: match self.encoding {
                Written::Json => vec![Encoding::Json],
                Written::Msgpack => vec![Encoding::MessagePack],
                Written::Both => Encoding::ALL.to_vec(),
            },
            seed: self.seed,
            faults: self.faults.then_some(self.rates),
        })
    }
}

/// Becomes true when nothing more comes from stdin. Its thread waits for that as long as the process lives.
fn end_of_stdin() -> Arc<AtomicBool> {
    let ended = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&ended);
    std::thread::spawn(move || {
        // An error is an end, too.
        let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        seen.store(true, Ordering::Relaxed);
    });
    ended
}

impl Until {
    fn is_reached(&self, took: Duration, deliveries: u64) -> bool {
        self.seconds.is_some_and(|seconds| took.as_secs() >= seconds)
            || self.deliveries.is_some_and(|wanted| deliveries >= wanted)
    }
}
