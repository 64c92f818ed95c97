//! Running other programs: what they print is shown, a failure names the command.

use std::ffi::OsStr;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail, ensure};

use crate::workspace::Workspace;

/// The cargo that runs this xtask, at the root of the workspace.
pub(crate) fn cargo(workspace: &Workspace) -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(workspace.root());
    cargo
}

/// Runs to the end with nothing on its stdin.
///
/// # Errors
/// When it can't be started or exits with anything but 0; the message has its command line.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let line = line(command);
    match command.stdin(Stdio::null()).status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => bail!("`{line}` ended with {status}"),
        Err(error) if error.kind() == ErrorKind::NotFound => bail!("`{line}`: no such program on the PATH"),
        Err(error) => Err(error).with_context(|| format!("`{line}` could not be started")),
    }
}

/// Runs to the end like [`run`]; what it prints, without white space around it. What it says on stderr is shown.
///
/// # Errors
/// Those of [`run`], and when it prints what is not UTF-8.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let line = line(command);
    let output = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output();
    let output = output.with_context(|| format!("`{line}` could not be started"))?;
    ensure!(output.status.success(), "`{line}` ended with {}", output.status);
    let printed = String::from_utf8(output.stdout);
    Ok(printed.with_context(|| format!("`{line}` printed what is not UTF-8"))?.trim().to_owned())
}

/// Whether it runs and exits with 0; what it prints is dropped.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|s| s.success())
}

/// The first of these programs that the PATH has.
pub(crate) fn find(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    names
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)))
        .find(|file| file.is_file())
}

/// The command as one would type it, with the program's name only.
fn line(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or(command.get_program());
    let words = std::iter::once(program).chain(command.get_args());
    words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_names_the_command() {
        let error = run(Command::new("sh").args(["-c", "exit 3"])).unwrap_err();
        assert_eq!(error.to_string(), "`sh -c exit 3` ended with exit status: 3");
        let error = run(Command::new("no-such-program").arg("--flag")).unwrap_err();
        assert_eq!(error.to_string(), "`no-such-program --flag`: no such program on the PATH");
    }

    #[test]
    fn programs_are_found_in_order() {
        assert!(find(&["no-such-program", "sh"]).is_some_and(|path| path.ends_with("sh")));
        assert_eq!(find(&["no-such-program"]), None);
    }
}
