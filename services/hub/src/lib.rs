//! Channels: sequence, snapshot, replay window, subscriptions, slow-client policy.
//!
//! [`Hub`] turns what the market says into events of streams, each encoded once. [`Fanout`] gives them to clients.
//! Neither knows a socket, a clock or a thread: both are driven from outside, and tested without any.

mod answers;
mod batch;
mod board;
mod depth;
mod directory;
mod fanout;
mod framing;
mod hub;
mod pending;
mod window;

pub use answers::{AHEAD_MICROS_MAX, Answer, Answers};
pub use batch::{Batch, Item, Record};
pub use directory::{Directory, StreamId};
pub use fanout::{ClientId, Counters, Fanout, FanoutConfig, Load, Outlet, StartRequest};
pub use framing::Framing;
pub use hub::{Hub, HubConfig, Origin, Snapshot, Start};
pub use pending::PendingSize;
pub use window::{Piece, WindowConfig};
