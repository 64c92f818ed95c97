//! What the clients of a run have in common.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;

use super::catalogue::Catalogue;
use super::figures::Figures;
use super::ledger::Ledger;
use super::settings::Settings;
use super::violation::Failure;

/// How long clients may take at the end, until each has all that others have.
const SETTLE_MAX: Duration = Duration::from_secs(30);

/// The longest time away that is told from longer ones, in microseconds: a day.
const AWAY_MICROS_MAX: u64 = 86_400_000_000;
/// Digits to which times away are counted.
const AWAY_DIGITS: u8 = 2;

/// What the clients of a run have in common.
pub(crate) struct Shared {
    pub(crate) settings: Settings,
    pub(crate) epoch: String,
    pub(crate) catalogue: Arc<Catalogue>,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) places: Vec<Place>,
    pub(crate) started: Instant,
    pub(crate) figures: Mutex<Figures>,
    /// How long clients were away, in microseconds.
    pub(crate) away: Mutex<Histogram<u64>>,
    /// Reconnects in each second of the run that had any.
    pub(crate) reconnects: Mutex<BTreeMap<u64, u64>>,
    pub(crate) failure: OnceLock<Failure>,
    /// Set at the end.
    pub(crate) target: OnceLock<Target>,
    is_abandoned: AtomicBool,
}

/// What each client must have before it ends.
#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) marks: Vec<u64>,
    pub(crate) deadline: Instant,
}

/// Where a client is, for others to see.
#[derive(Debug, Default)]
pub(crate) struct Place {
    /// 1 + the number of the address that it is connected to; 0: none.
    pub(crate) address: AtomicUsize,
    pub(crate) deliveries: AtomicU64,
    pub(crate) resumes: AtomicU64,
}

impl Shared {
    pub(crate) fn new(settings: Settings, epoch: String, catalogue: Catalogue) -> Self {
        let ledger = Arc::new(Ledger::new(catalogue.streams()));
        let places = std::iter::repeat_with(Place::default).take(settings.clients).collect();
        Self {
            settings,
            epoch,
            catalogue: Arc::new(catalogue),
            ledger,
            places,
            started: Instant::now(),
            figures: Mutex::default(),
            away: Mutex::new(away()),
            reconnects: Mutex::default(),
            failure: OnceLock::new(),
            target: OnceLock::new(),
            is_abandoned: AtomicBool::new(false),
        }
    }

    /// The end begins: each client ends when it has all that anybody has now.
    pub(crate) fn settle(&self) {
        self.target
            .get_or_init(|| Target { marks: self.ledger.marks(), deadline: Instant::now() + SETTLE_MAX });
    }

    /// Ends the run, unless it has ended before.
    pub(crate) fn fail(&self, failure: Failure) {
        // The first one counts.
        let _ = self.failure.set(failure);
    }

    pub(crate) fn is_over(&self) -> bool {
        self.failure.get().is_some() || self.is_abandoned.load(Ordering::Relaxed)
    }

    /// Takes over what a client has counted.
    pub(crate) fn count(&self, client: usize, figures: &mut Figures) {
        let place = &self.places[client];
        place.deliveries.fetch_add(figures.deliveries, Ordering::Relaxed);
        place.resumes.fetch_add(figures.resumes, Ordering::Relaxed);
        self.figures.lock().unwrap_or_else(PoisonError::into_inner).add(figures);
        *figures = Figures::default();
    }

    pub(crate) fn was_away(&self, duration: Duration) {
        let micros = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
        self.away.lock().unwrap_or_else(PoisonError::into_inner).saturating_record(micros);
    }

    /// A client is connected again.
    pub(crate) fn reconnected(&self) {
        let second = self.started.elapsed().as_secs();
        *self.reconnects.lock().unwrap_or_else(PoisonError::into_inner).entry(second).or_default() += 1;
    }

    pub(crate) fn reconnects_per_second_max(&self) -> u64 {
        let reconnects = self.reconnects.lock().unwrap_or_else(PoisonError::into_inner);
        reconnects.values().copied().max().unwrap_or_default()
    }

    /// The clients are to end, wherever they are.
    pub(crate) fn abandon(&self) {
        self.is_abandoned.store(true, Ordering::Relaxed);
    }
}

fn away() -> Histogram<u64> {
    Histogram::new_with_max(AWAY_MICROS_MAX, AWAY_DIGITS).expect("these bounds are allowed")
}
