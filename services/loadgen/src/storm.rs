//! A reconnect storm: all clients drop at once and come back with `resume`. What counts is the time until each of their
//! streams goes on where it stopped, without a step missing.

mod streams;

use std::time::{Duration, Instant};

use clap::Args;
use serde::{Deserialize, Serialize};

use self::streams::{Event, Follower, Heard, Said};
use crate::drive::{PENDING_MAX, Paths, TURN, resolve};
use crate::fleet::{Ears, Fleet};

/// How long the clients may take to connect, and afterwards to come back.
const CONNECT_MAX: Duration = Duration::from_secs(60);
const STORM_MAX: Duration = Duration::from_secs(30);
/// How long the streams are watched once all clients are back.
const AFTERWARDS: Duration = Duration::from_secs(3);

/// Have all clients drop at once and come back.
#[derive(Args)]
pub(crate) struct Storm {
    /// The server: `127.0.0.1:8000`.
    #[arg(long)]
    server: String,
    /// How many clients.
    #[arg(long)]
    clients: usize,
    #[command(flatten)]
    paths: Paths,
    /// Seconds between the last connection and the storm.
    #[arg(long, default_value_t = 3)]
    warm_up: u64,
}

/// What a storm has shown.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Storming {
    pub(crate) clients: usize,
    /// Clients whose `resume` was answered without an error.
    pub(crate) resumed: usize,
    /// Clients of whom each stream has gone on where it stopped.
    pub(crate) consistent: usize,
    /// Steps missing, streams started anew, refusals: each is one too many.
    pub(crate) faults: u64,
    /// The first of them.
    pub(crate) first_fault: Option<String>,
    /// Clients whose connection failed.
    pub(crate) lost: usize,
    /// Seconds until the last client was answered.
    pub(crate) resumed_seconds: f64,
    /// Seconds until half of the clients were consistent.
    pub(crate) half_seconds: f64,
    /// Seconds until the last one was.
    pub(crate) all_seconds: f64,
}

/// All clients' streams, across their connections.
#[derive(Default)]
struct Followers {
    epoch: Option<String>,
    each: Vec<Follower>,
    resuming: bool,
    struck: Option<Instant>,
    resumed: Vec<Duration>,
    consistent: Vec<Duration>,
    faults: u64,
    first_fault: Option<String>,
}

impl Storm {
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        println!("{}", serde_json::to_string(&self.storm()?)?);
        Ok(())
    }

    fn storm(&self) -> anyhow::Result<Storming> {
        let mut fleet = Fleet::new(resolve(&self.server)?)?;
        let mut followers = Followers::default();
        for streams in self.paths.streams().take(self.clients) {
            followers.each.push(Follower::new(streams));
        }
        self.connect(&mut fleet, &mut followers)?;
        run_for(&mut fleet, &mut followers, Duration::from_secs(self.warm_up), |_| false)?;
        anyhow::ensure!(followers.faults == 0, "before the storm: {:?}", followers.first_fault);
        anyhow::ensure!(followers.each.iter().all(Follower::has_all), "not all streams began");

        followers.strike();
        fleet.abandon();
        for _ in 0..self.clients {
            fleet.launch(&self.paths.path, None)?;
        }
        run_for(&mut fleet, &mut followers, STORM_MAX, |followers| {
            followers.consistent.len() == self.clients
        })?;
        let lost = fleet.roll().lost;
        run_for(&mut fleet, &mut followers, AFTERWARDS, |_| false)?;
        Ok(followers.storming(lost))
    }

    fn connect(&self, fleet: &mut Fleet, followers: &mut Followers) -> anyhow::Result<()> {
        let mut paths = self.paths.iter();
        let deadline = Instant::now() + CONNECT_MAX;
        while fleet.roll().open < self.clients {
            let roll = fleet.roll();
            anyhow::ensure!(roll.lost == 0, "{} clients could not connect", roll.lost);
            anyhow::ensure!(Instant::now() < deadline, "{} of {} clients connected", roll.open, self.clients);
            for path in
                paths.by_ref().take(PENDING_MAX.saturating_sub(roll.pending).min(self.clients - fleet.len()))
            {
                fleet.launch(&path, None)?;
            }
            fleet.turn(TURN, followers)?;
        }
        Ok(())
    }
}

fn run_for(
    fleet: &mut Fleet,
    followers: &mut Followers,
    time: Duration,
    done: impl Fn(&Followers) -> bool,
) -> anyhow::Result<()> {
    let end = Instant::now() + time;
    while Instant::now() < end && !done(followers) {
        fleet.turn(TURN, followers)?;
    }
    Ok(())
}

impl Followers {
    fn strike(&mut self) {
        self.resuming = true;
        self.each.iter_mut().for_each(Follower::strike);
        self.struck = Some(Instant::now());
    }

    fn since(&self) -> Duration {
        self.struck.map_or(Duration::ZERO, |struck| struck.elapsed())
    }

    fn fault(&mut self, client: usize, what: &str) {
        self.faults += 1;
        self.first_fault.get_or_insert_with(|| format!("client {client}: {what}"));
    }

    fn storming(&self, lost: usize) -> Storming {
        let at = |times: &[Duration], place: usize| times.get(place).map_or(0.0, Duration::as_secs_f64);
        Storming {
            clients: self.each.len(),
            resumed: self.resumed.len(),
            consistent: self.consistent.len(),
            faults: self.faults,
            first_fault: self.first_fault.clone(),
            lost,
            resumed_seconds: self.resumed.last().map_or(0.0, Duration::as_secs_f64),
            half_seconds: at(&self.consistent, self.each.len() / 2),
            all_seconds: self.consistent.last().map_or(0.0, Duration::as_secs_f64),
        }
    }

    fn said(&mut self, client: usize, said: Said<'_>) -> Option<String> {
        match said {
            Said::Hello { epoch } => {
                let epoch = self.epoch.get_or_insert_with(|| epoch.into_owned());
                return self.resuming.then(|| self.each[client].resume(epoch));
            }
            Said::Resumed { errors } if errors.is_empty() => self.resumed.push(self.since()),
            Said::Resumed { errors } => self.fault(client, &format!("not resumed: {errors:?}")),
            Said::Discontinuity { reason } => self.fault(client, &format!("a discontinuity: {reason}")),
            Said::Error { message } => self.fault(client, &message),
            Said::Other => {}
        }
        None
    }

    fn events(&mut self, client: usize, events: &[Event<'_>]) {
        for event in events {
            match self.each[client].hear(event) {
                Heard::Fine => {}
                Heard::AllGoOn => self.consistent.push(self.since()),
                Heard::Fault(what) => self.fault(client, what),
            }
        }
    }
}

impl Ears for Followers {
    fn opened(&mut self, _client: usize) -> Option<String> {
        None
    }

    fn frame(&mut self, client: usize, payload: &[u8], _now: u64) -> Option<String> {
        if payload.starts_with(b"[") {
            match serde_json::from_slice::<Vec<Event<'_>>>(payload) {
                Ok(events) => self.events(client, &events),
                Err(error) => self.fault(client, &format!("events that can't be read: {error}")),
            }
            return None;
        }
        match serde_json::from_slice::<Said<'_>>(payload) {
            Ok(said) => self.said(client, said),
            Err(error) => {
                self.fault(client, &format!("a message that can't be read: {error}"));
                None
            }
        }
    }
}
