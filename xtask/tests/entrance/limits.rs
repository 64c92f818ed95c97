//! What one address may take, said by the entrance in the backend's words.

use testkit::{Door, EventStream, TestClient, eventually, get};

use crate::gateway::gateway;
use crate::nginx::Nginx;

#[tokio::test]
async fn streams_of_an_address_are_limited() {
    let gateway = gateway(&[]).await;
    let entrance = Nginx::before(gateway.address, &[("ENTRANCE_STREAMS_PER_ADDRESS", "2")]).await;
    let socket = TestClient::connect(entrance.address, "?subscribe=ticker:*").await;
    let _stream = EventStream::open(entrance.address, "ticker:*").await;
    let refused = TestClient::open(entrance.address, &Door::default()).await.unwrap_err();
    assert_eq!((refused.status, refused.body["code"].as_str()), (503, Some("too_many_connections")));
    let refused = get(entrance.address, "/api/v1/stream?subscribe=ticker:*").await;
    assert_eq!(refused.error(), (503, "too_many_connections".into()));
    assert_eq!(
        get(entrance.address, "/api/v1/ticker").await.status,
        200,
        "a plain question is another matter"
    );
    assert!(entrance.access_log().iter().any(|line| line.contains(r#""limited":"PASSEDREJECTED""#)));
    socket.close().await;
    eventually("a place", async || TestClient::open(entrance.address, &Door::default()).await.ok()).await;
}

#[tokio::test]
async fn requests_of_an_address_are_limited() {
    let gateway = gateway(&[]).await;
    let settings = [("ENTRANCE_REQUESTS_PER_SECOND", "1"), ("ENTRANCE_REQUESTS_BURST", "3")];
    let entrance = Nginx::before(gateway.address, &settings).await;
    let mut statuses = Vec::new();
    for _ in 0..10 {
        statuses.push(get(entrance.address, "/api/v1/instruments").await.status);
    }
    assert!(statuses.starts_with(&[200, 200, 200, 200]), "{statuses:?}");
    assert!(statuses.contains(&429), "{statuses:?}");
    let refused = get(entrance.address, "/api/v1/instruments").await;
    assert_eq!(refused.error(), (429, "too_many_requests".into()));
    assert_eq!(get(entrance.address, "/healthz").await.status, 200, "files are not counted");
}

/// `2001:db8::1` and `2001:db8::2` are one client: the last 64 bits are its own to choose.
#[tokio::test]
async fn an_ipv6_address_counts_with_its_network() {
    let gateway = gateway(&[]).await;
    let settings = [("ENTRANCE_TRUSTED_PROXIES", "127.0.0.1"), ("ENTRANCE_STREAMS_PER_ADDRESS", "1")];
    let entrance = Nginx::before(gateway.address, &settings).await;
    let mut open = Vec::new();
    for (client, expected) in [
        ("2001:db8::1", 101),
        ("2001:db8::ffff:1", 503),
        ("2001:db8:0:1:2:3:4:5", 101),
        ("2001:db8:0:1:ffff::", 503),
        ("2001:db8:0:2::1", 101),
        ("192.0.2.1", 101),
        ("192.0.2.2", 101),
        ("192.0.2.1", 503),
    ] {
        let headers = [("x-forwarded-for", client)];
        let opened = TestClient::open(entrance.address, &Door { headers: &headers, ..Door::default() }).await;
        let status = opened.map_or_else(
            |refused| refused.status,
            |client| {
                open.push(client);
                101
            },
        );
        assert_eq!(status, expected, "{client}");
    }
}
