//! Channels: sequence, snapshot, subscriptions, slow-client policy.
//!
//! [`Hub`] turns what the market says into events of streams, each encoded once. [`Fanout`] gives them to clients.
//! Neither knows a socket, a clock or a thread: both are driven from outside, and tested without any.

mod batch;
mod board;
mod depth;
mod directory;
mod fanout;
mod framing;
mod hub;
mod pending;

pub use batch::{Batch, Item};
pub use directory::{Directory, StreamId};
pub use fanout::{ClientId, Counters, Fanout, FanoutConfig, Outlet, SnapshotRequest};
pub use framing::Framing;
pub use hub::{Hub, Snapshot};
