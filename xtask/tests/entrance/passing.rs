//! What is passed on: WebSockets and event streams for as long as they live, REST, and who asked.

use std::time::{Duration, Instant};

use serde_json::Value;
use testkit::{Connection, Door, TestClient, eventually, exchange, get, request};

use crate::gateway::{gateway, gateway_at};
use crate::nginx::{Nginx, free_address};

const ONE_SECOND: (&str, &str) = ("ENTRANCE_IDLE_SECONDS", "1");

#[tokio::test]
async fn a_websocket_outlives_the_idle_timeout() {
    let gateway = gateway(&[("TICKWIRE_STREAM__HEARTBEAT_MS", "300")]).await;
    let entrance = Nginx::before(gateway.address, &[ONE_SECOND]).await;
    // One that gets events all the time, and one that gets nothing but heartbeats.
    let mut busy = TestClient::connect(entrance.address, "?subscribe=ticker:*,bbo:*").await;
    let mut quiet = TestClient::connect(entrance.address, "?subscribe=status:*").await;
    let started = Instant::now();
    while started.elapsed() < Duration::from_millis(3_500) {
        busy.next_events().await;
        quiet.next_control("a heartbeat", |_| true).await;
    }
    busy.assert_whole();
    busy.close().await;
    quiet.close().await;
}

/// The timeout is in force: who hears nothing is cut off. So the backend's heartbeats must come more often.
#[tokio::test]
async fn a_silent_websocket_is_ended() {
    let gateway = gateway(&[("TICKWIRE_STREAM__HEARTBEAT_MS", "60000")]).await;
    let entrance = Nginx::before(gateway.address, &[ONE_SECOND]).await;
    let mut client = TestClient::connect(entrance.address, "?subscribe=status:*").await;
    let started = Instant::now();
    assert_eq!(client.closed().await.0, 1006, "Nginx says no goodbye");
    assert!((0.5..10.0).contains(&started.elapsed().as_secs_f64()), "{:?}", started.elapsed());
}

#[tokio::test]
async fn an_event_stream_is_not_held_back() {
    let gateway = gateway(&[("TICKWIRE_STREAM__HEARTBEAT_MS", "300")]).await;
    let entrance = Nginx::before(gateway.address, &[ONE_SECOND]).await;
    let mut stream = Connection::open(entrance.address).await;
    stream
        .send("GET /api/v1/stream?subscribe=ticker:* HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n\r\n")
        .await;
    let head = stream.answer().await;
    assert_eq!((head.status, head.header("content-encoding")), (200, ""));
    assert_eq!(head.header("content-type"), "text/event-stream");
    assert_eq!(head.header("cache-control"), "no-store");
    let started = Instant::now();
    while started.elapsed() < Duration::from_millis(2_500) {
        stream.heard("\"ch\":\"ticker\"").await;
    }
}

#[tokio::test]
async fn rest_is_passed_on_and_compressed() {
    let gateway = gateway(&[("TICKWIRE_FEED__METRONOME__SYMBOLS", "50")]).await;
    let entrance = Nginx::before(gateway.address, &[]).await;
    let path = "/api/v1/instruments";
    let (direct, passed) = (get(gateway.address, path).await, get(entrance.address, path).await);
    assert_eq!((direct.status, passed.status), (200, 200));
    assert_eq!(passed.header("content-type"), "application/json");
    assert_eq!((passed.header("cache-control"), passed.header("x-content-type-options")), ("", "nosniff"));
    let passed = request(entrance.address, path, "Accept-Encoding: gzip\r\n").await;
    assert_eq!((passed.status, passed.header("content-encoding")), (200, "gzip"));
    assert_eq!(get(entrance.address, "/api/v1/none").await.error(), (404, "not_found".into()));
    let unknown = "/api/v1/candles?symbol=NONE&interval=1s";
    assert_eq!(get(entrance.address, unknown).await.error(), get(gateway.address, unknown).await.error());
}

