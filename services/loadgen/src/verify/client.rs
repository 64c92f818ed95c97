//! A client: connects, reads until the connection ends, and goes on at the next server where it had stopped.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use protocol::{Encoding, StreamPattern};
use rand::{RngExt as _, SeedableRng as _};
use rand_xoshiro::Xoshiro256PlusPlus;
use tokio::time::{Instant, sleep};

use super::backoff::Backoff;
use super::checker::Checker;
use super::journal::Journal;
use super::mix::mix;
use super::session::{Left, Session};
use super::shared::Shared;
use super::socket::{Manner, Socket};
use super::violation::{Failure, Violation};

/// How often a client looks at more than its socket.
pub(crate) const TICK: Duration = Duration::from_millis(200);
/// With faults, one client in so many has a small receive buffer: a stall soon reaches the server.
const SMALL_BUFFER_EVERY: usize = 3;
const SMALL_BUFFER_BYTES: u32 = 8_192;
/// Clients that connect in a second, at the start.
const STARTS_PER_SECOND: f64 = 1_000.0;

pub(crate) struct Client {
    pub(crate) number: usize,
    pub(crate) shared: Arc<Shared>,
    pub(crate) rng: Xoshiro256PlusPlus,
    pub(crate) checker: Checker,
    pub(crate) journal: Journal,
    pub(crate) backoff: Backoff,
    pub(crate) patterns: Vec<StreamPattern>,
    /// Of each stream, whether it is to be subscribed.
    pub(crate) wanted: Vec<bool>,
    /// Since when there has been no connection of use.
    pub(crate) away_since: Option<Instant>,
    manner: Manner,
}

impl Client {
    pub(crate) fn new(number: usize, shared: &Arc<Shared>) -> Self {
        let settings = &shared.settings;
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(settings.seed ^ (number as u64) << 32);
        let patterns = match &settings.streams {
            Some(patterns) => patterns.clone(),
            None => mix(&shared.catalogue, &mut rng),
        };
        let mut wanted = vec![false; shared.catalogue.streams()];
        for stream in patterns.iter().flat_map(|pattern| shared.catalogue.expand(pattern)) {
            wanted[stream] = true;
        }
        let is_small = settings.faults.is_some() && number.is_multiple_of(SMALL_BUFFER_EVERY);
        let encodings = &settings.encodings;
        let encoding = encodings.get(number % encodings.len().max(1)).copied().unwrap_or(Encoding::Json);
        let id = u32::try_from(number).unwrap_or(u32::MAX);
        Self {
            number,
            rng,
            checker: Checker::new(id, Arc::clone(&shared.catalogue), Arc::clone(&shared.ledger)),
            journal: Journal::new(shared.started),
            backoff: Backoff::default(),
            patterns,
            wanted,
            away_since: None,
            manner: Manner { encoding, receive_buffer_bytes: is_small.then_some(SMALL_BUFFER_BYTES) },
            shared: Arc::clone(shared),
        }
    }

    /// Lives until the run ends.
    pub(crate) async fn run(mut self) {
        let mut address = self.number;
        let clients = self.shared.settings.clients.max(1);
        #[allow(clippy::cast_precision_loss, reason = "a pause")]
        let spread = Duration::from_secs_f64(clients as f64 / STARTS_PER_SECOND);
        let start = spread.mul_f64(self.rng.random_range(0.0..=1.0));
        self.pause(start).await;
        while !self.shared.is_over() {
            let place = address % self.shared.settings.addresses.len();
            match self.connection(place).await {
                Ok(Left::Finished) => break,
                Ok(left) => self.left(left).await,
                Err(violation) => self.fail(place, &violation),
            }
            address += 1;
        }
        self.shared.count(self.number, &mut self.checker.figures);
    }

    /// One connection, from its first attempt to its end.
    async fn connection(&mut self, place: usize) -> Result<Left, Violation> {
        let address = self.shared.settings.addresses[place].clone();
        match Socket::connect(&address, self.manner).await {
            Ok((socket, hello)) => {
                self.journal.note(&format!("connected to {address}, session {}", hello.session));
                self.checker.disconnected(&self.wanted);
                self.shared.places[self.number].address.store(place + 1, Ordering::Relaxed);
                let ended = Session::new(self, socket, &hello).run().await;
                self.shared.places[self.number].address.store(0, Ordering::Relaxed);
                ended
            }
            Err(error) => {
                self.journal.note(&format!("{address} can't be reached: {error:#}"));
                self.checker.figures.refused_connections += 1;
                self.shared.count(self.number, &mut self.checker.figures);
                match self.shared.target.get() {
                    Some(target) if target.deadline < std::time::Instant::now() => {
                        Err(Violation::Alone(format!("{error:#}")))
                    }
                    _ => Ok(Left::Refused),
                }
            }
        }
    }

    async fn left(&mut self, left: Left) {
        self.journal.note(&format!("left: {left:?}"));
        if left != Left::Refused {
            self.away_since.get_or_insert_with(Instant::now);
        }
        // Who was told when to come back has waited already.
        if left != Left::Drained {
            let pause = self.backoff.pause(&mut self.rng);
            self.pause(pause).await;
        }
    }

    fn fail(&mut self, place: usize, violation: &Violation) {
        if let Some(event) = self.checker.culprit.take() {
            self.journal.note(&event);
        }
        self.shared.fail(Failure {
            client: self.number,
            address: self.shared.settings.addresses[place].clone(),
            what: violation.to_string(),
            is_silent_loss: violation.is_silent_loss(),
            journal: self.journal.lines(),
        });
    }

    /// Waits, unless the run ends.
    pub(crate) async fn pause(&self, pause: Duration) {
        let until = Instant::now() + pause;
        while Instant::now() < until && !self.shared.is_over() {
            sleep(TICK.min(until.saturating_duration_since(Instant::now()))).await;
        }
    }
}
