#![no_main]

use libfuzzer_sys::fuzz_target;
use protocol::Encoding;

#[path = "../frames.rs"]
mod frames;

fuzz_target!(|frame: &[u8]| drop(frames::check(Encoding::Json, frame)));
