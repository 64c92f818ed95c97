//! What the chart's files say of each other. What Helm makes of them is tested in `tests/chart`.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::*;

fn workspace() -> Workspace {
    Workspace::find().unwrap()
}

fn values(name: &str) -> Vec<values::Value> {
    values::parse(&read(&workspace(), name).unwrap()).unwrap()
}

fn schema() -> Json {
    serde_json::from_str(&read(&workspace(), "values.schema.json").unwrap()).unwrap()
}

/// What a `$ref` stands for.
fn resolved<'a>(schema: &'a Json, node: &'a Json) -> &'a Json {
    match node["$ref"].as_str().and_then(|name| name.strip_prefix('#')) {
        Some(name) => schema.pointer(name).unwrap(),
        None => node,
    }
}

/// All properties that have none in them, by full name; those with other free names are one.
fn leaves(schema: &Json, node: &Json, path: &str, found: &mut BTreeSet<String>) {
    let node = resolved(schema, node);
    match node["properties"].as_object() {
        Some(properties) => {
            for (name, node) in properties {
                leaves(schema, node, &format!("{path}.{name}"), found);
            }
        }
        None => assert!(found.insert(path.trim_start_matches('.').to_owned())),
    }
}

#[test]
fn the_readme_is_made_of_the_values() {
    let readme = read(&workspace(), "README.md").unwrap();
    assert!(written(&workspace()).unwrap() == readme, "README.md is old: run `cargo xtask chart`");
}

#[test]
fn every_value_is_explained() {
    assert_eq!(values::unexplained(&values("values.yaml")), Vec::<String>::new());
}

/// The chart and what it installs have one version: the workspace's.
#[test]
fn versions_are_the_workspace_s() {
    let workspace = workspace();
    let xtask = workspace.metadata.workspace_packages().into_iter().find(|package| package.name == "xtask");
    let version = &xtask.unwrap().version;
    let chart = read(&workspace, "Chart.yaml").unwrap();
    for line in [format!("version: {version}"), format!("appVersion: \"{version}\"")] {
        assert!(chart.lines().any(|found| found == line), "expected `{line}` in Chart.yaml");
    }
}

/// What is not in `values.yaml` is not documented, what is not in the schema is refused. Settings of the server are all
/// in the schema, and those that the chart changes in `values.yaml`.
#[test]
fn values_and_schema_have_the_same_keys() {
    let schema = schema();
    let mut known = BTreeSet::new();
    leaves(&schema, &schema, "", &mut known);
    let values = values::leaves(&values("values.yaml"));
    let is_known = |value: &String| {
        let names = value.match_indices('.').map(|(end, _)| &value[..end]).chain([value.as_str()]);
        names.into_iter().any(|name| known.contains(name))
    };
    let unknown: Vec<_> = values.iter().filter(|value| !is_known(value)).collect();
    assert!(unknown.is_empty(), "not in the schema: {unknown:?}");
    // Helm hands `global` to every chart.
    let needs_no_default =
        |name: &str| name == "global" || name.starts_with("backend.config.") || is_amount(name);
    let is_there =
        |name: &String| values.iter().any(|value| value == name || value.starts_with(&format!("{name}.")));
    let absent: Vec<_> = known.iter().filter(|name| !needs_no_default(name) && !is_there(name)).collect();
    assert!(absent.is_empty(), "not in values.yaml: {absent:?}");
}

/// The kinds of resources that a container may ask for.
fn is_amount(name: &str) -> bool {
    name.contains(".resources.")
}

/// What is the same as the default says nothing about production.
#[test]
fn the_values_of_production_are_differences() {
    fn same(ours: &Json, default: &Json, path: &str, found: &mut Vec<String>) {
        match ours.as_object() {
            Some(fields) => {
                fields
                    .iter()
                    .for_each(|(name, ours)| same(ours, &default[name], &format!("{path}.{name}"), found));
            }
            None if ours == default => found.push(path.to_owned()),
            None => {}
        }
    }
    let [production, default] = ["values-production.yaml", "values.yaml"]
        .map(|name| yaml_serde::from_str::<Json>(&read(&workspace(), name).unwrap()).unwrap());
    let mut found = Vec::new();
    same(&production, &default, "", &mut found);
    assert!(found.is_empty(), "the same as in values.yaml: {found:?}");
}

