#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../replay.rs"]
mod replay;

fuzz_target!(|bytes: &[u8]| drop(replay::check(bytes)));
