//! The layers as sources of the `config` crate: each is turned into known keys with their origin, then merged by it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use ::config::{ConfigError, FileFormat, Format as _, Map, Source, Value, ValueKind};

use super::mistake::Mistake;
use super::origin::{Origin, PREFIX, variable_of};
use crate::cli::ServeFlags;

const DEFAULTS: &str = include_str!("../../default.toml");

/// The variable that names the configuration file: the only one that is no key.
const FILE_VARIABLE: &str = "TICKWIRE_CONFIG";

/// All layers but the built-in one.
pub(super) struct Layers {
    file: Layer,
    environment: Layer,
    flags: Layer,
    /// What is wrong before any value is read: files, unknown keys and variables.
    pub(super) mistakes: Vec<Mistake>,
}

/// Values by their full key.
#[derive(Clone, Debug, Default)]
struct Layer(Map<String, Value>);

impl Source for Layer {
    fn clone_into_box(&self) -> Box<dyn Source + Send + Sync> {
        Box::new(self.clone())
    }

    fn collect(&self) -> Result<Map<String, Value>, ConfigError> {
        Ok(self.0.clone())
    }
}

impl Layer {
    fn set(&mut self, key: &str, origin: &Origin, text: &str) {
        self.0.insert(key.to_owned(), Value::new(Some(&origin.to_string()), text));
    }
}

impl Layers {
    pub(super) fn collect(
        flags: &ServeFlags,
        environment: impl Iterator<Item = (OsString, OsString)>,
        known: &[&'static str],
    ) -> Self {
        let mut mistakes = Vec::new();
        let variables = variables(environment, &mut mistakes);
        let file = match config_file(flags, &variables) {
            Some((path, named_by)) => read_file(&path, named_by, known, &mut mistakes),
            None => Layer::default(),
        };
        let environment = read_variables(&variables, known, &mut mistakes);
        Self { file, environment, flags: read_flags(flags), mistakes }
    }

    /// One tree of all keys: of each the value that goes first.
    pub(super) fn merged(&self) -> Value {
        merge(&[&self.file, &self.environment, &self.flags])
    }
}

/// The tree of the built-in values.
pub(super) fn defaults() -> Value {
    merge(&[])
}

fn merge(layers: &[&Layer]) -> Value {
    let built_in = ::config::Config::builder().add_source(default_layer());
    layers
        .iter()
        .fold(built_in, |builder, layer| builder.add_source((*layer).clone()))
        .build()
        .expect("the sources are in memory, and their keys are known ones")
        .cache
}

fn default_layer() -> Layer {
    let parse = |text| {
        parse_toml(&Origin::Default, text)
            .expect("the built-in files are TOML: every test of this module reads them")
    };
    let mut tree = parse(DEFAULTS);
    tree.insert("market".to_owned(), parse(::market::DEFAULT_MARKET_TOML).into());
    Layer(tree)
}

fn parse_toml(
    origin: &Origin,
    text: &str,
) -> Result<Map<String, Value>, Box<dyn std::error::Error + Send + Sync>> {
    FileFormat::Toml.parse(Some(&origin.to_string()), text)
}

/// Our variables that have a value. Kubernetes adds some of its own to every pod beside a Service called `tickwire`.
fn variables(
    environment: impl Iterator<Item = (OsString, OsString)>,
    mistakes: &mut Vec<Mistake>,
) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (name, value) in environment {
        let Some(name) = name.to_str().filter(|name| name.starts_with(PREFIX)) else { continue };
        match value.into_string() {
            Ok(value) if value.is_empty() || is_service_link(name, &value) => {}
            Ok(value) => found.push((name.to_owned(), value)),
            Err(_) => {
                let origin = Origin::Variable(name.to_owned());
                mistakes.push(Mistake::new(name, origin, "found bytes that are no text, expected UTF-8"));
            }
        }
    }
    found.sort();
    found
}

