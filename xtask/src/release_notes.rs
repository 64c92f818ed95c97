//! `cargo xtask release-notes v0.2.0`: whether everything agrees on the version of a tag, and what the changelog says of it.
//!
//! The release workflow begins with it, so that a tag that was set too early ends there.

use anyhow::{Context as _, Result, bail, ensure};

use crate::workspace::Workspace;

#[derive(clap::Args)]
pub(crate) struct Options {
    /// The tag, such as v0.2.0
    tag: String,
}

pub(crate) fn release_notes(workspace: &Workspace, options: &Options) -> Result<()> {
    let version = options.tag.strip_prefix('v').context("a tag begins with v, such as v0.2.0")?;
    for (place, found) in versions(workspace)? {
        ensure!(found == version, "the tag says {version}, {place} says {found}");
    }
    let changelog = read(workspace, "CHANGELOG.md")?;
    println!("{}", section(&changelog, version)?);
    Ok(())
}

/// Where a version is written, and which.
fn versions(workspace: &Workspace) -> Result<Vec<(String, String)>> {
    let packages = workspace.metadata.packages.iter();
    let crates = packages.map(|package| (package.name.to_string(), package.version.to_string()));
    let chart = read(workspace, "infra/helm/tickwire/Chart.yaml")?;
    let of_chart = |key: &str| {
        let value = chart.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(": "));
        let value = value.with_context(|| format!("Chart.yaml has no {key}"))?;
        Ok((format!("{key} of the chart"), value.trim_matches('"').to_owned()))
    };
    crates.map(Ok).chain(["version", "appVersion"].map(of_chart)).collect()
}

/// What stands below `## [0.2.0] - 2026-12-01`, up to the next heading of that rank.
fn section<'a>(changelog: &'a str, version: &str) -> Result<&'a str> {
    let heading = format!("\n## [{version}] - ");
    let Some((_, rest)) = changelog.split_once(&heading) else {
        bail!("CHANGELOG.md has no heading like `## [{version}] - 2026-12-31`");
    };
    let (_date, rest) = rest.split_once('\n').unwrap_or((rest, ""));
    let end = rest.find("\n## ").or_else(|| rest.find("\n[")).unwrap_or(rest.len());
    let notes = rest[..end].trim();
    ensure!(!notes.is_empty(), "CHANGELOG.md says nothing of {version}");
    Ok(notes)
}

fn read(workspace: &Workspace, file: &str) -> Result<String> {
    std::fs::read_to_string(workspace.root().join(file)).with_context(|| file.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHANGELOG: &str = "# Changelog\n\n## [Unreleased]\n\n- soon\n\n## [0.2.0] - 2026-12-01\n\n### Added\n\n- this\n\n\
                             ## [0.1.0] - 2026-11-30\n\n- that\n\n[0.1.0]: https://example.com\n";

    #[test]
    fn the_notes_are_those_of_the_version() {
        assert_eq!(section(CHANGELOG, "0.2.0").unwrap(), "### Added\n\n- this");
        assert_eq!(section(CHANGELOG, "0.1.0").unwrap(), "- that");
    }

    #[test]
    fn a_version_without_notes_is_no_release() {
        for version in ["0.3.0", "0.1", "Unreleased"] {
            let error = section(CHANGELOG, version).unwrap_err().to_string();
            assert!(error.contains(version), "{error}");
        }
        let empty = section("\n## [1.0.0] - 2027-01-01\n\n## [0.9.0] - 2026-12-31\n", "1.0.0").unwrap_err();
        assert_eq!(empty.to_string(), "CHANGELOG.md says nothing of 1.0.0");
    }
}
