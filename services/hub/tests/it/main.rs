//! Tests of the hub and the fan-out together.

mod bench;
mod fanout;
mod model;
