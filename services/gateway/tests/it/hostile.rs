//! Hundreds of kinds of malformed input thrown at a real process, while well-behaved clients go on as if nothing were.

mod attack;
mod bytes;
mod frames;
mod handshakes;
mod requests;
mod witness;

use std::time::Duration;

use testkit::{Process, eventually};
use tokio::task::JoinSet;

use self::attack::Case;
use self::witness::Witnesses;
use crate::{METRONOME, TICKWIRE};

/// Hostile connections at a time.
const AT_ONCE: usize = 16;
/// What all of them may cost the process for good, in bytes.
const GROWTH_MAX: u64 = 64 << 20;
/// How late half of the events may be for the others: the machine is busy, and nothing is optimised.
const LATENCY_MAX: Duration = Duration::from_secs(1);

/// Little time for a handshake, and few requests, so that a slow machine takes a flood for one, too.
const SETTINGS: &[(&str, &str)] = &[
    ("TICKWIRE_STREAM__SHARDS", "2"),
    ("TICKWIRE_LIMITS__HANDSHAKE_MS_MAX", "1000"),
    ("TICKWIRE_LIMITS__REQUESTS_PER_SECOND", "4"),
];

#[tokio::test]
async fn malformed_input_ends_as_documented_and_harms_nobody() {
    let process = Process::serve(TICKWIRE, &[], &[METRONOME, SETTINGS].concat()).await;
    let witnesses = Witnesses::connect(process.address).await;
    let before = process.resident_bytes();
    let cases = [frames::cases(), handshakes::cases(process.address), requests::cases()].concat();
    assert!(cases.len() > 500, "{} cases", cases.len());
    let wrong = run(&process, cases).await;
    assert!(wrong.is_empty(), "{} ended otherwise:\n{}", wrong.len(), wrong.join("\n"));
    eventually("only the good ones are left", async || {
        let clients = process.metric("tickwire_clients").await;
        ((clients - witnesses.count()).abs() < 0.5).then_some(())
    })
    .await;
    let latency = witnesses.leave().await;
    assert!(latency < LATENCY_MAX, "half of the events were {latency:?} late");
    let grown = process.resident_bytes().saturating_sub(before);
    assert!(grown < GROWTH_MAX, "{grown} bytes more");
    assert!(!process.log().contains("panicked"), "{}", process.log());
}

/// Runs all cases, and tells which ended otherwise than they should.
async fn run(process: &Process, cases: Vec<Case>) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut attacks = JoinSet::new();
    for case in cases {
        if attacks.len() == AT_ONCE {
            wrong.extend(attacks.join_next().await.and_then(Result::unwrap));
        }
        attacks.spawn(attack::run(process.address, case));
    }
    wrong.extend(attacks.join_all().await.into_iter().flatten());
    wrong
}
