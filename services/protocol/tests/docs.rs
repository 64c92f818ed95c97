//! docs/protocol.md says what the code does: its tables and its examples are compared with it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use protocol::{
    Channel, CloseReason, DiscontinuityReason, Encoding, ErrorBody, ErrorCode, Frame, Request, decode_frame,
    rest,
};
use serde_json::Value;

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs")
}

fn page() -> String {
    std::fs::read_to_string(docs().join("protocol.md")).expect("the page is there")
}

/// The part of the page under a heading of the second level.
fn section<'a>(page: &'a str, heading: &str) -> &'a str {
    let from = page.split_once(&format!("\n## {heading}\n")).expect("the heading is there").1;
    from.split_once("\n## ").map_or(from, |(section, _)| section)
}

/// The rows of the first table with these headings, cell by cell.
fn table(text: &str, headings: &[&str]) -> Vec<Vec<String>> {
    let head = format!("| {} |", headings.join(" | "));
    let mut lines = text.lines().skip_while(|line| *line != head);
    assert!(lines.next().is_some(), "no table {head}");
    lines
        .skip(1)
        .take_while(|line| line.starts_with('|'))
        .map(|line| line.trim_matches('|').split(" | ").map(|cell| cell.trim().replace('`', "")).collect())
        .collect()
}

/// The contents of the fenced blocks of a language.
fn blocks<'a>(page: &'a str, language: &str) -> Vec<&'a str> {
    page.split(&format!("\n```{language}\n"))
        .skip(1)
        .map(|rest| rest.split_once("\n```").expect("a block ends").0)
        .collect()
}

const fn yes_or_no(flag: bool) -> &'static str {
    if flag { "yes" } else { "no" }
}

#[test]
fn the_table_of_errors_is_that_of_the_code() {
    let page = page();
    let rows = table(section(&page, "Errors"), &["Code", "Retryable", "HTTP", "When"]);
    let documented: Vec<_> =
        rows.iter().map(|row| (row[0].as_str(), row[1].as_str(), row[2].as_str())).collect();
    let names: Vec<String> =
        ErrorCode::ALL.map(|code| serde_json::to_value(code).unwrap().as_str().unwrap().to_owned()).into();
    let statuses = ErrorCode::ALL.map(|code| code.http_status().to_string());
    let expected: Vec<_> = ErrorCode::ALL
        .iter()
        .zip(&names)
        .zip(&statuses)
        .map(|((code, name), status)| (name.as_str(), yes_or_no(code.retryable()), status.as_str()))
        .collect();
    assert_eq!(documented, expected);
}

#[test]
fn the_table_of_close_codes_is_that_of_the_code() {
    let page = page();
    let headings = ["Code", "Text", "Reconnect", "When, and what to do"];
    let rows = table(section(&page, "Close codes"), &headings);
    let documented: Vec<_> =
        rows.iter().map(|row| (row[0].clone(), row[1].as_str(), row[2].as_str())).collect();
    let expected = CloseReason::ALL
        .map(|reason| (reason.code().to_string(), reason.text(), yes_or_no(reason.should_reconnect())));
    assert_eq!(documented, expected);
}

#[test]
fn the_table_of_reasons_is_that_of_the_code() {
    let page = page();
    let rows = table(section(&page, "What the server says unasked"), &["Reason", "Meaning"]);
    let documented: BTreeSet<DiscontinuityReason> =
        rows.iter().map(|row| serde_json::from_value(row[0].as_str().into()).unwrap()).collect();
    let all = [
        DiscontinuityReason::EpochChanged,
        DiscontinuityReason::TooOld,
        DiscontinuityReason::UnknownSeq,
        DiscontinuityReason::TooSlow,
        DiscontinuityReason::ServerPaused,
    ];
    assert_eq!(documented, all.into());
}

#[test]
fn the_table_of_channels_names_all() {
    let page = page();
    let rows = table(section(&page, "Streams and channels"), &["Channel", "An event is sent", "An event is"]);
    let mut documented: Vec<Channel> = rows
        .iter()
        .flat_map(|row| row[0].split([' ', ',']))
        .filter(|name| !name.is_empty())
        .map(|name| name.parse().unwrap())
        .collect();
    documented.sort();
    let mut all = Channel::ALL;
    all.sort();
    assert_eq!(documented, all);
}

#[test]
fn the_limits_of_hello_are_in_the_table() {
    let page = page();
    let rows = table(section(&page, "Limits"), &["Limit", "Default", "Unit", "Beyond it"]);
    let documented: Vec<_> =
        rows.iter().map(|row| (row[0].as_str(), row[1].parse::<u64>().unwrap())).collect();
    let hello = blocks(&page, "json").into_iter().find(|block| block.contains("\"hello\"")).unwrap();
    let hello: Value = serde_json::from_str(hello).unwrap();
    for (name, value) in &documented {
        assert_eq!(hello["limits"][name], *value, "{name}");
    }
    assert_eq!(hello["limits"].as_object().unwrap().len(), documented.len());
}

