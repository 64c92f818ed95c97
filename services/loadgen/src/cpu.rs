//! CPU time of other processes and of cores, as the kernel counts it.

use std::fs;

use anyhow::Context;

/// What a core counts in: `USER_HZ`, on Linux always 100 a second.
const TICK_NANOS: u64 = 10_000_000;

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

/// Nanoseconds that a core was at work so far, for whomever; also those that the machine under it took away.
///
/// # Errors
/// When there is no such core.
pub(crate) fn core_nanos(core: usize) -> anyhow::Result<u64> {
    let stat = fs::read_to_string("/proc/stat")?;
    busy_ticks(&stat, core).map(|ticks| ticks * TICK_NANOS).with_context(|| format!("no core {core}"))
}

fn busy_ticks(stat: &str, core: usize) -> Option<u64> {
    let name = format!("cpu{core} ");
    let line = stat.lines().find_map(|line| line.strip_prefix(&name))?;
    let fields: Vec<u64> = line.split(' ').filter_map(|field| field.parse().ok()).collect();
    // user nice system [idle iowait] irq softirq steal
    Some([0, 1, 2, 5, 6, 7].into_iter().filter_map(|at| fields.get(at)).sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_core_is_at_work_when_it_neither_idles_nor_waits() {
        let stat = "cpu  9 9 9 9 9 9 9 9 9 9\ncpu0 1 2 4 800 900 8 16 32 0 0\ncpu1 5 0 0 0 0 0 0 0 0 0\n";
        assert_eq!(busy_ticks(stat, 0), Some(63));
        assert_eq!(busy_ticks(stat, 1), Some(5));
        assert_eq!(busy_ticks(stat, 2), None);
    }
}
