//! The one table of errors, and the reasons for which a socket is closed.

use serde::{Deserialize, Serialize};

/// What went wrong with a request: the same codes on the WebSocket and over REST.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// A frame can't be read in the negotiated sub-protocol.
    BadFrame,
    /// A request lacks a field, has one too many, or one of the wrong type.
    BadRequest,
    /// No such operation.
    UnknownOp,
    /// Not of the form `channel:symbol`, or no such channel.
    UnknownChannel,
    /// No such symbol.
    UnknownSymbol,
    /// The connection does not have this subscription.
    NotSubscribed,
    /// The connection has this subscription already: it can't be resumed.
    AlreadySubscribed,
    /// More subscriptions than `limits.subscriptions_max`.
    TooManySubscriptions,
    /// More requests than `limits.requests_per_second`.
    TooManyRequests,
    /// A frame is larger than `limits.request_bytes_max`.
    FrameTooLarge,
    /// Text where the negotiated sub-protocol has binary frames, or the other way round.
    WrongFrameType,
    /// The server has as many connections as it takes.
    TooManyConnections,
    /// The page's origin is not on the list of allowed ones.
    OriginForbidden,
    /// The server is starting or stopping.
    Unavailable,
    /// No such page.
    NotFound,
    /// Our fault; the log has the cause.
    Internal,
}

impl ErrorCode {
    /// Every code, for tables and tests.
    pub const ALL: [Self; 16] = [
        Self::BadFrame,
        Self::BadRequest,
        Self::UnknownOp,
        Self::UnknownChannel,
        Self::UnknownSymbol,
        Self::NotSubscribed,
        Self::AlreadySubscribed,
        Self::TooManySubscriptions,
        Self::TooManyRequests,
        Self::FrameTooLarge,
        Self::WrongFrameType,
        Self::TooManyConnections,
        Self::OriginForbidden,
        Self::Unavailable,
        Self::NotFound,
        Self::Internal,
    ];

    /// Whether the same request may succeed later.
    #[must_use]
    pub const fn retryable(self) -> bool {
        matches!(self, Self::TooManyRequests | Self::TooManyConnections | Self::Unavailable | Self::Internal)
    }

    /// The status of the same error over HTTP.
    #[must_use]
    pub const fn http_status(self) -> u16 {
        match self {
            Self::BadFrame
            | Self::BadRequest
            | Self::UnknownOp
            | Self::UnknownChannel
            | Self::NotSubscribed
            | Self::AlreadySubscribed
            | Self::TooManySubscriptions
            | Self::WrongFrameType => 400,
            Self::OriginForbidden => 403,
            Self::UnknownSymbol | Self::NotFound => 404,
            Self::FrameTooLarge => 413,
            Self::TooManyRequests => 429,
            Self::Internal => 500,
            Self::TooManyConnections | Self::Unavailable => 503,
        }
    }

    /// This code with a message.
    #[must_use]
    pub fn with(self, message: impl Into<String>) -> ErrorBody {
        ErrorBody { code: self, message: message.into(), retryable: self.retryable() }
    }
}

/// An error as a client sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ErrorBody {
    /// The code, of the one table.
    pub code: ErrorCode,
    /// What was wrong and what was expected.
    pub message: String,
    /// Whether the same request may succeed later.
    pub retryable: bool,
}

/// Why the server closes a WebSocket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CloseReason {
    /// The client closed, and this is the answer.
    Normal,
    /// The server drains: another replica, or the next version, takes over.
    Draining,
    /// The client broke the WebSocket protocol (RFC 6455).
    ProtocolError,
    /// A text frame is not UTF-8.
    InvalidText,
    /// A frame is larger than `limits.request_bytes_max`.
    FrameTooLarge,
    /// The client did not read for longer than `limits.stall_ms_max`, or asked for `policy: disconnect` and fell behind.
    Slow,
    /// The client kept on sending more requests than allowed.
    TooManyRequests,
    /// The client had no subscription and asked nothing for longer than `limits.idle_ms_max`.
    Idle,
    /// The source of the events ended.
    FeedEnded,
}

impl CloseReason {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Normal,
        Self::Draining,
        Self::ProtocolError,
        Self::InvalidText,
        Self::FrameTooLarge,
        Self::Slow,
        Self::TooManyRequests,
        Self::Idle,
        Self::FeedEnded,
    ];

    /// Its name in metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Draining => "draining",
            Self::ProtocolError => "protocol_error",
            Self::InvalidText => "invalid_text",
            Self::FrameTooLarge => "frame_too_large",
            Self::Slow => "slow",
            Self::TooManyRequests => "too_many_requests",
            Self::Idle => "idle",
            Self::FeedEnded => "feed_ended",
        }
    }

    /// The close code: RFC 6455's where one fits, otherwise of the private range.
    #[must_use]
    pub const fn code(self) -> u16 {
        match self {
            Self::Normal => 1000,
            Self::Draining => 1012,
            Self::ProtocolError => 1002,
            Self::InvalidText => 1007,
            Self::FrameTooLarge => 1009,
            Self::Slow => 4408,
            Self::TooManyRequests => 4429,
            Self::Idle => 4409,
            Self::FeedEnded => 4410,
        }
    }

    /// The text of the close frame.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Normal => "closed by the client",
            Self::Draining => "draining: reconnect",
            Self::ProtocolError => "websocket protocol error",
            Self::InvalidText => "text is not utf-8",
            Self::FrameTooLarge => "frame too large",
            Self::Slow => "too slow: did not read in time",
            Self::TooManyRequests => "too many requests",
            Self::Idle => "idle: no subscription and no request",
            Self::FeedEnded => "the feed ended",
        }
    }

    /// Whether a client that did nothing wrong, or can do better, should connect again.
    #[must_use]
    pub const fn should_reconnect(self) -> bool {
        matches!(self, Self::Draining | Self::Slow)
    }

    /// The reason of a close code that this server sends.
    #[must_use]
    pub fn from_code(code: u16) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.code() == code)
    }
}
