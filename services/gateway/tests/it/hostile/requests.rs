//! What can be wrong with requests: JSON and MessagePack that is none, and fields of every wrong type.

use protocol::{Encoding, ErrorCode};
use serde_json::{Value, json};

use super::attack::{Case, End};
use super::bytes::{BINARY, FIN, TEXT, frame};

const BAD_FRAME: End = End::Lives(Some(ErrorCode::BadFrame));
const BAD_REQUEST: End = End::Lives(Some(ErrorCode::BadRequest));

pub(super) fn cases() -> Vec<Case> {
    [broken_json(), broken_msgpack(), fields(), wrong_requests()].concat()
}

fn text(name: impl Into<String>, text: impl AsRef<[u8]>, end: End) -> Case {
    Case::socket(name, Encoding::Json, frame(FIN | TEXT, text.as_ref()), end)
}

fn binary(name: impl Into<String>, bytes: impl AsRef<[u8]>, end: End) -> Case {
    Case::socket(name, Encoding::MessagePack, frame(FIN | BINARY, bytes.as_ref()), end)
}

fn broken_json() -> Vec<Case> {
    let deep = |open: &str, times: usize| text(format!("{times} of {open}"), open.repeat(times), BAD_FRAME);
    let mut cases = vec![
        deep("[", 60_000),
        deep("{\"op\":", 10_000),
        deep("[{\"\":", 10_000),
        deep("{\"id\":[", 5_000),
        deep("\"", 60_000),
        deep("-", 60_000),
        text("a long number", format!("{{\"op\":\"ping\",\"ts\":{}}}", "9".repeat(60_000)), End::Answers),
        text(
            "a long op",
            format!("{{\"op\":\"{}\"}}", "x".repeat(60_000)),
            End::Lives(Some(ErrorCode::UnknownOp)),
        ),
        text("a long field", format!("{{\"{}\":1}}", "x".repeat(60_000)), BAD_REQUEST),
        text(
            "a deep unknown field",
            format!("{{\"op\":\"list\",\"x\":{}{}}}", "[".repeat(100), "]".repeat(100)),
            BAD_REQUEST,
        ),
    ];
    for broken in [
        " ",
        "{",
        "}",
        "{]",
        "nul",
        "\u{feff}{}",
        "{\"op\"}",
        "{\"op\":}",
        "{\"op\":\"list\",}",
        "{'op':'list'}",
        "{\"op\":\"list\"}{}",
        "{\"op\":\"list\"} x",
        "{\"op\":\"\\x\"}",
        "{\"op\":\"\\ud800\"}",
        "{\"op\":\"a\nb\"}",
        "{\"op\":\"ping\",\"ts\":01}",
        "{\"op\":\"ping\",\"ts\":NaN}",
        "\0",
        "// {}",
    ] {
        cases.push(text(format!("{broken:?}"), broken, BAD_FRAME));
    }
    cases
}

fn broken_msgpack() -> Vec<Case> {
    let huge = [0xff; 4];
    let claims = [0xc6, 0xc9, 0xdb, 0xdd, 0xdf];
    let lengths =
        claims.iter().map(|format| (format!("{format:#x} says 4 GB"), [&[*format], &huge[..]].concat()));
    let nested = [0x91, 0x81].map(|format| (format!("{format:#x} nested"), vec![format; 60_000]));
    let inside = claims.iter().map(|format| {
        (format!("an op that {format:#x} says has 4 GB"), [&b"\x81\xa2op"[..], &[*format], &huge].concat())
    });
    let broken: [(&str, &[u8]); 7] = [
        ("an empty frame", b""),
        ("0xc1", b"\xc1"),
        ("two values", b"\xc0\xc0"),
        ("a map cut off", b"\x82\xa2op\xa4list"),
        ("a text cut off", b"\x81\xa2op\xa9list"),
        ("a map of 15 without any", b"\x8f"),
        ("17 levels", b"\x81\xa2op\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91\xc0"),
    ];
    let broken = broken.map(|(name, bytes)| (name.to_owned(), bytes.to_vec()));
    let wrong: [(&str, &[u8]); 5] = [
        ("nil", b"\xc0"),
        ("an array", b"\x91\xa4list"),
        ("a nil for a key", b"\x81\xc0\xa4list"),
        ("an op that is not UTF-8", b"\x81\xa2op\xa2\xff\xfe"),
        ("the same key twice", b"\x82\xa2op\xa4list\xa2op\xa4list"),
    ];
    let frames = lengths.chain(nested).chain(inside).chain(broken);
    let mut cases: Vec<Case> = frames.map(|(name, bytes)| binary(name, bytes, BAD_FRAME)).collect();
    cases.extend(wrong.map(|(name, bytes)| binary(name, bytes, BAD_REQUEST)));
    let is_text = frame(FIN | TEXT, b"{}");
    let refused = End::Lives(Some(ErrorCode::WrongFrameType));
    let unknown = End::Lives(Some(ErrorCode::UnknownOp));
    cases.push(binary("a number for a key", b"\x81\x00\xa4list", End::Answers));
    cases.push(binary("bytes for a key", b"\x81\xc4\x02op\xa4list", End::Answers));
    cases.push(binary("an extension for an op", b"\x81\xa2op\xc7\x01\x05x", unknown));
    cases.push(Case::socket("a text", Encoding::MessagePack, is_text, refused));
    cases
}

