//! Tests of the hub and the fan-out together.

#![allow(clippy::unwrap_used, reason = "a test that can't go on fails")]

mod bench;
mod fanout;
mod model;
mod rates;
mod resume;
