//! Fuzzing: what a client or a server may send, a few seconds each. `harness.rs` says how, and where the time is set.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a panic is how a test fails; cargo shows what it prints"
)]

mod follower;
mod frames;
mod harness;
mod pieces;
mod requests;

use std::path::Path;

use harness::{Target, files};
use protocol::Encoding;

/// What the wire is made of, in both encodings; numbers come apart.
const WORDS: &[&[u8]] = &[
    b"null",
    b"true",
    b"[]",
    b"{}",
    b"\"\"",
    b"\"*\"",
    b"\"op\"",
    b"\"id\"",
    b"\"type\"",
    b"\"ch\"",
    b"\"subscribe\"",
    b"\"configure\"",
    b"\"resume\"",
    b"\"ping\"",
    b"\"streams\"",
    b"\"policy\"",
    b"\"max_hz\"",
    b"\"epoch\"",
    b"\"seqs\"",
    b"\"ts\"",
    b"\"disconnect\"",
    b"\"ticker:*\"",
    b"\"book:10:BTC-USDT\"",
    b"\"candles:1m:A\"",
    b"\"snapshot\"",
    b"\"conflated\"",
    b"\"skipped\"",
    b"\"recent\"",
    b"\"bids\"",
    b"\"checksum\"",
    b"\"trades\"",
    b"\"book\"",
    b"\"candles:1d\"",
    b"\"BTC-USDT\"",
    b"\"\\u0000\"",
    b"\"\\ud800\"",
    b"\xff",
    b"\xef\xbb\xbf",
];

/// Markers of MessagePack with what follows them, many of them lying.
const BINARY_WORDS: &[&[u8]] = &[
    b"\xc0",
    b"\xc1",
    b"\xc2",
    b"\xc3",
    b"\x80",
    b"\x90",
    b"\xa0",
    b"\x7f",
    b"\xe0",
    b"\xcc\xff",
    b"\xcd\xff\xff",
    b"\xce\xff\xff\xff\xff",
    b"\xcf\xff\xff\xff\xff\xff\xff\xff\xff",
    b"\xd0\x80",
    b"\xd3\x80\0\0\0\0\0\0\0",
    b"\xca\x7f\xc0\0\0",
    b"\xcb\x7f\xf8\0\0\0\0\0\0",
    b"\xcb\x7f\xf0\0\0\0\0\0\0",
    b"\xcb\x3f\xf0\0\0\0\0\0\0",
    b"\xc4\x01\0",
    b"\xc6\xff\xff\xff\xff",
    b"\xd9\x05book:",
    b"\xdb\xff\xff\xff\xff",
    b"\xdc\0\x01\xc0",
    b"\xdd\xff\xff\xff\xff",
    b"\xde\0\0",
    b"\xdf\xff\xff\xff\xff",
    b"\xd4\0\0",
    b"\xc7\0\0",
    b"\xa1\xff",
    b"\xa2op",
    b"\xa2id",
    b"\xa4type",
    b"\xa8ticker:*",
    b"\xa9subscribe",
    b"\xa6resume",
    b"\xa4ping",
];

#[test]
fn requests_json() {
    Target {
        name: "requests_json",
        seeds: golden(true),
        pieces: &[pieces::of_json],
        words: WORDS,
        check: |frame| requests::check(Encoding::Json, frame),
    }
    .run();
}

#[test]
fn requests_msgpack() {
    Target {
        name: "requests_msgpack",
        seeds: golden_msgpack_requests(),
        pieces: &[pieces::of_msgpack],
        words: BINARY_WORDS,
        check: |frame| requests::check(Encoding::MessagePack, frame),
    }
    .run();
}

#[test]
fn frames_json() {
    Target {
        name: "frames_json",
        seeds: golden(false),
        pieces: &[pieces::of_json],
        words: WORDS,
        check: |frame| frames::check(Encoding::Json, frame),
    }
    .run();
}

#[test]
fn frames_msgpack() {
    Target {
        name: "frames_msgpack",
        seeds: golden_msgpack_frames(),
        pieces: &[pieces::of_msgpack],
        words: BINARY_WORDS,
        check: |frame| frames::check(Encoding::MessagePack, frame),
    }
    .run();
}

#[test]
fn follower() {
    Target {
        name: "follower",
        seeds: Vec::new(),
        pieces: &[pieces::of_json, pieces::of_lines],
        words: WORDS,
        check: follower::check,
    }
    .run();
}

/// The golden requests, or all other frames, as they are in JSON.
fn golden(are_requests: bool) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/v1");
    let wanted = |name: &str| name.ends_with(".json") && name.starts_with("request-") == are_requests;
    files(&folder, wanted)
}

/// The golden requests as today's encoder writes them in MessagePack.
fn golden_msgpack_requests() -> Vec<Vec<u8>> {
    let requests = golden(true).into_iter().map(|text| Encoding::Json.parse_request(&text).unwrap());
    requests.map(|request| Encoding::MessagePack.encode_request(&request)).collect()
}

/// The golden frames of the server, likewise.
fn golden_msgpack_frames() -> Vec<Vec<u8>> {
    let texts = golden(false);
    let frames = texts.iter().filter_map(|text| Encoding::Json.decode_frame(text).ok());
    frames.map(|frame| frames::encode(Encoding::MessagePack, &frame)).collect()
}
