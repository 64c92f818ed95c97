//! What some clients got from the gateway, frame by frame, for the floor to write again.

use std::path::Path;

use anyhow::Context;
use serde::{Deserialize, Serialize};

/// The frames of some clients, each with its own streams.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Recording {
    /// How long it lasts; after that it starts again.
    pub(crate) micros: u64,
    /// One a client.
    pub(crate) scripts: Vec<Vec<Take>>,
}

/// A frame, and when it came.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Take {
    /// Microseconds since the start of the recording.
    pub(crate) at: u64,
    pub(crate) payload: String,
}

/// What is written at one moment.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Turn<'a> {
    /// Microseconds since the start of the recording.
    pub(crate) at: u64,
    /// Which script, and what of it.
    pub(crate) frames: Vec<(usize, &'a str)>,
}

impl Recording {
    pub(crate) fn read(path: &Path) -> anyhow::Result<Self> {
        let bytes = std::fs::read(path).with_context(|| path.display().to_string())?;
        let recording: Self = serde_json::from_slice(&bytes)?;
        anyhow::ensure!(recording.scripts.iter().any(|script| !script.is_empty()), "no frames were recorded");
        Ok(recording)
    }

    pub(crate) fn write(&self, path: &Path) -> anyhow::Result<()> {
        std::fs::write(path, serde_json::to_vec(self)?).with_context(|| path.display().to_string())
    }

    /// The moments of writing. The clients of one flush read it one after the other: with several scripts what came
    /// within the same `flush_micros` is written at once, as the gateway did. A single script keeps its own times.
    pub(crate) fn turns(&self, flush_micros: u64) -> Vec<Turn<'_>> {
        let grid = if self.scripts.len() > 1 { flush_micros.max(1) } else { 1 };
        let mut frames: Vec<(u64, usize, &str)> = (self.scripts.iter().enumerate())
            .flat_map(|(script, takes)| takes.iter().map(move |take| (take, script)))
            .map(|(take, script)| (take.at / grid * grid, script, take.payload.as_str()))
            .collect();
        frames.sort_by_key(|(at, script, _)| (*at, *script));
        let turns = frames.chunk_by(|a, b| a.0 == b.0);
        turns
            .map(|turn| Turn { at: turn[0].0, frames: turn.iter().map(|(_, s, text)| (*s, *text)).collect() })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(at: u64, payload: &str) -> Take {
        Take { at, payload: payload.to_owned() }
    }

    fn check(scripts: Vec<Vec<Take>>, expected: &[(u64, &[(usize, &str)])]) {
        let recording = Recording { micros: 50_000, scripts };
        let turns = recording.turns(10_000);
        let turns: Vec<_> = turns.iter().map(|turn| (turn.at, turn.frames.as_slice())).collect();
        assert_eq!(turns, expected);
    }

    #[test]
    fn one_script_keeps_its_times() {
        check(vec![vec![take(3, "a"), take(9_999, "b")]], &[(3, &[(0, "a")]), (9_999, &[(0, "b")])]);
    }

    #[test]
    fn several_scripts_share_the_moments_of_a_flush() {
        check(
            vec![vec![take(200, "a"), take(10_300, "c")], vec![take(900, "b")]],
            &[(0, &[(0, "a"), (1, "b")]), (10_000, &[(0, "c")])],
        );
    }
}