/// `TICKWIRE_SERVICE_HOST`, `TICKWIRE_GATEWAY_SERVICE_PORT_HTTP`, `TICKWIRE_PORT=tcp://...`, `TICKWIRE_PORT_80_TCP_ADDR`:
/// <https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables>
fn is_service_link(name: &str, value: &str) -> bool {
    let of_protocol = |protocol: &str| name.contains("_PORT_") && name.contains(protocol);
    !name.contains("__")
        && (name.ends_with("_SERVICE_HOST")
            || name.ends_with("_SERVICE_PORT")
            || name.contains("_SERVICE_PORT_")
            || (name.ends_with("_PORT") && value.contains("://"))
            || ["_TCP", "_UDP", "_SCTP"].into_iter().any(of_protocol))
}

fn config_file(flags: &ServeFlags, variables: &[(String, String)]) -> Option<(PathBuf, Origin)> {
    let variable = || variables.iter().find(|(name, _)| name == FILE_VARIABLE);
    match &flags.config {
        Some(path) => Some((path.clone(), Origin::Flag("--config".to_owned()))),
        None => variable().map(|(name, path)| (path.into(), Origin::Variable(name.clone()))),
    }
}

fn read_file(path: &Path, named_by: Origin, known: &[&str], mistakes: &mut Vec<Mistake>) -> Layer {
    let name = path.display().to_string();
    let origin = Origin::File(name.clone());
    let mut layer = Layer::default();
    match std::fs::read_to_string(path) {
        Err(error) => mistakes.push(Mistake::new(name, named_by, format!("cannot be read: {error}"))),
        Ok(text) => match parse_toml(&origin, &text) {
            Err(error) => {
                mistakes.push(Mistake::new(name, named_by, format!("is no TOML: {}", indented(&error))));
            }
            Ok(tree) => take_known("", tree, &origin, known, &mut layer, mistakes),
        },
    }
    layer
}

fn indented(error: &impl ToString) -> String {
    error.to_string().trim_end().replace('\n', "\n    ")
}

/// Moves the values of known keys into the layer; what else a tree has is a mistake.
fn take_known(
    section: &str,
    tree: Map<String, Value>,
    origin: &Origin,
    known: &[&str],
    layer: &mut Layer,
    mistakes: &mut Vec<Mistake>,
) {
    let mut tree: Vec<_> = tree.into_iter().collect();
    tree.sort_by(|a, b| a.0.cmp(&b.0));
    for (name, value) in tree {
        let key = if section.is_empty() { name } else { format!("{section}.{name}") };
        let is_section =
            known.iter().any(|known| known.strip_prefix(&key).is_some_and(|rest| rest.starts_with('.')));
        let is_key = known.contains(&key.as_str());
        match value.kind {
            ValueKind::Table(_) if is_key => {
                mistakes.push(Mistake::new(&key, origin.clone(), "found a section, expected a value"));
            }
            _ if is_key => {
                layer.0.insert(key, value);
            }
            ValueKind::Table(tree) if is_section => take_known(&key, tree, origin, known, layer, mistakes),
            _ if is_section => {
                mistakes.push(Mistake::new(&key, origin.clone(), format!("expected a section: [{key}]")));
            }
            _ => mistakes.push(Mistake::unknown_key(&key, origin.clone(), known)),
        }
    }
}

fn read_variables(variables: &[(String, String)], known: &[&str], mistakes: &mut Vec<Mistake>) -> Layer {
    let mut layer = Layer::default();
    for (name, value) in variables.iter().filter(|(name, _)| name != FILE_VARIABLE) {
        match known.iter().find(|key| variable_of(key) == *name) {
            Some(key) => layer.set(key, &Origin::Variable(name.clone()), value),
            None => mistakes.push(Mistake::unknown_variable(name, known)),
        }
    }
    layer
}

fn read_flags(flags: &ServeFlags) -> Layer {
    let mut layer = Layer::default();
    for (key, flag, text) in flags.given() {
        layer.set(key, &Origin::Flag(flag.to_owned()), text);
    }
    layer
}
