//! Exit codes: the one list of what the process says by ending. The numbers are those of BSD's `sysexits.h`.

use std::process::{ExitCode, Termination};

/// How the process ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// 0: it did what was asked; a drained server ends so, too.
    Ok,
    /// 1: the answer is no: not ready, refused, not reachable.
    Failed,
    /// 64: a mistake in flags, environment or configuration file. Starting again does not help.
    Usage,
    /// 65: the data given, such as a recording, is damaged.
    BadData,
    /// 70: our fault, or the machine's.
    Software,
}

impl Exit {
    /// The number.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Ok => 0,
            Self::Failed => 1,
            Self::Usage => 64,
            Self::BadData => 65,
            Self::Software => 70,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        exit.code().into()
    }
}

/// `fn main() -> Exit`.
impl Termination for Exit {
    fn report(self) -> ExitCode {
        self.into()
    }
}
