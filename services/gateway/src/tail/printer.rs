//! What is printed where: events to stdout, everything else to stderr.

use std::fmt::Display;
use std::io::{self, Write};

use protocol::{Broken, Event};

use super::End;
use super::follower::SeenBook;
use super::lines;
use crate::cli::TailFlags;
use crate::exit::Exit;

pub(super) struct Printer<'a> {
    out: &'a mut dyn Write,
    notes: &'a mut dyn Write,
    is_json: bool,
    is_coloured: bool,
    /// How many events are still to be printed.
    left: Option<u64>,
    has_faults: bool,
}

impl<'a> Printer<'a> {
    pub(super) fn new(
        out: &'a mut dyn Write,
        notes: &'a mut dyn Write,
        flags: &TailFlags,
        is_coloured: bool,
    ) -> Self {
        Self { out, notes, is_json: flags.json, is_coloured, left: flags.count, has_faults: false }
    }

    /// Prints an event: as it came, or for people.
    pub(super) fn event(&mut self, raw: &str, event: &Event<'_>, book: Option<SeenBook>) -> Result<(), End> {
        if self.is_json {
            writeln!(self.out, "{raw}")?;
        } else {
            lines::write(self.out, event, book, self.is_coloured)?;
        }
        if let Some(left) = &mut self.left {
            *left -= 1;
            if *left == 0 {
                return Err(End::Exit(Exit::Ok));
            }
        }
        Ok(())
    }

    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    /// Tells of a broken stream; the exit code will, too.
    pub(super) fn fault(&mut self, fault: &Broken) {
        self.has_faults = true;
        self.note(&format_args!("BROKEN {fault}"));
    }

    /// Says something that is no event.
    pub(super) fn note(&mut self, text: &dyn Display) {
        // Where else could it be said that stderr is closed?
        let _ = writeln!(self.notes, "tickwire: {text}");
    }

    /// The exit code, after the last line is out.
    pub(super) fn finish(mut self, exit: Exit) -> Exit {
        match self.flush() {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                self.note(&format_args!("stdout: {error}"));
                Exit::Failed
            }
            _ if self.has_faults && exit == Exit::Ok => Exit::Failed,
            _ => exit,
        }
    }
}
