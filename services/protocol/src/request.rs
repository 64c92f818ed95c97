//! Requests: what a client may ask on its WebSocket.

mod id;
mod raw;
mod shape;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

pub use id::{REQUEST_ID_CHARS_MAX, RequestId};
pub(crate) use raw::Raw;
pub use shape::{SHAPES, Shape};

use crate::{ErrorBody, ParseStreamError, Rate, StreamName, StreamPattern};

/// What becomes of events that a client is too slow for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Policy {
    /// The latest value is kept, and how many went before it is told; trades are skipped with a notice.
    #[default]
    Conflate,
    /// The socket is closed with [`crate::CloseReason::Slow`].
    Disconnect,
}

/// How the events of a subscription come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Options {
    /// What becomes of events that the client is too slow for.
    pub policy: Policy,
    /// How often at most.
    pub max_hz: Rate,
}

/// What of [`Options`] is to change; `None` leaves it as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OptionsChange {
    /// The new policy.
    pub policy: Option<Policy>,
    /// The new rate.
    pub max_hz: Option<Rate>,
}

/// A request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The client's name for it.
    pub id: Option<RequestId>,
    /// What it asks.
    pub op: Op,
}

/// What a request asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Op {
    /// Start streams.
    Subscribe {
        /// Which.
        targets: Vec<Target>,
        /// How their events come.
        options: Options,
    },
    /// Change how the events of subscribed streams come; nothing is lost or sent twice.
    Configure {
        /// Which.
        targets: Vec<Target>,
        /// What changes.
        change: OptionsChange,
    },
    /// Start streams where another connection ended: the events after these, or a snapshot and why.
    Resume {
        /// The epoch of that connection.
        epoch: String,
        /// Which, and the `seq` of the last event of each that the client has.
        marks: Vec<(Result<StreamName, PatternError>, u64)>,
        /// How their events come.
        options: Options,
    },
    /// End streams.
    Unsubscribe {
        /// Which.
        targets: Vec<Target>,
    },
    /// Send new snapshots of subscribed streams.
    Resync {
        /// Which.
        targets: Vec<Target>,
    },
    /// What there is, and what is subscribed.
    List,
    /// Answer with the server's time.
    Ping {
        /// Handed back as it came: the client's clock, in a unit of its own.
        ts: Option<u64>,
    },
}

/// A stream as a client named it, and what it means.
pub type Target = Result<StreamPattern, PatternError>;

/// A stream that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatternError {
    /// What the client named.
    pub text: String,
    /// Why that is no stream.
    pub message: String,
}

/// A request that could not be read: the error to answer, under the id if that could be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestError {
    /// The client's name for the request.
    pub id: Option<RequestId>,
    /// What was wrong.
    pub error: ErrorBody,
}

impl From<Options> for OptionsChange {
    fn from(options: Options) -> Self {
        let Options { policy, max_hz } = options;
        Self {
            policy: (policy != Policy::default()).then_some(policy),
            max_hz: (max_hz != Rate::default()).then_some(max_hz),
        }
    }
}

impl From<OptionsChange> for Options {
    fn from(change: OptionsChange) -> Self {
        Self { policy: change.policy.unwrap_or_default(), max_hz: change.max_hz.unwrap_or_default() }
    }
}

fn parse_target(text: &str) -> Target {
    text.parse().map_err(|error| PatternError::of(text, &error))
}

fn parse_name(text: &str) -> Result<StreamName, PatternError> {
    text.parse().map_err(|error| PatternError::of(text, &error))
}

impl PatternError {
    fn of(text: &str, error: &ParseStreamError) -> Self {
        Self { text: text.chars().take(REQUEST_ID_CHARS_MAX).collect(), message: error.to_string() }
    }
}

impl Options {
    /// The change that sets both.
    #[must_use]
    pub const fn into_change(self) -> OptionsChange {
        OptionsChange { policy: Some(self.policy), max_hz: Some(self.max_hz) }
    }
}

impl Op {
    /// How many streams it names.
    #[must_use]
    pub fn streams(&self) -> usize {
        match self {
            Self::Subscribe { targets, .. }
            | Self::Unsubscribe { targets }
            | Self::Configure { targets, .. }
            | Self::Resync { targets } => targets.len(),
            Self::Resume { marks, .. } => marks.len(),
            Self::List | Self::Ping { .. } => 0,
        }
    }

    /// The streams of a URL's `?subscribe=ticker:*,trades:BTC-USDT`; empty parts are passed over.
    #[must_use]
    pub fn subscribe_list(list: &str) -> Vec<Target> {
        list.split(',').filter(|part| !part.is_empty()).map(parse_target).collect()
    }
}
