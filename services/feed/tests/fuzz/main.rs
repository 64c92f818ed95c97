//! Fuzzing: recordings of any bytes, a few seconds. `harness.rs`, which is `protocol`'s, says how.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a panic is how a test fails; cargo shows what it prints"
)]

#[path = "../../../protocol/tests/fuzz/harness.rs"]
mod harness;
#[path = "../../../protocol/tests/fuzz/pieces.rs"]
mod pieces;
mod replay;

use std::io::Read as _;

use flate2::read::GzDecoder;
use harness::Target;

/// The most memory that the test may have held at any time, in KiB: the harness, and each input's recording.
const RESIDENT_KIB_MAX: u64 = 128 << 10;

/// What recordings are made of.
const WORDS: &[&[u8]] = &[
    b"null",
    b"true",
    b"[]",
    b"{}",
    b"\"\"",
    b"\"0\"",
    b"\"0.00000000\"",
    b"\"0.00000001\"",
    b"\"61837.63000000\"",
    b"\"99999999999\"",
    b"\"-1\"",
    b"\"1e5\"",
    b"\"btcusdt@trade\"",
    b"\"btcusdt@bookTicker\"",
    b"\"btcusdt@depth@100ms\"",
    b"\"btcusdt@kline_1m\"",
    b"\"BTCUSDT\"",
    b"\"ETHBTC\"",
    b"\"ss\\u00df\"",
    b"\"stream\"",
    b"\"data\"",
    b"\"lastUpdateId\"",
    b"[[\"1\",\"2\"]]",
    b"\xff",
    b"\n",
    b" ",
    b"\x1f\x8b\x08",
];

#[test]
fn replay() {
    Target {
        name: "replay",
        seeds: excerpt(),
        pieces: &[pieces::of_json, pieces::of_lines],
        words: WORDS,
        check: replay::check,
    }
    .run();
    if let Some(kib) = resident_kib_peak() {
        assert!(kib <= RESIDENT_KIB_MAX, "{kib} KiB were in use; expected at most {RESIDENT_KIB_MAX}");
    }
}

/// Parts of the excerpt of a real recording, the short lines of it.
fn excerpt() -> Vec<Vec<u8>> {
    let mut text = String::new();
    GzDecoder::new(&include_bytes!("../data/btcusdt_excerpt.gz")[..]).read_to_string(&mut text).unwrap();
    let lines: Vec<&str> = text.split_inclusive('\n').filter(|line| line.len() < 1_000).take(120).collect();
    lines.chunks(12).map(|part| part.concat().into_bytes()).collect()
}

/// Where the system tells: Linux.
fn resident_kib_peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}
