//! For tests: a WebSocket client that proves what it gets, the real process, plain HTTP.
//!
//! Everything waits for a condition and never longer than [`DEADLINE`]; what fails panics and says what was seen so far.
//! Knows nothing of the server but its protocol, its command line and its log line `listening`.

#![allow(clippy::missing_panics_doc, reason = "a panic is how a test fails")]

mod client;
mod http;
mod process;
mod scratch;

pub use client::{Door, Refused, TestClient};
pub use http::{Answer, Connection, EventStream, exchange, get, request};
pub use process::{Ended, Process, run};
pub use scratch::Scratch;

use std::fmt::Display;
use std::time::Duration;

use tokio::time::{sleep, timeout};

/// How long anything may take on a loaded machine.
pub const DEADLINE: Duration = Duration::from_secs(30);
/// How often a condition is looked at that nobody tells of.
const POLL: Duration = Duration::from_millis(20);

/// What `future` gives within [`DEADLINE`].
pub async fn within<T>(what: impl Display, future: impl Future<Output = T>) -> T {
    timeout(DEADLINE, future).await.unwrap_or_else(|_| panic!("{what}: not within {} s", DEADLINE.as_secs()))
}

/// Looks until `probe` gives something.
pub async fn eventually<T>(what: impl Display, mut probe: impl AsyncFnMut() -> Option<T>) -> T {
    within(what, async {
        loop {
            if let Some(found) = probe().await {
                return found;
            }
            sleep(POLL).await;
        }
    })
    .await
}
