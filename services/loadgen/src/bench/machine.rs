//! Where and when it was measured.

use std::fs;
use std::process::Command;

pub(super) struct Machine {
    cpu: String,
    cores: usize,
    kernel: String,
    rust: String,
    commit: String,
    date: String,
}

impl Machine {
    /// What cannot be found out is said to be unknown: the figures count all the same.
    pub(super) fn look() -> Self {
        let cpuinfo = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let changed = !said("git", &["status", "--porcelain", "--untracked-files=no"]).is_empty();
        let commit = said("git", &["rev-parse", "--short", "HEAD"]);
        Self {
            cpu: cpu_model(&cpuinfo).unwrap_or("an unknown CPU").to_owned(),
            cores: cpuinfo.lines().filter(|line| line.starts_with("processor")).count(),
            kernel: fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default().trim().to_owned(),
            rust: said("rustc", &["--version"]),
            commit: if changed { format!("{commit}, with changes") } else { commit },
            date: said("date", &["-u", "+%F"]),
        }
    }

    pub(super) fn markdown(&self, command: &str) -> String {
        let Self { cpu, cores, kernel, rust, commit, date } = self;
        format!(
            "| | |\n|---|---|\n| Machine | {cpu}, {cores} cores, Linux {kernel} |\n| Compiler | {rust} |\n\
             | Commit | {commit} |\n| Date | {date} |\n| Command | `{command}` |\n\n"
        )
    }
}

fn cpu_model(cpuinfo: &str) -> Option<&str> {
    cpuinfo.lines().find(|line| line.starts_with("model name"))?.split_once(':').map(|(_, name)| name.trim())
}

fn said(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    output.map_or_else(|_| String::new(), |output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_model_is_read() {
        assert_eq!(cpu_model("processor\t: 0\nmodel name\t: Any CPU @ 2 GHz\n"), Some("Any CPU @ 2 GHz"));
        assert_eq!(cpu_model(""), None);
    }
}
