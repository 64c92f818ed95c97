//! Helm as a process: values go in, objects or a refusal come out.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde::Deserialize as _;
use serde_json::Value as Json;

/// Helm, and the gateway's program.
const HELM: &str = "XTASK_HELM";
const GATEWAY: &str = "XTASK_GATEWAY";

/// Name and namespace of the release in all tests.
pub(crate) const RELEASE: &str = "desk";
pub(crate) const NAMESPACE: &str = "market";

pub(crate) fn chart() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../infra/helm/tickwire")
}

/// The objects that the chart makes of these values, YAML on top of its own.
pub(crate) fn objects(values: &str) -> Vec<Json> {
    template(&[], values).unwrap_or_else(|error| panic!("{values}\n{error}"))
}

/// The objects that the chart makes of a file of values.
pub(crate) fn objects_of(file: &Path) -> Vec<Json> {
    template(&[file.to_owned()], "{}").unwrap_or_else(|error| panic!("{}\n{error}", file.display()))
}

/// What is said of values that are refused.
pub(crate) fn refusal(values: &str) -> String {
    match template(&[], values) {
        Err(said) => said,
        Ok(_) => panic!("not refused: {values}"),
    }
}

fn template(files: &[PathBuf], values: &str) -> Result<Vec<Json>, String> {
    let mut helm = helm(&["template", RELEASE]);
    helm.arg(chart()).args(["--namespace", NAMESPACE]);
    for file in files {
        helm.arg("--values").arg(file);
    }
    let output = fed(helm.args(["--values", "-"]), values);
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let text = String::from_utf8(output.stdout).unwrap();
    Ok(documents(&text))
}

fn documents(text: &str) -> Vec<Json> {
    let read = |document| Json::deserialize(document).unwrap();
    yaml_serde::Deserializer::from_str(text).map(read).filter(|object| !object.is_null()).collect()
}

/// What `helm lint` says, and whether it is content.
pub(crate) fn lint(file: Option<&Path>) -> (bool, String) {
    let mut helm = helm(&["lint", "--strict"]);
    helm.arg(chart());
    if let Some(file) = file {
        helm.arg("--values").arg(file);
    }
    let output = helm.output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&said).into_owned())
}

fn helm(arguments: &[&str]) -> Command {
    let mut helm = Command::new(program(HELM));
    helm.args(arguments);
    helm
}

/// What the gateway says of a file of settings: those in force, or all mistakes.
pub(crate) fn tickwire_config(toml: &str) -> Result<String, String> {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("chart-{}.toml", std::process::id()));
    std::fs::write(&file, toml).unwrap();
    let output = Command::new(program(GATEWAY)).args(["config", "--config"]).arg(&file).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    if output.status.success() { Ok(text(output.stdout)) } else { Err(text(output.stderr)) }
}

fn program(variable: &str) -> PathBuf {
    std::env::var_os(variable)
        .unwrap_or_else(|| panic!("{variable} is not set: run `cargo xtask test`"))
        .into()
}

fn fed(command: &mut Command, input: &str) -> Output {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

/// The one object of this kind and name, without the name of the release.
pub(crate) fn find<'a>(objects: &'a [Json], kind: &str, name: &str) -> &'a Json {
    let full = format!("{RELEASE}-tickwire{name}");
    let is_it = |object: &&Json| object["kind"] == kind && object["metadata"]["name"] == full.as_str();
    objects.iter().find(is_it).unwrap_or_else(|| panic!("no {kind} {full}"))
}

/// How many objects of this kind there are.
pub(crate) fn count(objects: &[Json], kind: &str) -> usize {
    objects.iter().filter(|object| object["kind"] == kind).count()
}
