//! `cargo xtask chart`: writes the table of values into the chart's README, out of the comments of its `values.yaml`.

mod values;

use std::path::PathBuf;

use anyhow::{Context as _, Result};

use crate::workspace::Workspace;

/// What stands between these lines of the README is generated.
const BEGIN: &str = "<!-- values: begin -->\n";
const END: &str = "<!-- values: end -->\n";

pub(crate) fn chart(workspace: &Workspace) -> Result<()> {
    let readme = folder(workspace).join("README.md");
    let written = written(workspace)?;
    std::fs::write(&readme, written).with_context(|| readme.display().to_string())?;
    println!("{}", workspace.shown(&readme));
    Ok(())
}

pub(crate) fn folder(workspace: &Workspace) -> PathBuf {
    workspace.root().join("infra/helm/tickwire")
}

fn read(workspace: &Workspace, name: &str) -> Result<String> {
    let path = folder(workspace).join(name);
    std::fs::read_to_string(&path).with_context(|| path.display().to_string())
}

/// The README as it should be.
fn written(workspace: &Workspace) -> Result<String> {
    let readme = read(workspace, "README.md")?;
    let (before, rest) = readme.split_once(BEGIN).context("README.md has no line that begins the values")?;
    let (_, after) = rest.split_once(END).context("README.md has no line that ends the values")?;
    let table = values::table(&values::parse(&read(workspace, "values.yaml")?)?);
    Ok(format!("{before}{BEGIN}{table}{END}{after}"))
}

#[cfg(test)]
mod tests;
