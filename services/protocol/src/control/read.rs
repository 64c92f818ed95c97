//! Reading control messages in two passes: first the tag, then the fields of that message.
//!
//! serde's own way for tagged and flattened types keeps every value in memory before it knows what it is of. That is a
//! third of the code that decodes in the dashboard's WebAssembly, and so is not used for what a client reads.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{DiscontinuityReason, Hello, InstrumentInfo, ServerMessage, StreamError};
use crate::{ErrorBody, ErrorCode, RequestId, StreamName};

/// A message that can be read more than once.
pub(crate) trait Source<'a> {
    type Error;

    /// Reads it as a `T`; keys that `T` does not know are passed over.
    fn read<T: Deserialize<'a>>(&self) -> Result<T, Self::Error>;
}

#[derive(Deserialize)]
struct Tagged {
    r#type: Tag,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Tag {
    Hello,
    Subscribed,
    Unsubscribed,
    Resynced,
    Configured,
    Resumed,
    Discontinuity,
    List,
    Pong,
    Heartbeat,
    Error,
    Draining,
}

/// What all answers to requests that name streams have.
#[derive(Deserialize)]
struct Answer {
    id: Option<RequestId>,
    streams: Vec<StreamName>,
    errors: Vec<StreamError>,
}

#[derive(Deserialize)]
struct Discontinuity {
    reason: DiscontinuityReason,
    streams: Vec<StreamName>,
}

#[derive(Deserialize)]
struct List {
    id: Option<RequestId>,
    channels: Vec<String>,
    instruments: Vec<InstrumentInfo>,
    subscriptions: Vec<StreamName>,
}

#[derive(Deserialize)]
struct Pong {
    id: Option<RequestId>,
    client_ts: Option<u64>,
    server_ts: u64,
}

#[derive(Deserialize)]
struct Heartbeat {
    event_ts: u64,
    engine_ts: u64,
    send_ts: u64,
    seqs: BTreeMap<String, u64>,
}

#[derive(Deserialize)]
struct Refusal {
    id: Option<RequestId>,
    code: ErrorCode,
    message: String,
    retryable: bool,
}

#[derive(Deserialize)]
struct Draining {
    deadline_ts: u64,
    reconnect_after_ms: u64,
}

/// [`StreamError`] as it is on the wire.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(super) struct FlatStreamError {
    stream: String,
    code: ErrorCode,
    message: String,
    retryable: bool,
}

impl From<FlatStreamError> for StreamError {
    fn from(flat: FlatStreamError) -> Self {
        let FlatStreamError { stream, code, message, retryable } = flat;
        Self { stream, error: ErrorBody { code, message, retryable } }
    }
}

impl ServerMessage {
    /// Reads a control message.
    pub(crate) fn read<'a, S: Source<'a>>(source: &S) -> Result<Self, S::Error> {
        let tag = source.read::<Tagged>()?.r#type;
        Ok(match tag {
            Tag::Hello => Self::Hello(Box::new(source.read::<Hello>()?)),
            Tag::Subscribed | Tag::Unsubscribed | Tag::Resynced | Tag::Configured | Tag::Resumed => {
                Self::answer(&tag, source.read()?)
            }
            Tag::Discontinuity => {
                let Discontinuity { reason, streams } = source.read()?;
                Self::Discontinuity { reason, streams }
            }
            Tag::List => {
                let List { id, channels, instruments, subscriptions } = source.read()?;
                Self::List { id, channels, instruments, subscriptions }
            }
            Tag::Pong => {
                let Pong { id, client_ts, server_ts } = source.read()?;
                Self::Pong { id, client_ts, server_ts }
            }
            Tag::Heartbeat => {
                let Heartbeat { event_ts, engine_ts, send_ts, seqs } = source.read()?;
                Self::Heartbeat { event_ts, engine_ts, send_ts, seqs }
            }
            Tag::Error => {
                let Refusal { id, code, message, retryable } = source.read()?;
                Self::Error { id, error: ErrorBody { code, message, retryable } }
            }
            Tag::Draining => {
                let Draining { deadline_ts, reconnect_after_ms } = source.read()?;
                Self::Draining { deadline_ts, reconnect_after_ms }
            }
        })
    }

    fn answer(tag: &Tag, Answer { id, streams, errors }: Answer) -> Self {
        match tag {
            Tag::Unsubscribed => Self::Unsubscribed { id, streams, errors },
            Tag::Resynced => Self::Resynced { id, streams, errors },
            Tag::Configured => Self::Configured { id, streams, errors },
            Tag::Resumed => Self::Resumed { id, streams, errors },
            _ => Self::Subscribed { id, streams, errors },
        }
    }
}