/// The gateway compares the page's origin with the host that was asked: the entrance must not change it.
#[tokio::test]
async fn the_host_is_passed_on() {
    let gateway = gateway(&[]).await;
    let entrance = Nginx::before(gateway.address, &[]).await;
    let own = format!("http://{}", entrance.address);
    let from = |origin| async move {
        let headers = [("origin", origin)];
        let door = Door { headers: &headers, ..Door::default() };
        TestClient::open(entrance.address, &door).await.map(drop).map_err(|refused| refused.status)
    };
    assert_eq!(from(own.as_str()).await, Ok(()));
}

#[tokio::test]
async fn foreign_pages_are_refused() {
    let gateway = gateway(&[]).await;
    let entrance = Nginx::before(gateway.address, &[]).await;
    let headers = [("origin", "https://evil.example")];
    let refused = TestClient::open(entrance.address, &Door { headers: &headers, ..Door::default() }).await;
    assert_eq!(refused.unwrap_err().status, 403);
}

/// The page is served all the time, what needs the backend says so, and nothing has to be reloaded.
#[tokio::test]
async fn a_restarted_backend_is_found_again() {
    let address = free_address();
    let entrance = Nginx::before(address, &[]).await;
    for round in 0..2 {
        assert_eq!(get(entrance.address, "/healthz").await.text(), "ok\n", "{round}");
        let path = "/api/v1/instruments";
        assert_eq!(get(entrance.address, path).await.error(), (503, "unavailable".into()), "{round}");
        let handshake = "GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
        let refused = exchange(entrance.address, handshake).await;
        assert_eq!(refused.error(), (503, "unavailable".into()), "{round}");
        let gateway = gateway_at(address, &[]).await;
        let mut client = TestClient::connect(entrance.address, "?subscribe=ticker:*").await;
        client.next_events().await;
        gateway.kill().await;
        assert_eq!(client.closed().await.0, 1006, "{round}");
        client.assert_whole();
    }
}

#[tokio::test]
async fn nothing_but_websockets_is_upgraded_to() {
    let gateway = gateway(&[]).await;
    let entrance = Nginx::before(gateway.address, &[]).await;
    for protocol in ["h2c", "websocket2", "TLS/1.0"] {
        let head = format!(
            "GET /api/v1/instruments HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, close\r\nUpgrade: {protocol}\r\n\r\n"
        );
        assert_eq!(exchange(entrance.address, &head).await.status, 200, "{protocol}");
    }
}

/// The admin port's pages are not the entrance's: these paths are pages of the application, or none.
#[tokio::test]
async fn the_private_port_is_not_reached() {
    let gateway = gateway(&[]).await;
    let site = testkit::Scratch::new();
    site.write("index.html", "the page");
    let entrance =
        Nginx::before(gateway.address, &[("ENTRANCE_DASHBOARD", site.path().to_str().unwrap())]).await;
    for path in ["/metrics", "/live", "/ready", "/api/../metrics", "/ws/../metrics", "/api/v1/../../metrics"]
    {
        let head = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        assert_eq!(exchange(entrance.address, &head).await.text(), "the page", "{path}");
    }
}

#[tokio::test]
async fn each_line_of_the_log_is_json() {
    let gateway = gateway(&[]).await;
    let entrance = Nginx::before(gateway.address, &[]).await;
    get(entrance.address, "/healthz").await;
    get(entrance.address, "/api/v1/instruments").await;
    request(entrance.address, "/?q=\"\\\u{1}", "User-Agent: \"quoted\" \\ \u{7f}\r\n").await;
    let lines = eventually("two lines", async || {
        let lines = entrance.access_log();
        (lines.len() >= 2).then_some(lines)
    })
    .await;
    let lines: Vec<Value> = lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines[0]["uri"], "/api/v1/instruments", "looks at its health are not logged");
    assert_eq!((&lines[0]["status"], &lines[0]["client"]), (&"200".into(), &"127.0.0.1".into()));
    assert_eq!(lines[0]["upstream"], gateway.address.to_string());
    assert!(lines[0]["seconds"].is_number() && lines[0]["bytes"].is_number(), "{}", lines[0]);
}
