//! Memory of another process, as the kernel counts it.

use std::fs;

use anyhow::Context;
use serde::{Deserialize, Serialize};

const PAGE_KB: u64 = 4;

/// Memory of a process, in kB.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Memory {
    /// Resident (`VmRSS`).
    pub(crate) rss_kb: u64,
    /// Resident, shared pages counted in part.
    pub(crate) pss_kb: u64,
    /// Resident and nobody else's.
    pub(crate) private_kb: u64,
}

/// All there is to say (`/proc/PID/smaps_rollup`). It stops the process for a moment.
///
/// # Errors
/// When there is no such process.
pub(crate) fn of(pid: u32) -> anyhow::Result<Memory> {
    let text = fs::read_to_string(format!("/proc/{pid}/smaps_rollup"))
        .with_context(|| format!("the memory of process {pid}"))?;
    Ok(parse(&text))
}

/// Resident kB, cheaply (`/proc/PID/statm`).
///
/// # Errors
/// When there is no such process.
pub(crate) fn resident_kb(pid: u32) -> anyhow::Result<u64> {
    let text = fs::read_to_string(format!("/proc/{pid}/statm"))
        .with_context(|| format!("the memory of process {pid}"))?;
    let pages = text.split(' ').nth(1).and_then(|pages| pages.parse::<u64>().ok());
    Ok(pages.context("statm has a second number")? * PAGE_KB)
}

fn parse(rollup: &str) -> Memory {
    let kb = |name: &str| -> u64 {
        let line = rollup.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        line.and_then(|rest| rest.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
    };
    Memory {
        rss_kb: kb("Rss"),
        pss_kb: kb("Pss"),
        private_kb: kb("Private_Clean") + kb("Private_Dirty") + kb("Private_Hugetlb"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rollup_is_read() {
        let rollup = "00400000-7ffe [rollup]\nRss:      2048 kB\nPss:      1500 kB\nPss_Dirty:  7 kB\n\
                      Private_Clean:  4 kB\nPrivate_Dirty:    1000 kB\n";
        assert_eq!(parse(rollup), Memory { rss_kb: 2_048, pss_kb: 1_500, private_kb: 1_004 });
    }

    #[test]
    fn a_process_has_memory() {
        let own = std::process::id();
        assert!(of(own).unwrap().rss_kb > 0);
        assert!(resident_kb(own).unwrap() > 0);
    }
}
