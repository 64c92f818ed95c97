//! What a server must not do, and who saw it.

use std::fmt;

use protocol::{Broken, DecodeError, ErrorBody, StreamError, StreamName};

use super::expectation::Unexpected;
use super::ledger::Mismatch;

/// Something that a server must not do.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Violation {
    /// Events are missing, double or out of order, or a book is wrong.
    #[error("silent loss: {0}")]
    Broken(#[from] Broken),
    /// An event that must not come now.
    #[error("silent loss: {stream}: event {seq}: {unexpected}")]
    Unexpected { stream: StreamName, seq: u64, unexpected: Unexpected },
    /// A stream was announced that the client does not have.
    #[error("{stream} is in a discontinuity: {unexpected}")]
    Announced { stream: StreamName, unexpected: Unexpected },
    /// Two clients were told different things.
    #[error("silent loss: {stream}: {mismatch}")]
    Mismatch { stream: StreamName, mismatch: Mismatch },
    /// Others have more, and nothing comes.
    #[error("silent loss: {stream}: stopped at {seq}, others were told of {mark}")]
    Left { stream: StreamName, seq: u64, mark: u64 },
    /// Nothing comes, and the client is not even connected.
    #[error("no server to finish with: {0}")]
    Alone(String),
    /// A stream that does not exist.
    #[error("no such stream was asked for: {0}")]
    Unknown(StreamName),
    /// Servers that should make the same stream do not.
    #[error("this server's epoch is {found}, expected {expected}, that of the first")]
    Epoch { expected: String, found: String },
    /// A frame that can't be read.
    #[error("a frame can't be read: {0}")]
    Frame(#[from] DecodeError),
    /// The wrong kind of frame.
    #[error("expected a {0} frame: that is the sub-protocol")]
    FrameType(&'static str),
    /// A proper request was refused.
    #[error("a request was refused: {0:?}")]
    Refused(ErrorBody),
    /// A stream of a proper request was refused.
    #[error("of a request, {} was refused: {:?}", .0.stream, .0.error)]
    StreamRefused(StreamError),
    /// A request was not answered.
    #[error("request {id} was not answered within {seconds} s")]
    Unanswered { id: u64, seconds: u64 },
    /// An answer to nothing.
    #[error("an answer came to a request that was not sent: {0}")]
    Unasked(String),
    /// The server closed for a reason that this client did not give.
    #[error("closed with {code}: {reason}")]
    Closed { code: u16, reason: String },
}

impl Violation {
    /// Whether something was lost, or told wrongly, without a word. The others are faults, too, but seen by everybody.
    pub(crate) const fn is_silent_loss(&self) -> bool {
        matches!(self, Self::Broken(_) | Self::Unexpected { .. } | Self::Mismatch { .. } | Self::Left { .. })
    }
}

/// What ended a run: what, and who saw it.
#[derive(Clone, Debug)]
pub struct Failure {
    /// The number of the client.
    pub client: usize,
    /// What it was connected to.
    pub address: String,
    /// What was wrong: the stream, the `seq`, what was expected.
    pub what: String,
    /// Whether that is a loss without a word.
    pub is_silent_loss: bool,
    /// What the client went through before, oldest first.
    pub journal: Vec<String>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "client {} of {}: {}", self.client, self.address, self.what)?;
        self.journal.iter().try_for_each(|line| write!(f, "\n  {line}"))
    }
}