/// Every object that has names of its own refuses others: a misspelled key is never passed over.
#[test]
fn the_schema_refuses_unknown_keys_everywhere() {
    fn check(node: &Json, path: &str) {
        if node.get("properties").is_some_and(|properties| properties.get("type").is_none()) {
            assert_eq!(node["additionalProperties"], Json::Bool(false), "{path}");
        }
        match node {
            Json::Object(fields) => {
                fields.iter().for_each(|(name, node)| check(node, &format!("{path}.{name}")));
            }
            Json::Array(items) => items.iter().for_each(|node| check(node, path)),
            _ => {}
        }
    }
    check(&schema(), "schema");
}

/// Keys, types and ranges as the server's own file of defaults documents them, without its ports and paths: these are
/// the chart's.
#[test]
fn the_schema_of_settings_is_the_server_s() {
    let defaults = std::fs::read_to_string(workspace().root().join("services/gateway/default.toml")).unwrap();
    let schema = schema();
    let config = schema.pointer("/properties/backend/properties/config").unwrap();
    let mut known = BTreeSet::new();
    leaves(&schema, config, "", &mut known);
    known.retain(|key| !key.starts_with("market."));
    let mut documented = BTreeSet::new();
    for (key, value, comment) in settings(&defaults) {
        if ["http.listen", "http.admin_listen", "http.dashboard"].contains(&key.as_str()) {
            continue;
        }
        let node = config.pointer(&format!("/properties/{}", key.replace('.', "/properties/")));
        let node = node.unwrap_or_else(|| panic!("{key} is not in the schema"));
        assert!(is_of_type(node, &value), "{key} = {value}, but {node}");
        if value.parse::<f64>().is_ok() {
            assert_eq!(
                (&node["minimum"], &node["maximum"]),
                range(&comment).as_ref().map(|(a, b)| (a, b)).unwrap(),
                "{key}"
            );
        }
        documented.insert(key);
    }
    assert_eq!(known, documented);
}

/// Key, value and comment of each setting in the file, commented-out ones included.
fn settings(toml: &str) -> Vec<(String, String, String)> {
    let (mut found, mut table, mut comment) = (Vec::new(), String::new(), String::new());
    for line in toml.lines() {
        let words = line.strip_prefix("# ").unwrap_or(line);
        let setting = words
            .split_once(" = ")
            .filter(|(key, _)| key.bytes().all(|c| c.is_ascii_lowercase() || c == b'_'));
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            name.clone_into(&mut table);
            comment.clear();
        } else if let Some((key, value)) = setting {
            found.push((format!("{table}.{key}"), value.to_owned(), std::mem::take(&mut comment)));
        } else {
            comment = format!("{comment}{words} ");
        }
    }
    found
}

fn is_of_type(node: &Json, value: &str) -> bool {
    let expected = match value.as_bytes() {
        [b'"', ..] => "string",
        [b'[', ..] => "array",
        b"true" | b"false" => "boolean",
        _ if value.contains('.') => "number",
        _ => "integer",
    };
    let values = node["enum"].as_array();
    let is_value = |one: &Json| one.as_str().is_some_and(|one| format!("\"{one}\"") == value);
    node["type"] == expected || values.is_some_and(|values| values.iter().any(is_value))
}

/// `... 0 to 1000.` as numbers.
fn range(comment: &str) -> Option<(Json, Json)> {
    let number =
        |word: &str| serde_json::from_str::<Json>(word.trim_end_matches('.')).ok().filter(Json::is_number);
    let words: Vec<_> = comment.split_whitespace().collect();
    words.windows(3).find_map(|words| match words {
        [least, "to", most] => Some((number(least)?, number(most)?)),
        _ => None,
    })
}
