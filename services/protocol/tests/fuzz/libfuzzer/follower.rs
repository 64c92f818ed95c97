#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../follower.rs"]
mod follower;
#[allow(dead_code, reason = "its check is another target")]
#[path = "../frames.rs"]
mod frames;

fuzz_target!(|lines: &[u8]| drop(follower::check(lines)));
