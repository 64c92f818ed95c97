//! Why a recording can't be played at all.

use std::io;

use super::Damage;
use crate::ClockError;

/// Why a recording can't be played at all.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// No such file, or no right to read it.
    #[error("cannot open the recording {file}")]
    Open {
        /// The path as configured.
        file: String,
        /// What the system says.
        #[source]
        cause: io::Error,
    },
    /// A file without anything to play.
    #[error(
        "the recording {file} has nothing to play: {lines} lines; expected trade, bookTicker or depth messages"
    )]
    Empty {
        /// The path as configured.
        file: String,
        /// How many lines it has.
        lines: u64,
    },
    /// Damaged before the first event.
    #[error("the recording {file} is damaged at line {line}, before its first event: {damage}")]
    Damaged {
        /// The path as configured.
        file: String,
        /// The line, from 1.
        line: u64,
        /// What is wrong with it.
        damage: Damage,
    },
    /// More than fits.
    #[error("the recording {file} is too large: at line {line} it exceeds {max} {unit}; play a part of it")]
    TooLarge {
        /// The path as configured.
        file: String,
        /// The line, from 1.
        line: u64,
        /// Of what: `lines`.
        unit: &'static str,
        /// The limit.
        max: u64,
    },
    /// It can't be played at this speed.
    #[error(transparent)]
    Clock(#[from] ClockError),
}
