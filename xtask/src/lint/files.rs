//! Which files a tool is to look at: those of git, and those that will be.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::command::output;
use crate::workspace::Workspace;

/// Their paths below the root.
pub(super) fn matching(workspace: &Workspace, is_wanted: fn(&Path) -> bool) -> Result<Vec<String>> {
    let list = ["ls-files", "--cached", "--others", "--exclude-standard"];
    let names = output(Command::new("git").args(list).current_dir(workspace.root()))?;
    let is_wanted = |name: &&str| is_wanted(&workspace.root().join(name));
    Ok(names.lines().filter(is_wanted).map(str::to_owned).collect())
}

/// `Dockerfile`, `Dockerfile.dev`, but not `Dockerfile.dockerignore`.
pub(super) fn is_dockerfile(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with("Dockerfile") && !name.ends_with(".dockerignore") && path.is_file()
}

/// `*.sh`, `*.envsh` (which the entrypoint of an image sources), and files without an extension whose first line calls a shell.
pub(super) fn is_script(path: &Path) -> bool {
    match path.extension() {
        Some(extension) => ["sh", "envsh"].iter().any(|known| extension == *known) && path.is_file(),
        None => first_line(path).is_some_and(|line| calls_a_shell(&line)),
    }
}

fn first_line(path: &Path) -> Option<String> {
    let file = std::fs::File::open(path).ok().filter(|_| path.is_file())?;
    let mut line = String::new();
    BufReader::new(file).read_line(&mut line).ok()?; // a binary has none
    Some(line)
}

fn calls_a_shell(line: &str) -> bool {
    let program = line.trim_end().strip_prefix("#!").and_then(|line| line.rsplit(['/', ' ']).next());
    program.is_some_and(|program| ["sh", "bash", "dash"].contains(&program))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_are_known_by_their_first_line() {
        for (line, expected) in [
            ("#!/usr/bin/env bash\n", true),
            ("#!/bin/sh\n", true),
            ("#!/usr/bin/env python3\n", false),
            ("# Tickwire\n", false),
            ("", false),
        ] {
            assert_eq!(calls_a_shell(line), expected, "{line:?}");
        }
    }

    #[test]
    fn files_are_told_apart() {
        let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
        assert!(is_script(&root.join(".ci/run")));
        assert!(!is_script(&root.join("LICENSE")));
        assert!(!is_script(&root.join("no-such-file.sh")));
        assert!(!is_dockerfile(&root.join("Dockerfile.dockerignore")));
    }
}
