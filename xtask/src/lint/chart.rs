//! The chart, as each file of values would have it.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};

use super::schemas;
use crate::command::run;
use crate::workspace::Workspace;

/// Which Kubernetes the objects must fit: the oldest that the chart is for.
const KUBERNETES: &str = "1.30.0";

pub(super) fn lint(workspace: &Workspace, helm: &Path) -> Result<()> {
    for values in variants(workspace)? {
        run(Command::new(helm)
            .args(["lint", "--strict", "--quiet"])
            .arg(chart(workspace))
            .args(values.flags()))?;
    }
    Ok(())
}

/// Kinds that are not of Kubernetes itself (ServiceMonitor, HTTPRoute) have no schema there, and are passed over.
pub(super) fn conform(workspace: &Workspace, kubeconform: &Path) -> Result<()> {
    let [Some(helm), Some(schemas)] = [super::HELM, schemas::PACKAGE].map(|tool| tool.find(workspace)) else {
        println!("      left out: it needs helm and kubernetes-validate (cargo xtask lint --install)");
        return Ok(());
    };
    let schemas = schemas::location(workspace, &schemas, KUBERNETES)?;
    let folder = workspace.target().join("chart");
    for values in variants(workspace)? {
        let manifests = folder.join(format!("{}.yaml", values.name));
        template(workspace, &helm, &values, &manifests)?;
        let options = ["-strict", "-summary", "-ignore-missing-schemas", "-kubernetes-version", KUBERNETES];
        run(Command::new(kubeconform).args(options).args(["-schema-location", &schemas]).arg(manifests))?;
    }
    Ok(())
}

fn template(workspace: &Workspace, helm: &Path, values: &Values, manifests: &Path) -> Result<()> {
    let output = File::create(manifests).with_context(|| manifests.display().to_string())?;
    let mut template = Command::new(helm);
    template.args(["template", "tickwire"]).arg(chart(workspace)).args(values.flags());
    let status = template.stdin(Stdio::null()).stdout(output).status().context("helm")?;
    ensure!(status.success(), "`helm template` with the values of {} ended with {status}", values.name);
    Ok(())
}

fn chart(workspace: &Workspace) -> PathBuf {
    workspace.root().join("infra/helm/tickwire")
}

/// The values that a chart is tried with: its own alone, or a file as well.
struct Values {
    name: String,
    file: Option<PathBuf>,
}

impl Values {
    fn flags(&self) -> Vec<&std::ffi::OsStr> {
        self.file.iter().flat_map(|file| ["--values".as_ref(), file.as_os_str()]).collect()
    }
}

/// The defaults, `values-*.yaml`, and those in `ci/`.
fn variants(workspace: &Workspace) -> Result<Vec<Values>> {
    let mut files = Vec::new();
    for folder in [chart(workspace), chart(workspace).join("ci")] {
        for entry in fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
            files.push(entry?.path());
        }
    }
    let name = |file: &Path| file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    files.retain(|file| name(file).contains("values-") || name(file).ends_with("-values"));
    files.retain(|file| file.extension().is_some_and(|extension| extension == "yaml"));
    files.sort();
    let defaults = Values { name: "defaults".into(), file: None };
    Ok(std::iter::once(defaults)
        .chain(files.into_iter().map(|file| Values { name: name(&file), file: Some(file) }))
        .collect())
}
