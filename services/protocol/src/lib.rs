//! The wire contract of Tickwire, version `tickwire.v1`: one definition of each message for server, browser and tests.
//!
//! Knows no socket, no clock and no market logic. `docs/protocol.md` says the same in prose.

mod chain;
mod channel;
mod control;
mod encoding;
mod error;
mod event;
mod fields;
mod flat;
mod follow;
mod json;
mod msgpack;
mod object;
mod rate;
mod request;
pub mod rest;
#[cfg(feature = "schema")]
pub mod schema;

pub use chain::{Chain, Link};
pub use channel::{Channel, Depth, ParseStreamError, StreamName, StreamPattern};
pub use control::{
    ClockMapping, DiscontinuityReason, FeedInfo, FeedKind, Hello, InstrumentInfo, Limits, ServerMessage,
    StreamError,
};
pub use encoding::{DecodeError, Encoding, Frame};
pub use error::{CloseReason, ErrorBody, ErrorCode};
pub use event::{Book, Candle, Event, Payload, Quote, Skipped, Stats, Status, Ticker, Trade, WireLevel};
pub use follow::{Broken, Fault, Followed, Follower};
pub use json::{decode_frame, encode_control, encode_event, read_frame, read_json};
pub use rate::Rate;
pub use request::{
    Op, Options, OptionsChange, PatternError, Policy, REQUEST_ID_CHARS_MAX, Request, RequestError, RequestId,
    SHAPES, Shape, Target,
};
