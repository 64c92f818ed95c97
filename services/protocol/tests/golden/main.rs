//! Golden files: each message as the wire has it, in `v1/`: `.json` of `tickwire.v1.json`, `.msgpack` of
//! `tickwire.v1.msgpack`. What encodes or decodes differently breaks clients.
//! `GOLDEN_WRITE=1 cargo test -p protocol --test golden` writes the files anew: look at the difference.

mod control;
mod events;
mod requests;
mod rest;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use protocol::Encoding;
use serde_json::Value;

/// Decodes a message and compares it with a value.
type Comparison = Box<dyn Fn(&[u8]) -> Result<(), String>>;

/// A message under the name of its file.
struct Golden {
    name: String,
    /// Encoded from the value.
    bytes: Vec<u8>,
    decodes_to_value: Comparison,
}

impl Golden {
    fn new<T: PartialEq + std::fmt::Debug + 'static>(
        name: &str,
        encoding: Encoding,
        value: T,
        encode: impl Fn(Encoding, &T) -> Vec<u8>,
        decode: impl Fn(Encoding, &[u8]) -> Result<T, String> + 'static,
    ) -> Self {
        let bytes = encode(encoding, &value);
        let decodes_to_value = Box::new(move |bytes: &[u8]| match decode(encoding, bytes)? {
            decoded if decoded == value => Ok(()),
            decoded => Err(format!("decoded {decoded:?}, expected {value:?}")),
        });
        Self { name: format!("{name}.{}", extension(encoding)), bytes, decodes_to_value }
    }

    fn is_json(&self) -> bool {
        self.name.ends_with(extension(Encoding::Json))
    }

    /// What stands in the file: a text ends with a line break.
    fn contents(&self) -> Vec<u8> {
        let end: &[u8] = if self.is_json() { b"\n" } else { b"" };
        [&self.bytes, end].concat()
    }
}

const fn extension(encoding: Encoding) -> &'static str {
    match encoding {
        Encoding::Json => "json",
        Encoding::MessagePack => "msgpack",
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

/// The files by name.
fn files() -> BTreeMap<String, Vec<u8>> {
    let entries = std::fs::read_dir(directory()).expect("the golden files are there");
    entries
        .map(|entry| {
            let path = entry.expect("a directory can be read").path();
            let name = path.file_name().expect("a file has a name").to_string_lossy().into_owned();
            (name, std::fs::read(&path).expect("a file can be read"))
        })
        .collect()
}

#[test]
fn values_encode_to_the_files() {
    let goldens = goldens();
    if std::env::var_os("GOLDEN_WRITE").is_some() {
        for golden in &goldens {
            std::fs::write(directory().join(&golden.name), golden.contents()).unwrap();
        }
    }
    let files = files();
    for golden in goldens {
        let file = files.get(&golden.name).map(|file| String::from_utf8_lossy(file));
        assert_eq!(file, Some(String::from_utf8_lossy(&golden.contents())), "{}", golden.name);
        assert_eq!(files.get(&golden.name), Some(&golden.contents()), "{}", golden.name);
    }
}

#[test]
fn files_decode_to_the_values() {
    let files = files();
    for Golden { name, decodes_to_value, .. } in goldens() {
        let bytes = files.get(&name).unwrap_or_else(|| panic!("{name}: no such file"));
        decodes_to_value(bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
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
    for golden in goldens().iter().filter(|golden| !golden.name.starts_with("request-")) {
        let bytes = match (golden.is_json(), events_of(&golden.bytes)) {
            (true, _) => {
                let mut message: Value = serde_json::from_slice(&golden.bytes).unwrap();
                add_unknown_fields(&mut message);
                message.to_string().into_bytes()
            }
            (false, Some(events)) => with_unknown_numbers(events),
            (false, None) => {
                let mut message: Value = rmp_serde::from_slice(&golden.bytes).unwrap();
                add_unknown_fields(&mut message);
                rmp_serde::to_vec(&message).unwrap()
            }
        };
        (golden.decodes_to_value)(&bytes)
            .unwrap_or_else(|error| panic!("{}: {error}: {}", golden.name, String::from_utf8_lossy(&bytes)));
    }
}

/// Events in MessagePack by the numbers of their fields.
type NumberedEvent = BTreeMap<u64, Value>;

fn events_of(bytes: &[u8]) -> Option<Vec<NumberedEvent>> {
    rmp_serde::from_slice(bytes).ok()
}

fn with_unknown_numbers(mut events: Vec<NumberedEvent>) -> Vec<u8> {
    for event in &mut events {
        event.values_mut().for_each(add_unknown_fields);
        for number in [36, 127, 128, u64::MAX] {
            event.insert(number, serde_json::json!([{ "deep": 1 }]));
        }
    }
    rmp_serde::to_vec(&events).expect("writing to memory does not fail")
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
