//! The backend: HTTP, WebSockets, configuration, telemetry, shutdown. Holds no market logic.

pub mod cli;
pub mod config;
pub mod exit;
pub mod metrics;
pub mod server;
pub mod signals;
pub mod tail;
pub mod telemetry;

mod backfill;
mod clock;
mod engine;
mod http;
mod shard;
mod socket;
mod sources;
