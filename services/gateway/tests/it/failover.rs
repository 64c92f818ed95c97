//! A gateway dies, or is asked to go: its clients go on at the other where they had stopped, and nothing is lost.

use loadgen::verify::{Fleet, Report, Seen, Settings};
use protocol::Encoding;
use testkit::{Process, Scratch, eventually};

use crate::{MARKET, TICKWIRE};

const CLIENTS: usize = 200;
/// Channels of which something comes all the time.
const CHANNELS: [&str; 4] = ["ticker:*", "trades:*", "book:*", "candles:1s:*"];
const SYMBOLS: usize = 3;
/// Two builds without optimisation must keep up with 200 clients.
const SETTINGS: &[(&str, &str)] = &[
    ("TICKWIRE_MARKET__EVENTS_PER_SECOND", "30"),
    ("TICKWIRE_DRAIN__PAUSE_MS", "0"),
    ("TICKWIRE_DRAIN__SPREAD_MS", "1000"),
];

/// Clients of two gateways of one seed, and the one of them that stays.
struct Scene {
    fleet: Fleet,
    _stays: Process,
}

/// The numbers of the gateways among the addresses.
const LEAVES: usize = 0;
const STAYS: usize = 1;

impl Scene {
    /// Everybody is connected, and has all snapshots and more. The other gateway is handed out.
    async fn set() -> (Self, Process) {
        let scratch = Scratch::new();
        let config = scratch.write("market.toml", MARKET);
        let arguments = ["--config", &config];
        let gateway = || Process::serve(TICKWIRE, &arguments, SETTINGS);
        let (leaves, stays) = tokio::join!(gateway(), gateway());
        let settings = Settings {
            addresses: [&leaves, &stays].map(|gateway| format!("ws://{}/ws", gateway.address)).into(),
            clients: CLIENTS,
            threads: 1,
            streams: Some(CHANNELS.map(|pattern| pattern.parse().unwrap()).into()),
            encodings: Encoding::ALL.into(),
            seed: 7,
            faults: None,
        };
        let fleet = Fleet::start(settings).await.unwrap();
        let scene = Self { fleet, _stays: stays };
        let snapshots = (CHANNELS.len() * SYMBOLS) as u64;
        scene.everyone("more than snapshots", |_, client| client.deliveries > 2 * snapshots).await;
        let homes = scene.fleet.clients();
        assert!(homes.iter().enumerate().all(|(number, seen)| seen.address == Some(number % 2)), "{homes:?}");
        (scene, leaves)
    }

    /// Waits until something is true of every client.
    async fn everyone(&self, what: &str, is: impl Fn(usize, &Seen) -> bool) {
        eventually(what, async || {
            assert!(self.fleet.failure().is_none(), "{}", self.fleet.failure().unwrap());
            let clients = self.fleet.clients();
            clients.iter().enumerate().all(|(number, client)| is(number, client)).then_some(())
        })
        .await;
    }

    /// Waits until everybody is with the one that stays and has got more there.
    async fn everyone_goes_on(&self) {
        self.everyone("all are with the other one", |number, client| {
            client.address == Some(STAYS) && client.resumes == u64::from(number % 2 == LEAVES)
        })
        .await;
        let then = self.fleet.clients();
        self.everyone("more events", |number, client| client.deliveries > then[number].deliveries + 10).await;
    }
}

/// Nothing was lost, nothing started anew, and nobody who could stay moved.
async fn assert_unbroken(fleet: Fleet) -> Report {
    let (report, failure) = fleet.settle().await;
    assert!(failure.is_none(), "{}", failure.unwrap());
    let figures = &report.figures;
    assert_eq!(report.silent_losses, 0);
    assert_eq!((figures.reconnects, figures.resumes), (CLIENTS as u64 / 2, CLIENTS as u64 / 2));
    assert_eq!(figures.resumed_without_gap(), figures.resumes);
    assert!(figures.discontinuities.is_empty(), "{:?}", figures.discontinuities);
    assert_eq!(figures.snapshots, (CLIENTS * CHANNELS.len() * SYMBOLS) as u64);
    assert!(figures.compared > figures.deliveries / 2, "{figures:?}");
    report
}

#[tokio::test]
async fn clients_of_a_killed_gateway_resume_at_another_without_a_gap() {
    let (scene, leaves) = Scene::set().await;
    leaves.kill().await;
    scene.everyone_goes_on().await;
    let report = assert_unbroken(scene.fleet).await;
    assert_eq!(report.figures.drains, 0);
}

#[tokio::test]
async fn clients_of_a_draining_gateway_resume_at_another_without_a_gap() {
    let (scene, leaves) = Scene::set().await;
    leaves.terminate().await;
    scene.everyone_goes_on().await;
    let ended = leaves.ended().await;
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let report = assert_unbroken(scene.fleet).await;
    assert_eq!(report.figures.drains, CLIENTS as u64 / 2);
}
