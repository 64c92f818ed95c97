//! What a run is to be.

use protocol::{Encoding, StreamPattern};

use super::faults::FaultRates;

/// What a run is to be.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where the servers are: `ws://HOST:PORT/ws`. Client n begins with number n modulo their number, and goes on to the
    /// next whenever a connection ends.
    pub addresses: Vec<String>,
    /// How many clients.
    pub clients: usize,
    /// On how many threads.
    pub threads: usize,
    /// What each client subscribes; `None` for a random mix.
    pub streams: Option<Vec<StreamPattern>>,
    /// Client n takes number n modulo their number.
    pub encodings: Vec<Encoding>,
    /// Chooses mixes, faults and pauses.
    pub seed: u64,
    /// Which faults clients make; `None` for none.
    pub faults: Option<FaultRates>,
}
