//! All clients of a run, on threads of their own.

use std::panic::resume_unwind;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::Context as _;
use protocol::Encoding;
use tokio::task::LocalSet;

use super::catalogue::Catalogue;
use super::client::Client;
use super::figures::{Figures, Report};
use super::settings::Settings;
use super::shared::Shared;
use super::socket::{Manner, Socket};
use super::violation::Failure;

/// How often the end of the clients is looked for.
const POLL: Duration = Duration::from_millis(20);

/// The clients of a run. They end when it is dropped.
pub struct Fleet {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

/// Where a client is now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The number of the address that it is connected to.
    pub address: Option<usize>,
    /// Events that it has received over all its connections.
    pub deliveries: u64,
    /// How often it has resumed.
    pub resumes: u64,
}

impl Fleet {
    /// Asks the first server what there is, and starts the clients.
    ///
    /// # Errors
    /// When that server can't be reached, or a thread can't be started.
    pub async fn start(settings: Settings) -> anyhow::Result<Self> {
        let address = settings.addresses.first().context("no address was given")?;
        let manner = Manner { encoding: Encoding::Json, receive_buffer_bytes: None };
        let (mut socket, hello) =
            Socket::connect(address, manner).await.with_context(|| format!("no greeting from {address}"))?;
        let catalogue = Catalogue::new(socket.instruments().await?);
        let threads = settings.threads.max(1);
        let shared = Arc::new(Shared::new(settings, hello.epoch, catalogue));
        let threads = (0..threads)
            .map(|thread| {
                let shared = Arc::clone(&shared);
                let named = std::thread::Builder::new().name(format!("clients-{thread}"));
                named.spawn(move || run(&shared, thread, threads))
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { shared, threads })
    }

    /// What was counted so far, up to a moment ago.
    #[must_use]
    pub fn figures(&self) -> Figures {
        self.shared.figures.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Where each client is.
    #[must_use]
    pub fn clients(&self) -> Vec<Seen> {
        let seen = |place: &super::shared::Place| Seen {
            address: place.address.load(Ordering::Relaxed).checked_sub(1),
            deliveries: place.deliveries.load(Ordering::Relaxed),
            resumes: place.resumes.load(Ordering::Relaxed),
        };
        self.shared.places.iter().map(seen).collect()
    }

    /// What was wrong first, if anything was. It has ended the run.
    #[must_use]
    pub fn failure(&self) -> Option<&Failure> {
        self.shared.failure.get()
    }

    /// Ends the run once each client has all that any of them has now.
    pub async fn settle(mut self) -> (Report, Option<Failure>) {
        let took = self.shared.started.elapsed();
        self.shared.settle();
        while !self.threads.iter().all(JoinHandle::is_finished) {
            tokio::time::sleep(POLL).await;
        }
        for thread in self.threads.drain(..) {
            thread.join().unwrap_or_else(|panic| resume_unwind(panic));
        }
        let failure = self.failure().cloned();
        let away = self.shared.away.lock().unwrap_or_else(PoisonError::into_inner);
        let losses = u64::from(failure.as_ref().is_some_and(|failure| failure.is_silent_loss));
        let report = Report::new(self.figures(), &away, self.shared.settings.clients, took, losses);
        (report.with_reconnects_per_second_max(self.shared.reconnects_per_second_max()), failure)
    }
}

impl Drop for Fleet {
    fn drop(&mut self) {
        self.shared.abandon();
    }
}

/// Every so many-th client, on this thread. A client that panics ends it when those before it have ended.
fn run(shared: &Arc<Shared>, thread: usize, threads: usize) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("a thread can poll");
    let local = LocalSet::new();
    let numbers = (thread..shared.settings.clients).step_by(threads);
    let clients: Vec<_> =
        numbers.map(|number| local.spawn_local(Client::new(number, shared).run())).collect();
    local.block_on(&runtime, async {
        for client in clients {
            if let Err(error) = client.await {
                resume_unwind(error.into_panic());
            }
        }
    });
}
