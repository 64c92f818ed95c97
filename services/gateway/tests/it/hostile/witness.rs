//! Clients that behave: what they get must stay whole and in time.

use std::net::SocketAddr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use protocol::Channel;
use testkit::{TestClient, within};
use tokio::sync::watch;
use tokio::task::JoinHandle;

const QUERIES: [&str; 4] = [
    "?subscribe=ticker:*,book:*",
    "?subscribe=trades:*,bbo:*",
    "?subscribe=book:10:*",
    "?subscribe=ticker:*",
];

pub(super) struct Witnesses {
    tasks: Vec<JoinHandle<Vec<u64>>>,
    over: watch::Sender<bool>,
}

impl Witnesses {
    pub(super) async fn connect(address: SocketAddr) -> Self {
        let (over, is_over) = watch::channel(false);
        let mut tasks = Vec::new();
        for query in QUERIES {
            let mut client = TestClient::connect(address, query).await;
            client.next_events().await;
            tasks.push(tokio::spawn(watch_streams(client, is_over.clone())));
        }
        Self { tasks, over }
    }

    #[allow(clippy::cast_precision_loss, reason = "a handful")]
    pub(super) fn count(&self) -> f64 {
        self.tasks.len() as f64
    }

    /// Checks that each had every event, and tells how late half of them were.
    pub(super) async fn leave(self) -> Duration {
        self.over.send_replace(true);
        let mut lags = Vec::new();
        for task in self.tasks {
            lags.extend(within("a witness", task).await.unwrap());
        }
        lags.sort_unstable();
        Duration::from_micros(lags[lags.len() / 2])
    }
}

/// Reads until it is over. Gives how late events were, in microseconds: both ends have the same clock.
async fn watch_streams(mut client: TestClient, is_over: watch::Receiver<bool>) -> Vec<u64> {
    let mut lags = Vec::new();
    while !*is_over.borrow() {
        let event_ts = client.next_events().await.last().unwrap().ts;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_micros();
        lags.push(u64::try_from(now).unwrap().saturating_sub(event_ts));
    }
    client.assert_whole();
    for (name, followed) in client.follower.streams() {
        assert_eq!((followed.snapshots, followed.skipped), (1, 0), "{name:?}");
        assert!(!matches!(name.channel, Channel::Book(_)) || followed.verified > 0, "{name:?}");
    }
    client.close().await;
    lags
}
