//! Many clients on one thread: each reads all it gets, and all of it counts. Open loop: the server sets the pace, and an
//! event's age is taken from the moment it was due, so that a server, or a client, that stops for a while can't hide it.

mod measured;
mod paths;
mod tally;

use std::net::{SocketAddr, ToSocketAddrs};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::Context;
use clap::Args;

pub(crate) use self::measured::{Ages, Measured};
pub(crate) use self::paths::Paths;
use self::tally::Tally;
use crate::fleet::Fleet;
use crate::stamps::now_micros;
use crate::{cpu, memory};

/// Handshakes under way at the same time: no server's queue of new connections overflows.
pub(crate) const PENDING_MAX: usize = 200;
/// How long all clients together may take to connect. Those who have not by then are counted as lost.
const CONNECT_MAX: Duration = Duration::from_secs(40);
/// How long after the counting an event that was due in it may still arrive.
const GRACE: Duration = Duration::from_secs(1);
/// How often the server's memory is looked at.
const MEMORY_PERIOD: Duration = Duration::from_millis(100);
/// The longest wait for sockets, so that the clock is looked at.
pub(crate) const TURN: Duration = Duration::from_millis(20);
/// Receive buffer of clients that will stop reading, in bytes: it is soon full, as after minutes with a larger one.
const DEAF_BUFFER_BYTES: usize = 4_096;

/// Connect many clients and print as JSON what they got.
#[derive(Args)]
pub(crate) struct Drive {
    /// The server: `127.0.0.1:8000`.
    #[arg(long)]
    pub(crate) server: String,
    #[command(flatten)]
    pub(crate) paths: Paths,
    /// What each client says first.
    #[arg(long)]
    pub(crate) say: Option<String>,
    /// How many clients.
    #[arg(long)]
    pub(crate) clients: usize,
    /// How many more clients, that stop reading once they are connected.
    #[arg(long, default_value_t = 0)]
    pub(crate) deaf: usize,
    /// Events that each client is to get in a second: tells the share that was delivered.
    #[arg(long, default_value_t = 0.0)]
    pub(crate) rate: f64,
    /// Seconds before counting begins.
    #[arg(long, default_value_t = 2)]
    pub(crate) warm_up: u64,
    /// Seconds of counting.
    #[arg(long, default_value_t = 5)]
    pub(crate) seconds: u64,
    /// The server's process, to read its CPU time and memory.
    #[arg(long)]
    pub(crate) pid: Option<u32>,
    /// The server's core, to see what others use of it.
    #[arg(long)]
    pub(crate) server_core: Option<usize>,
    /// The clients' core, to see the same.
    #[arg(long)]
    pub(crate) client_core: Option<usize>,
    /// Keep the frames that some clients get while counting.
    #[arg(long)]
    pub(crate) record: Option<PathBuf>,
    /// Of how many clients.
    #[arg(long, default_value_t = 1)]
    pub(crate) record_clients: usize,
}

/// CPU time so far, in nanoseconds.
struct Spent {
    server: u64,
    own: u64,
    server_core: u64,
    client_core: u64,
}

