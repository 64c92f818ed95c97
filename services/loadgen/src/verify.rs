//! Verifying clients: each checks all that it is told, makes faults of its own, and when its connection ends goes on at
//! the next server where it had stopped. The first thing lost without a word ends the run.
//!
//! Knows the protocol and nothing else of the server.

mod asks;
mod backoff;
mod catalogue;
mod checker;
mod client;
mod command;
mod content;
mod expectation;
mod faults;
mod figures;
mod fleet;
mod journal;
mod ledger;
mod mix;
mod requests;
mod session;
mod settings;
mod shared;
mod socket;
mod violation;

pub use command::Verify;
pub use faults::FaultRates;
pub use figures::{Figures, Report};
pub use fleet::{Fleet, Seen};
pub use settings::Settings;
pub use violation::Failure;
