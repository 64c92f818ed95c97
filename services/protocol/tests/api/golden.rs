//! The golden files against the documents: what a schema says is what the wire has, no more and no less.

use std::collections::BTreeMap;
use std::path::Path;

use jsonschema::Validator;
use protocol::{Request, decode_frame};
use serde_json::{Value, json};

use crate::schemas::Message;
use crate::{asyncapi, openapi};

/// Examples of a message in the document.
const EXAMPLES_MAX: usize = 3;

/// The golden files in JSON, by name.
fn files() -> BTreeMap<String, Value> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/v1");
    let paths = std::fs::read_dir(directory).expect("the files are there").map(|entry| entry.unwrap().path());
    paths
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .map(|path| {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            (name, serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap())
        })
        .collect()
}

/// Which message of the socket a golden file is.
fn key(name: &str, value: &Value) -> Option<String> {
    let text = |field: &str| value.get(field).and_then(Value::as_str);
    match (text("op"), text("type")) {
        _ if name.starts_with("rest-") => None,
        (Some(op), _) => Some(format!("{op}_request")),
        (_, Some(kind)) => Some(kind.to_owned()),
        _ => Some("events".to_owned()),
    }
}

pub(super) fn examples(message: &Message) -> Vec<Value> {
    let of_message = |(name, value): (String, Value)| {
        (key(&name, &value)? == message.key()).then(|| json!({ "name": name, "payload": value }))
    };
    files().into_iter().filter_map(of_message).take(EXAMPLES_MAX).collect()
}

/// A schema with what it refers to; fields that it does not list are mistakes.
fn strict(document: &Value, schema: &Value) -> Validator {
    let mut all =
        json!({ "allOf": [schema], "components": { "schemas": document["components"]["schemas"] } });
    close(&mut all);
    jsonschema::draft202012::new(&all).expect("a schema")
}

fn close(schema: &mut Value) {
    match schema {
        Value::Array(parts) => parts.iter_mut().for_each(close),
        Value::Object(parts) => {
            parts.values_mut().for_each(close);
            if parts.get("properties").is_some_and(Value::is_object) && parts.contains_key("required") {
                parts.insert("additionalProperties".into(), false.into());
            }
        }
        _ => {}
    }
}

fn check(name: &str, validator: &Validator, value: &Value) {
    let errors: Vec<String> = validator.iter_errors(value).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{name}: {errors:?}: {value}");
}

#[test]
fn messages_are_as_their_schemas_say() {
    let document = asyncapi::document();
    for (name, value) in files() {
        let Some(key) = key(&name, &value) else { continue };
        check(&name, &strict(&document, &document["components"]["messages"][&key]["payload"]), &value);
    }
}

#[test]
fn answers_are_as_their_schemas_say() {
    let document = openapi::document();
    for (name, path, status) in [
        ("rest-instruments", "/api/v1/instruments", "200"),
        ("rest-ticker", "/api/v1/ticker", "200"),
        ("rest-ticker-empty", "/api/v1/ticker", "200"),
        ("rest-candles", "/api/v1/candles", "200"),
        ("rest-trades", "/api/v1/trades", "200"),
        ("rest-book", "/api/v1/book", "200"),
        ("rest-error", "/api/v1/book", "404"),
    ] {
        let answer = &document["paths"][path]["get"]["responses"][status];
        check(name, &strict(&document, &answer["content"]["application/json"]["schema"]), &files()[name]);
    }
}

/// A field may be left out by the schema if, and only if, the reader can do without it.
#[test]
fn schemas_ask_for_what_readers_need() {
    let document = asyncapi::document();
    let mut refused = 0;
    for (name, value) in files() {
        let Some(key) = key(&name, &value) else { continue };
        let validator = strict(&document, &document["components"]["messages"][&key]["payload"]);
        for without in each_without_a_field(&value) {
            let text = without.to_string();
            let is_read = if value.get("op").is_some() {
                Request::parse(&text).is_ok()
            } else {
                decode_frame(&text).is_ok()
            };
            // A snapshot without its content is read as that of a stream in which nothing happened yet.
            let is_lenient = is_read && value.pointer("/0/snapshot").is_some();
            assert!(validator.is_valid(&without) == is_read || is_lenient, "{name}: {text}");
            refused += usize::from(!is_read);
        }
    }
    assert!(refused > 100, "{refused} were refused");
}

/// The message without one of its fields, or of the fields of its first event.
fn each_without_a_field(message: &Value) -> Vec<Value> {
    let place = if message.is_array() { "/0" } else { "" };
    let fields = message.pointer(place).and_then(Value::as_object).expect("an object");
    let without = |field: &String| {
        let mut message = message.clone();
        message.pointer_mut(place).and_then(Value::as_object_mut).expect("an object").remove(field);
        message
    };
    fields.keys().map(without).collect()
}