/// The names of the fields of events, by their numbers in MessagePack.
fn field_names(page: &str) -> Vec<String> {
    let rows = table(section(page, "MessagePack"), &["Key", "Field", "In"]);
    for (number, row) in rows.iter().enumerate() {
        assert_eq!(row[0], number.to_string());
    }
    rows.into_iter().map(|mut row| row.swap_remove(1)).collect()
}

/// The golden frames of events in MessagePack, with names in place of numbers, are those in JSON, field by field.
#[test]
fn the_table_of_field_numbers_is_that_of_the_code() {
    let names = field_names(&page());
    let mut used = BTreeSet::new();
    for (json, messagepack) in golden_pairs() {
        let Value::Array(expected) = serde_json::from_slice::<Value>(&json).unwrap() else { continue };
        let events: Vec<BTreeMap<usize, Value>> = rmp_serde::from_slice(&messagepack).unwrap();
        used.extend(events.iter().flat_map(BTreeMap::keys).copied());
        let named = |event: BTreeMap<usize, Value>| -> Value {
            event.into_iter().map(|(number, value)| (names[number].clone(), value)).collect()
        };
        assert_eq!(events.into_iter().map(named).collect::<Vec<_>>(), expected);
    }
    assert_eq!(used, (0..names.len()).collect(), "numbers that occur, and those of the table");
}

/// The contents of the golden files that are there in both encodings.
fn golden_pairs() -> Vec<(Vec<u8>, Vec<u8>)> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/v1");
    let paths = std::fs::read_dir(directory)
        .expect("the files are there")
        .map(|entry| entry.expect("a directory can be read").path());
    let read = |path: &Path| std::fs::read(path).expect("a file can be read");
    paths
        .filter(|path| path.extension().is_some_and(|extension| extension == "msgpack"))
        .map(|path| (read(&path.with_extension("json")), read(&path)))
        .collect()
}

#[test]
fn the_bytes_of_the_page_are_those_of_the_code() {
    let page = page();
    let blocks = blocks(section(&page, "MessagePack"), "text");
    let bytes: Vec<u8> =
        blocks[0].split_whitespace().map(|hex| u8::from_str_radix(hex, 16).unwrap()).collect();
    let frame = Encoding::MessagePack.decode_frame(&bytes).unwrap();
    let example =
        self::blocks(&page, "json").into_iter().find(|block| block.starts_with(r#"[{"ch":"ticker""#));
    let example = example.and_then(|block| block.lines().next()).expect("an example of a ticker");
    assert_eq!(frame, decode_frame(example).unwrap());
    let Frame::Events(events) = frame else { panic!("no events") };
    assert_eq!(Encoding::MessagePack.encode_events(&events), bytes);
    let sizes = format!("{} bytes in place of {}", bytes.len(), example.len());
    assert!(page.contains(&sizes), "{sizes}");
}

/// Each example is a message of this version.
#[test]
fn the_examples_can_be_read() {
    let page = page();
    let examples: Vec<&str> = blocks(&page, "json").into_iter().flat_map(str::lines).collect();
    assert!(examples.len() > 25, "the examples are found");
    for example in examples {
        check_example(example);
    }
}

fn check_example(text: &str) {
    let value: Value = serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"));
    let is_event = value.get(0).is_some_and(|first| first.get("ch").is_some());
    if is_event || value.get("type").is_some() {
        let frame = decode_frame(text).unwrap_or_else(|error| panic!("{error}: {text}"));
        match frame {
            Frame::Events(events) => assert!(!events.is_empty(), "{text}"),
            Frame::Control(message) => assert_eq!(protocol::encode_control(&message), text),
        }
    } else if value.get("op").is_some() {
        let request = Request::parse(text).unwrap_or_else(|refused| panic!("{refused:?}: {text}"));
        assert_eq!(request.encode(), text);
    } else if value.get("code").is_some() {
        check_answer::<ErrorBody>(text);
    } else if value.is_array() {
        check_answer::<Vec<rest::TickerRow>>(text);
    } else if value.get("epoch").is_some() {
        check_answer::<rest::Instruments>(text);
    } else if value.get("candles").is_some() {
        check_answer::<rest::Candles>(text);
    } else if value.get("trades").is_some() {
        check_answer::<rest::Trades>(text);
    } else {
        check_answer::<rest::BookView>(text);
    }
}

fn check_answer<T: serde::Serialize + serde::de::DeserializeOwned>(text: &str) {
    let value: T = serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"));
    assert_eq!(serde_json::to_string(&value).expect("writing to memory does not fail"), text);
}

#[test]
fn the_client_of_the_page_is_the_file() {
    let file = std::fs::read_to_string(docs().join("examples/client.py")).unwrap();
    assert_eq!(blocks(&page(), "python").last().map(|block| format!("{block}\n")), Some(file));
}
