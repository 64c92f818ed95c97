//! Golden files: each message of `tickwire.v1.json` as the wire has it, in `v1/`. What encodes or decodes differently
//! breaks clients. `GOLDEN_WRITE=1 cargo test -p protocol --test golden` writes the files anew: look at the difference.

mod control;
mod events;
mod requests;
mod rest;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde_json::Value;

/// Decodes a text and compares it with a value.
type Comparison = Box<dyn Fn(&str) -> Result<(), String>>;

/// A message under the name of its file.
struct Golden {
    name: String,
    /// Encoded from the value.
    text: String,
    decodes_to_value: Comparison,
}

impl Golden {
    fn new<T: PartialEq + std::fmt::Debug + 'static>(
        name: impl Into<String>,
        value: T,
        encode: impl Fn(&T) -> String,
        decode: impl Fn(&str) -> Result<T, String> + 'static,
    ) -> Self {
        let text = encode(&value);
        let decodes_to_value = Box::new(move |text: &str| match decode(text)? {
            decoded if decoded == value => Ok(()),
            decoded => Err(format!("decoded {decoded:?}, expected {value:?}")),
        });
        Self { name: name.into(), text, decodes_to_value }
    }
}

fn goldens() -> Vec<Golden> {
    [events::goldens(), control::goldens(), requests::goldens(), rest::goldens()]
        .into_iter()
        .flatten()
        .collect()
}

fn directory() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/v1")
}

/// The files by name, each without the line break at its end.
fn files() -> BTreeMap<String, String> {
    let entries = std::fs::read_dir(directory()).expect("the golden files are there");
    entries
        .map(|entry| {
            let path = entry.expect("a directory can be read").path();
            let name = path.file_name().expect("a file has a name").to_string_lossy();
            let name = name.strip_suffix(".json").expect("golden files end in .json").to_owned();
            let text = std::fs::read_to_string(&path).expect("a file can be read");
            (name, text.strip_suffix('\n').expect("a file ends with a line break").to_owned())
        })
        .collect()
}

#[test]
fn values_encode_to_the_files() {
    let goldens = goldens();
    if std::env::var_os("GOLDEN_WRITE").is_some() {
        for Golden { name, text, .. } in &goldens {
            std::fs::write(directory().join(format!("{name}.json")), format!("{text}\n")).unwrap();
        }
    }
    let files = files();
    for Golden { name, text, .. } in goldens {
        assert_eq!(files.get(&name), Some(&text), "{name}");
    }
}

#[test]
fn files_decode_to_the_values() {
    let files = files();
    for Golden { name, decodes_to_value, .. } in goldens() {
        let text = files.get(&name).unwrap_or_else(|| panic!("{name}: no such file"));
        decodes_to_value(text).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

#[test]
fn each_file_has_one_value() {
    let names: Vec<String> = goldens().into_iter().map(|golden| golden.name).collect();
    let unique: BTreeSet<&String> = names.iter().collect();
    assert_eq!(unique.len(), names.len(), "a name is there twice");
    assert_eq!(files().keys().collect::<BTreeSet<_>>(), unique);
}

/// The rule for later versions: what a client does not know, it ignores. Requests are the exception: the server tells.
#[test]
fn fields_that_nobody_knows_are_ignored() {
    for Golden { name, text, decodes_to_value } in goldens() {
        if name.starts_with("request-") {
            continue;
        }
        let mut message: Value = serde_json::from_str(&text).unwrap();
        add_unknown_fields(&mut message);
        let text = message.to_string();
        decodes_to_value(&text).unwrap_or_else(|error| panic!("{name}: {error}: {text}"));
    }
}

/// Adds a field to each object, but for the map of `heartbeat`, whose keys are streams.
fn add_unknown_fields(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields
                .iter_mut()
                .filter(|(name, _)| *name != "seqs")
                .for_each(|(_, value)| add_unknown_fields(value));
            fields.insert("not_yet".into(), serde_json::json!([{ "deep": 1 }]));
        }
        Value::Array(values) => values.iter_mut().for_each(add_unknown_fields),
        _ => {}
    }
}
