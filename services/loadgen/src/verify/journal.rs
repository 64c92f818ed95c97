//! What a client went through last: the rare things, for when something goes wrong.

use std::collections::VecDeque;
use std::time::Instant;

/// Lines that are kept.
const LINES_MAX: usize = 24;
/// Characters of each.
const CHARS_MAX: usize = 500;

/// The last lines.
#[derive(Debug)]
pub(crate) struct Journal {
    started: Instant,
    lines: VecDeque<String>,
}

impl Journal {
    pub(crate) fn new(started: Instant) -> Self {
        Self { started, lines: VecDeque::new() }
    }

    pub(crate) fn note(&mut self, what: &str) {
        if self.lines.len() == LINES_MAX {
            self.lines.pop_front();
        }
        let at = self.started.elapsed().as_secs_f64();
        self.lines.push_back(format!("{at:8.3} s {}", what.chars().take(CHARS_MAX).collect::<String>()));
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        self.lines.iter().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_bounded() {
        let mut journal = Journal::new(Instant::now());
        for line in 0..100 {
            journal.note(&format!("{line} {}", "x".repeat(1_000)));
        }
        let lines = journal.lines();
        assert_eq!(lines.len(), LINES_MAX);
        assert!(lines[0].contains("s 76 x") && lines[0].len() < 600, "{lines:?}");
    }
}
