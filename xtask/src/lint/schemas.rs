//! The schemas of Kubernetes, from a package of Python's: kubeconform itself would have them from the network at each run.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value as Json;

use super::tool::{Origin, Tool};
use crate::command::output;
use crate::workspace::Workspace;

pub(super) const PACKAGE: Tool =
    Tool { program: "kubernetes-validate", origin: Origin::Python("kubernetes-validate==1.37.0") };

/// Says in which folder of the package they are, one folder a version.
const FIND: &str =
    "import importlib.resources as r; print(r.files('kubernetes_validate') / 'kubernetes-json-schema')";
/// What each refers to, by a path from the root of a host.
const DEFINITIONS: &str = "\"/api/_definitions.json";
/// The same, for a reader of files.
const BESIDE: &str = "\"_definitions.json";

/// Those of a version, for kubeconform's `-schema-location`; the program is [`PACKAGE`]'s.
pub(super) fn location(workspace: &Workspace, program: &Path, version: &str) -> Result<String> {
    let packaged = output(Command::new(program.with_file_name("python")).args(["-c", FIND]))?;
    let packaged = PathBuf::from(packaged).join(format!("v{version}-local-strict"));
    let folder = workspace.target().join("chart/schemas").join(version);
    fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    let mut count = 0;
    for entry in fs::read_dir(&packaged).with_context(|| packaged.display().to_string())? {
        let entry = entry?;
        fs::write(folder.join(entry.file_name()), as_file(&entry.path())?)?;
        count += 1;
    }
    ensure!(count > 0, "{} has no schemas", packaged.display());
    Ok(format!("{}/{{{{.ResourceKind}}}}{{{{.KindSuffix}}}}.json", folder.display()))
}

/// One that is found by its path: its `$id` would have what it refers to looked for on a host.
fn as_file(schema: &Path) -> Result<String> {
    let read = || anyhow::Ok(serde_json::from_str::<Json>(&fs::read_to_string(schema)?)?);
    let mut json = read().with_context(|| schema.display().to_string())?;
    json.as_object_mut().context("a schema is an object")?.remove("$id");
    Ok(json.to_string().replace(DEFINITIONS, BESIDE))
}
