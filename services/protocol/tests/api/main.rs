//! `docs/api/asyncapi.json` and `docs/api/openapi.json`: written from the types, compared with the files, and tried on the
//! golden files. `GOLDEN_WRITE=1 cargo test -p protocol --test api` writes them anew: look at the difference.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod asyncapi;
mod golden;
mod openapi;
mod schemas;

use std::path::{Path, PathBuf};

use serde_json::Value;

fn check(name: &str, document: &Value) {
    let path = directory().join(name);
    let text = format!("{document:#}\n");
    if std::env::var_os("GOLDEN_WRITE").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let file = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        file == text,
        "docs/api/{name} is not what the types say: GOLDEN_WRITE=1 cargo test -p protocol --test api writes it anew"
    );
}

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/api")
}

#[test]
fn asyncapi_is_what_the_types_say() {
    check("asyncapi.json", &asyncapi::document());
}

#[test]
fn openapi_is_what_the_types_say() {
    check("openapi.json", &openapi::document());
}