/// Every field with a value of every type, in both encodings: answered once, whatever the answer.
fn fields() -> Vec<Case> {
    let values = [
        json!(null),
        json!(true),
        json!(-1),
        json!(1.5),
        json!(u64::MAX),
        json!(""),
        json!("x".repeat(70)),
        json!([]),
        json!([null]),
        json!([1]),
        json!([["ticker:*"]]),
        json!({}),
        json!({"a": 1}),
        json!({"ticker:*": "x"}),
    ];
    let proper = json!({"op": "subscribe", "streams": ["ticker:NOPE"]});
    let mut cases = Vec::new();
    for field in ["op", "id", "streams", "policy", "max_hz", "epoch", "seqs", "ts"] {
        for value in &values {
            let mut request = proper.clone();
            request[field] = value.clone();
            cases.push(text(format!("{request}"), request.to_string(), End::Answers));
            cases.push(binary(format!("{request} in MessagePack"), msgpack(&request), End::Answers));
        }
    }
    cases
}

fn wrong_requests() -> Vec<Case> {
    let streams = |count: usize| json!({"op": "subscribe", "streams": vec!["x"; count]}).to_string();
    let mut cases = vec![
        text("as many streams as a request may name", streams(1_024), End::Answers),
        text("one more", streams(1_025), BAD_REQUEST),
        text("the same field twice", r#"{"op":"list","op":"list"}"#, BAD_REQUEST),
        text("no object", "5", BAD_REQUEST),
        text("an op with a NUL", r#"{"op":"\u0000"}"#, End::Lives(Some(ErrorCode::UnknownOp))),
    ];
    for name in [
        "",
        ":",
        "::",
        "ticker",
        "ticker:",
        ":BTC",
        "*:*",
        "ticker:**",
        "book:11:*",
        "ticker:\u{0}",
        "ticker:é",
    ] {
        for op in ["subscribe", "unsubscribe", "resync", "configure"] {
            let mut request = json!({"op": op, "streams": [name]});
            if op == "configure" {
                request["max_hz"] = json!(1);
            }
            cases.push(text(request.to_string(), request.to_string(), End::Answers));
        }
        let request = json!({"op": "resume", "epoch": "x", "seqs": {name: u64::MAX}});
        cases.push(text(request.to_string(), request.to_string(), End::Answers));
    }
    cases
}

/// MessagePack of a small JSON value.
fn msgpack(value: &Value) -> Vec<u8> {
    let counted = |small: u8, count: usize, inside: Vec<u8>| {
        [vec![small | u8::try_from(count).unwrap()], inside].concat()
    };
    match value {
        Value::Null => vec![0xc0],
        Value::Bool(flag) => vec![0xc2 | u8::from(*flag)],
        Value::Number(number) => match (number.as_u64(), number.as_i64()) {
            (Some(number), _) => [&[0xcf][..], &number.to_be_bytes()].concat(),
            (_, Some(number)) => [&[0xd3][..], &number.to_be_bytes()].concat(),
            _ => [&[0xcb][..], &number.as_f64().unwrap().to_be_bytes()].concat(),
        },
        Value::String(text) => [&[0xd9, u8::try_from(text.len()).unwrap()], text.as_bytes()].concat(),
        Value::Array(values) => counted(0x90, values.len(), values.iter().flat_map(msgpack).collect()),
        Value::Object(fields) => {
            let pair = |(name, value): (&String, &Value)| [msgpack(&json!(name)), msgpack(value)].concat();
            counted(0x80, fields.len(), fields.iter().flat_map(pair).collect())
        }
    }
}
