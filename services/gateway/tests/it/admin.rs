//! The private port.

use std::collections::BTreeSet;
use std::time::Duration;

use gateway::metrics::{ALL, Kind, Metric};
use protocol::ServerMessage;
use testkit::{Process, TestClient, eventually, get};

use crate::server::TestServer;
use crate::{METRONOME, TICKWIRE};

const PAGE: &str = include_str!("../../../../docs/metrics.md");
/// Who asks for metrics by name.
const ASKING: [(&str, &str); 3] = [
    ("rules.yaml", include_str!("../../../../infra/observability/rules.yaml")),
    ("rules-test.yaml", include_str!("../../../../infra/observability/rules-test.yaml")),
    ("dashboard.json", include_str!("../../../../infra/observability/dashboard.json")),
];

/// What the page for operators says, the code and a server that runs are the same.
#[tokio::test]
async fn metrics_are_documented_and_private() {
    let documented: Vec<(&str, &str)> = PAGE
        .lines()
        .filter_map(|line| line.strip_prefix("| `tickwire_")?.split_once("` | "))
        .filter_map(|(name, rest)| Some((name, rest.split_once(" |")?.0)))
        .filter(|(_, kind)| ["counter", "gauge", "histogram"].contains(kind))
        .collect();
    let kind = |metric: &Metric| format!("{:?}", metric.kind).to_lowercase();
    let known: Vec<(&str, String)> =
        ALL.iter().map(|metric| (&metric.name["tickwire_".len()..], kind(metric))).collect();
    let documented: Vec<(&str, String)> =
        documented.into_iter().map(|(name, kind)| (name, kind.to_owned())).collect();
    assert_eq!(documented, known);

    let process = Process::serve(TICKWIRE, &[], METRONOME).await;
    let mut client = TestClient::connect(process.address, "?subscribe=ticker:*").await;
    let missing = |page: &str| {
        let is_missing =
            |metric: &&Metric| !page.contains(&format!("# TYPE {} {}\n", metric.name, kind(metric)));
        ALL.iter().filter(is_missing).map(|metric| metric.name).collect::<Vec<_>>()
    };
    let all = eventually("all metrics", async || {
        let answer = get(process.admin_address, "/metrics").await;
        assert!(answer.header("content-type").starts_with("text/plain; version=0.0.4"), "{answer:?}");
        let missing = missing(&answer.text());
        missing.is_empty().then_some(())
    });
    client.reading_until(all).await;
    let page = client.reading_until(get(process.admin_address, "/metrics")).await.text();
    for line in page.lines().filter_map(|line| line.strip_prefix("# TYPE ")) {
        let name = line.split(' ').next().unwrap();
        assert!(ALL.iter().any(|metric| metric.name == name), "{name} is in no table");
        assert!(page.contains(&format!("# HELP {name} ")), "{name} has no help");
    }
    for path in ["/live", "/ready"] {
        assert_eq!(get(process.admin_address, path).await.status, 200, "{path}");
    }
    for path in ["/live", "/ready", "/metrics"] {
        assert_eq!(get(process.address, path).await.error(), (404, "not_found".into()), "{path}");
    }
    assert_eq!(get(process.admin_address, "/ws").await.status, 404);
}

/// A dashboard or an alert that asks for a metric of another name shows nothing, and nobody notices.
#[test]
fn the_dashboard_and_the_rules_ask_for_metrics_that_exist() {
    let exists = |name: &str| {
        ALL.iter().any(|metric| {
            let parts: &[&str] =
                if metric.kind == Kind::Histogram { &["_bucket", "_sum", "_count"] } else { &[""] };
            parts.iter().any(|part| name.strip_suffix(part) == Some(metric.name))
        })
    };
    for (file, text) in ASKING {
        let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == ':'));
        let names: BTreeSet<&str> = words.filter(|word| word.starts_with("tickwire_")).collect();
        assert!(names.len() > 10, "{file} asks for {names:?} only");
        let unknown: Vec<_> = names.into_iter().filter(|name| !exists(name)).collect();
        assert!(unknown.is_empty(), "{file} asks for {unknown:?}");
    }
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
