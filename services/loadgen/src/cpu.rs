//! CPU time of another process, as the scheduler counts it.

use std::fs;

use anyhow::Context;

/// Nanoseconds that all threads of `pid` have run so far (`/proc/PID/task/*/schedstat`, first number).
///
/// # Errors
/// When there is no such process.
pub(crate) fn spent_nanos(pid: u32) -> anyhow::Result<u64> {
    let tasks = format!("/proc/{pid}/task");
    let mut sum = 0;
    for task in fs::read_dir(&tasks).with_context(|| format!("no process {pid}"))? {
        let path = task?.path().join("schedstat");
        // A thread that has just ended has no file any more; what it spent is lost to us, and little.
        let Ok(text) = fs::read_to_string(&path) else { continue };
        sum += text.split(' ').next().and_then(|field| field.parse::<u64>().ok()).unwrap_or(0);
    }
    Ok(sum)
}
