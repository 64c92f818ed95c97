//! The real gateway, with what is quick to start.

use std::net::SocketAddr;

use testkit::Process;

use crate::nginx::path_from;

/// Evenly spaced updates: nothing to catch up with.
const METRONOME: &[(&str, &str)] = &[
    ("TICKWIRE_FEED__KIND", "metronome"),
    ("TICKWIRE_FEED__METRONOME__SYMBOLS", "4"),
    ("TICKWIRE_FEED__METRONOME__UPDATES_PER_SECOND", "200"),
    ("TICKWIRE_STREAM__REPLAY_MS", "2000"),
];

/// On a free port.
pub(crate) async fn gateway(settings: &[(&str, &str)]) -> Process {
    gateway_at("127.0.0.1:0".parse().unwrap(), settings).await
}

pub(crate) async fn gateway_at(address: SocketAddr, settings: &[(&str, &str)]) -> Process {
    let settings = [METRONOME, settings].concat();
    Process::serve_at(&address.to_string(), &path_from("XTASK_GATEWAY"), &[], &settings).await
}
