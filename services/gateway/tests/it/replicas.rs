//! Several processes make the same market.

use std::collections::BTreeMap;

use protocol::{Event, Payload};
use testkit::{Process, Scratch, TestClient};

use crate::{MARKET, TICKWIRE};

const STREAMS: &str =
    "?subscribe=ticker:*,bbo:*,trades:*,book:*,book:10:*,candles:1s:*,candles:1m:*,stats:*,status:*";
const SECOND: u64 = 1_000_000;

type Key = (String, String, u64);

/// What a client heard.
#[derive(Default)]
struct Heard {
    events: BTreeMap<Key, Event<'static>>,
    snapshots: BTreeMap<(String, String), u64>,
    until: u64,
}

impl Heard {
    fn add(&mut self, events: Vec<Event<'static>>) {
        for event in events {
            let (channel, symbol) = (event.ch.to_string(), event.sym.to_string());
            self.until = self.until.max(event.ts);
            if event.snapshot {
                self.snapshots.insert((channel, symbol), event.seq);
            } else {
                assert_eq!(event.conflated, 0, "the test's client is too slow");
                self.events.insert((channel, symbol, event.seq), event);
            }
        }
    }

    /// Reads on until market time has come to `until`.
    async fn listen(&mut self, client: &mut TestClient, until: u64) {
        while self.until < until {
            let events = client.next_events().await;
            self.add(events);
        }
    }
}

async fn replica(config: &str, seed: &str) -> Process {
    Process::serve(TICKWIRE, &["--config", config, "--speed", "5", "--seed", seed], &[]).await
}

/// Statistics over 24 hours reach back into the modelled past, which each process makes exact in its own time, and
/// says so: of those only what is of now is compared.
fn comparable(event: &Event<'static>) -> Event<'static> {
    let mut event = event.clone();
    if let Payload::Stats(stats) = &mut event.payload
        && stats.modelled
    {
        (stats.open, stats.high, stats.low) = (stats.last, stats.last, stats.last);
        (stats.change, stats.change_percent) = (stats.last, stats.last);
        (stats.volume, stats.quote_volume, stats.trades) = (stats.last, stats.last, 0);
        stats.modelled = false;
    }
    event
}

#[tokio::test]
async fn two_processes_tell_the_same() {
    let scratch = Scratch::new();
    let config = scratch.write("market.toml", MARKET);
    let old = replica(&config, "7").await;
    let mut old_client = TestClient::connect(old.address, STREAMS).await;
    let mut old_heard = Heard::default();
    old_heard.add(old_client.next_events().await);
    let started = old_heard.until;
    old_heard.listen(&mut old_client, started + 10 * SECOND).await;

    let young = old_client.reading_until(replica(&config, "7")).await;
    let mut young_client = old_client.reading_until(TestClient::connect(young.address, STREAMS)).await;
    let mut young_heard = Heard::default();
    young_heard.add(old_client.reading_until(young_client.next_events()).await);
    let until = young_heard.until + 20 * SECOND;
    tokio::join!(
        old_heard.listen(&mut old_client, until + SECOND),
        young_heard.listen(&mut young_client, until + SECOND)
    );
    old_client.assert_whole();
    young_client.assert_whole();

    assert_eq!(old_client.hello.epoch, young_client.hello.epoch);
    let shared = |heard: &Heard| -> BTreeMap<Key, Event<'static>> {
        let since = |key: &Key| young_heard.snapshots.get(&(key.0.clone(), key.1.clone())).copied();
        heard
            .events
            .iter()
            .filter(|(key, event)| event.ts < until && since(key).is_some_and(|seq| key.2 > seq))
            .map(|(key, event)| (key.clone(), comparable(event)))
            .collect()
    };
    let (old_shared, young_shared) = (shared(&old_heard), shared(&young_heard));
    for channel in ["ticker", "bbo", "trades", "book", "book:10", "candles:1s", "candles:1m", "stats"] {
        let events = young_shared.keys().filter(|key| key.0 == channel && key.1 == "BTC-USDT").count();
        assert!(events > 5, "{channel}: {events} events to compare");
    }
    for (key, event) in &young_shared {
        assert_eq!(old_shared.get(key), Some(event), "{key:?}");
    }
    assert_eq!(old_shared.len(), young_shared.len());
}

#[tokio::test]
async fn another_seed_is_another_epoch() {
    let scratch = Scratch::new();
    let config = scratch.write("market.toml", MARKET);
    let first = replica(&config, "7").await;
    let second = replica(&config, "8").await;
    let epochs =
        [TestClient::connect(first.address, "").await, TestClient::connect(second.address, "").await]
            .map(|client| client.hello.epoch);
    assert_ne!(epochs[0], epochs[1]);
}
