//! Progress: a verb is a list of steps, each says what it does before it starts and how long it took.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use crate::workspace::Workspace;

/// Steps that end sooner print no duration: it would tell nobody anything.
const SHOWN_FROM: Duration = Duration::from_secs(1);

type Work<'a> = Box<dyn FnOnce(&Workspace) -> Result<()> + 'a>;

/// One line of progress, and the work behind it.
pub(crate) struct Step<'a> {
    says: String,
    work: Work<'a>,
}

impl<'a> Step<'a> {
    pub(crate) fn new(says: impl Into<String>, work: impl FnOnce(&Workspace) -> Result<()> + 'a) -> Self {
        Self { says: says.into(), work: Box::new(work) }
    }
}

/// Does the steps in order and stops at the first that fails.
pub(crate) fn in_order(workspace: &Workspace, steps: Vec<Step<'_>>) -> Result<()> {
    let count = steps.len();
    for (done, step) in steps.into_iter().enumerate() {
        let number = done + 1;
        println!("[{number}/{count}] {}", step.says);
        let started = Instant::now();
        (step.work)(workspace).with_context(|| format!("step {number} of {count} failed: {}", step.says))?;
        let took = started.elapsed();
        if took >= SHOWN_FROM {
            println!("      {}", shown(took));
        }
    }
    Ok(())
}

/// `9.4 s`, `2 min 5 s`.
pub(crate) fn shown(took: Duration) -> String {
    let seconds = took.as_secs();
    if seconds < 60 {
        format!("{:.1} s", took.as_secs_f64())
    } else {
        format!("{} min {} s", seconds / 60, seconds % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_people_say_them() {
        for (millis, expected) in
            [(1_240, "1.2 s"), (59_900, "59.9 s"), (60_000, "1 min 0 s"), (125_400, "2 min 5 s")]
        {
            assert_eq!(shown(Duration::from_millis(millis)), expected);
        }
    }
}
