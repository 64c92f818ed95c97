//! The gateway from outside: real servers on free ports, real sockets, real processes.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod admin;
mod api;
mod commands;
mod connections;
mod dashboard;
mod drain;
mod encodings;
mod errors;
mod failover;
mod hostile;
mod limits;
mod market;
mod replay;
mod replicas;
mod requests;
mod server;
mod slow;
mod sse;

/// The binary of this build.
const TICKWIRE: &str = env!("CARGO_BIN_EXE_tickwire");

/// Three instruments and few events: a server in a debug build is at the present in a moment.
const MARKET: &str = r#"
[market]
seed = 7
events_per_second = 200

[[market.instruments]]
symbol = "BTC-USDT"
kind = "crypto"
tick_size = "0.1"
lot_size = "0.00001"
price = "64000"
activity = 4.0

[[market.instruments]]
symbol = "ETH-USDT"
kind = "crypto"
tick_size = "0.01"
lot_size = "0.0001"
price = "3100"
activity = 2.0

[[market.instruments]]
symbol = "AAPL-USD"
kind = "equity"
tick_size = "0.01"
lot_size = "1"
price = "190"
"#;

/// Evenly spaced updates: nothing to catch up with.
const METRONOME: &[(&str, &str)] = &[
    ("TICKWIRE_FEED__KIND", "metronome"),
    ("TICKWIRE_FEED__METRONOME__SYMBOLS", "4"),
    ("TICKWIRE_FEED__METRONOME__UPDATES_PER_SECOND", "200"),
    ("TICKWIRE_FEED__METRONOME__BOOK", "true"),
    // What is remembered is encoded at the start, which takes long without optimisation.
    ("TICKWIRE_STREAM__REPLAY_MS", "2000"),
];
