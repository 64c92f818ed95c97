#![no_main]

use libfuzzer_sys::fuzz_target;
use protocol::Encoding;

#[path = "../requests.rs"]
mod requests;

fuzz_target!(|frame: &[u8]| drop(requests::check(Encoding::MessagePack, frame)));
