//! What can be wrong with a line of a recording.

use super::{GAP_SECONDS_MAX, LINE_BYTES_MAX, RECORDING_SPAN_SECONDS_MAX, RECORDING_SYMBOLS_MAX};

/// What is wrong with a line: what was found, what was expected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    /// The file can't be read on: a gzip stream that breaks off or does not match its checksum, a disk error.
    #[error("it cannot be read ({cause}); expected plain text or a whole gzip stream")]
    Unreadable {
        /// What the system or the decoder says.
        cause: String,
    },
    /// The line does not end.
    #[error("it is longer than {LINE_BYTES_MAX} bytes; expected one message")]
    TooLong,
    /// The line does not begin with a time.
    #[error("it begins with `{found}`; expected nanoseconds since 1970, a space and a message")]
    TimeStamp {
        /// How it begins.
        found: String,
    },
    /// The line's time does not fit those before it.
    #[error(
        "its time is {found} ns after {before} ns; expected it not to go back, to be at most {GAP_SECONDS_MAX} s later \
         and at most {RECORDING_SPAN_SECONDS_MAX} s after the first line"
    )]
    TimeOrder {
        /// The time of the line.
        found: u64,
        /// The time of the line before it.
        before: u64,
    },
    /// Not JSON, or not the fields of its kind.
    #[error("it is not a message that Binance sends: {cause}")]
    Message {
        /// What the parser says.
        cause: String,
    },
    /// A price or quantity that no market has.
    #[error(
        "{what} is {found}; expected a decimal {expected}, at most 8 digits after the point, below 9 * 10^10"
    )]
    Number {
        /// Which one.
        what: &'static str,
        /// What stands there.
        found: String,
        /// The range: `above 0`, `of 0 or more`.
        expected: &'static str,
    },
    /// A symbol that does not fit the wire.
    #[error("{cause}")]
    Symbol {
        /// What is wrong with it.
        cause: String,
    },
    /// One symbol too many.
    #[error("{symbol} is one symbol too many; expected at most {RECORDING_SYMBOLS_MAX}")]
    TooManySymbols {
        /// The symbol.
        symbol: String,
    },
    /// Depth updates are missing.
    #[error("depth updates of {symbol} are missing: found update id {found}; expected {expected} or less")]
    Gap {
        /// The symbol.
        symbol: String,
        /// The first id of the update that follows.
        found: u64,
        /// The id after the last one applied.
        expected: u64,
    },
    /// The best bid is not below the best ask.
    #[error("the best bid of {symbol} would not be below its best ask; expected a book that does not cross")]
    Crossed {
        /// The symbol.
        symbol: String,
    },
}