impl Drive {
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        println!("{}", serde_json::to_string(&self.measure()?)?);
        Ok(())
    }

    fn measure(&self) -> anyhow::Result<Measured> {
        let memory_before = self.memory()?;
        let mut fleet = Fleet::new(resolve(&self.server)?)?;
        let recorded = if self.record.is_some() { self.record_clients.min(self.clients) } else { 0 };
        let mut tally = Tally::new(self.say.clone(), recorded);
        self.connect(&mut fleet, &mut tally)?;
        for deaf in self.clients..fleet.len() {
            fleet.deafen(deaf)?;
        }
        read_for(&mut fleet, &mut tally, Duration::from_secs(self.warm_up))?;

        let (before, started) = (self.spent()?, Instant::now());
        let window = now_micros()..now_micros() + self.seconds * 1_000_000;
        tally.start(window);
        let rss_max_kb = self.count(&mut fleet, &mut tally)?;
        tally.stop();
        let (after, seconds) = (self.spent()?, started.elapsed().as_secs_f64());
        let roll = fleet.roll();
        let deadline = Instant::now() + GRACE;
        let expected = self.expected();
        while tally.due < expected && Instant::now() < deadline {
            fleet.turn(TURN, &mut tally)?;
        }

        if let Some(path) = &self.record {
            tally.recording.micros = self.seconds * 1_000_000;
            tally.recording.write(path)?;
        }
        Ok(Measured {
            clients: self.clients,
            lost_clients: (self.clients + self.deaf).saturating_sub(roll.open),
            seconds,
            events: tally.events,
            frames: tally.frames,
            bytes: tally.bytes,
            expected,
            due_arrived: tally.due,
            server_nanos: after.server - before.server,
            own_nanos: after.own - before.own,
            others_nanos: (after.server_core - before.server_core)
                .saturating_sub(after.server - before.server),
            others_of_clients_nanos: (after.client_core - before.client_core)
                .saturating_sub(after.own - before.own),
            ages: Ages::of(&tally.ages),
            memory_before,
            memory_after: self.memory()?,
            rss_max_kb,
        })
    }

    /// Starts all clients, reading meanwhile: the first are served while the last are not there yet.
    fn connect(&self, fleet: &mut Fleet, tally: &mut Tally) -> anyhow::Result<()> {
        let mut paths = self.paths.iter();
        let deadline = Instant::now() + CONNECT_MAX;
        let all = self.clients + self.deaf;
        loop {
            let pending = fleet.roll().pending;
            for _ in pending..PENDING_MAX.min(pending + all - fleet.len()) {
                let buffer = (fleet.len() >= self.clients).then_some(DEAF_BUFFER_BYTES);
                fleet.launch(&paths.next().context("paths have no end")?, buffer)?;
            }
            if (fleet.len() == all && fleet.roll().pending == 0) || Instant::now() >= deadline {
                return Ok(());
            }
            fleet.turn(TURN, tally)?;
        }
    }

    /// Reads while it counts. Returns the most memory that the server had meanwhile.
    fn count(&self, fleet: &mut Fleet, tally: &mut Tally) -> anyhow::Result<u64> {
        let end = Instant::now() + Duration::from_secs(self.seconds);
        let mut look = Instant::now();
        let mut most = 0;
        while Instant::now() < end {
            fleet.turn(TURN.min(end.saturating_duration_since(Instant::now())), tally)?;
            if let Some(pid) = self.pid.filter(|_| Instant::now() >= look) {
                most = most.max(memory::resident_kb(pid)?);
                look += MEMORY_PERIOD;
            }
        }
        Ok(most)
    }

    /// How many events are due to all clients while it counts.
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "counts"
    )]
    fn expected(&self) -> u64 {
        (self.rate * self.clients as f64 * self.seconds as f64).round() as u64
    }

    fn memory(&self) -> anyhow::Result<memory::Memory> {
        self.pid.map_or(Ok(memory::Memory::default()), memory::of)
    }

    fn spent(&self) -> anyhow::Result<Spent> {
        Ok(Spent {
            server: self.pid.map_or(Ok(0), cpu::spent_nanos)?,
            own: cpu::spent_nanos(std::process::id())?,
            server_core: self.server_core.map_or(Ok(0), cpu::core_nanos)?,
            client_core: self.client_core.map_or(Ok(0), cpu::core_nanos)?,
        })
    }
}

/// The address of `host:port`.
pub(crate) fn resolve(server: &str) -> anyhow::Result<SocketAddr> {
    let mut addresses = server.to_socket_addrs().with_context(|| format!("{server}: not host:port"))?;
    addresses.next().with_context(|| format!("{server}: no address"))
}

fn read_for(fleet: &mut Fleet, tally: &mut Tally, time: Duration) -> anyhow::Result<()> {
    let end = Instant::now() + time;
    while Instant::now() < end {
        fleet.turn(TURN, tally)?;
    }
    Ok(())
}
