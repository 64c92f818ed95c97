//! Clients that prove what they get, for `loadgen verify` and for the tests of the gateway.

pub mod verify;
