//! The private port.

use std::time::Duration;

use protocol::ServerMessage;
use testkit::{Process, eventually, get};

use crate::server::TestServer;
use crate::{METRONOME, TICKWIRE};

const METRICS: [&str; 12] = [
    "tickwire_clients",
    "tickwire_market_events_total",
    "tickwire_stream_events_total",
    "tickwire_delivered_events_total",
    "tickwire_delivered_bytes_total",
    "tickwire_writes_total",
    "tickwire_conflated_events_total",
    "tickwire_skipped_trades_total",
    "tickwire_refused_requests_total",
    "tickwire_slow_closes_total",
    "tickwire_snapshots_total",
    "# TYPE",
];

#[tokio::test]
async fn metrics_are_private() {
    let process = Process::serve(TICKWIRE, &[], METRONOME).await;
    let page = eventually("all metrics", async || {
        let answer = get(process.admin_address, "/metrics").await;
        assert!(answer.header("content-type").starts_with("text/plain; version=0.0.4"), "{answer:?}");
        let page = answer.text();
        METRICS.iter().all(|name| page.contains(name)).then_some(page)
    });
    page.await;
    for path in ["/live", "/ready"] {
        assert_eq!(get(process.admin_address, path).await.status, 200, "{path}");
    }
    for path in ["/live", "/ready", "/metrics"] {
        assert_eq!(get(process.address, path).await.error(), (404, "not_found".into()), "{path}");
    }
    assert_eq!(get(process.admin_address, "/ws").await.status, 404);
}

/// `/live` must hold to the end: a server that drains is not to be killed.
#[tokio::test]
async fn a_draining_server_is_alive_and_not_ready() {
    let settings = [("TICKWIRE_DRAIN__PAUSE_MS", "500"), ("TICKWIRE_DRAIN__SPREAD_MS", "2000")];
    let server = TestServer::metronome(&settings).await;
    let (address, admin_address) = (server.address, server.admin_address);
    let mut client = server.connect("?subscribe=ticker:*").await;
    let end = server.shut_down();
    let unready =
        eventually("not ready", async || (get(admin_address, "/ready").await.status == 503).then_some(()));
    client.reading_until(unready).await;
    assert_eq!(get(admin_address, "/live").await.status, 200);
    let refused = client.reading_until(get(address, "/api/v1/stream?subscribe=ticker:*")).await;
    assert_eq!(refused.error(), (503, "unavailable".into()));
    client.next_control("draining", |message| matches!(message, ServerMessage::Draining { .. })).await;
    assert_eq!(get(admin_address, "/live").await.status, 200, "while clients are sent away");
    assert_eq!(get(admin_address, "/ready").await.status, 503);
    // Events flow to the last.
    client.next_events().await;
    assert_eq!(client.closed().await.0, 1012);
    client.assert_whole();
    tokio::time::timeout(Duration::from_secs(20), end).await.unwrap().unwrap();
}
