//! What a stranger sends to do harm, or to be taken for somebody else.

use testkit::{Connection, exchange, get};

use crate::gateway::gateway;
use crate::nginx::Nginx;

const STREAM: &str = "/api/v1/stream?subscribe=ticker:*";
const TWO: (&str, &str) = ("TICKWIRE_HTTP__CONNECTIONS_PER_ADDRESS_MAX", "2");
/// The gateway trusts the entrance.
const TRUST: (&str, &str) = ("TICKWIRE_HTTP__TRUSTED_PROXIES", "127.0.0.1");

#[tokio::test]
async fn what_is_too_large_is_refused() {
    let gateway = gateway(&[]).await;
    let entrance = Nginx::before(gateway.address, &[]).await;
    let long = "x".repeat(9_000);
    let body = "x".repeat(17_000);
    for (what, expected, head) in [
        (
            "a body",
            413,
            format!("GET /api/v1/ticker HTTP/1.1\r\nHost: x\r\nContent-Length: 17000\r\n\r\n{body}"),
        ),
        (
            "a body of the page",
            413,
            format!("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 17000\r\n\r\n{body}"),
        ),
        (
            "an announced body",
            413,
            "GET /ws HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n".into(),
        ),
        ("an address", 414, format!("GET /{long} HTTP/1.1\r\nHost: x\r\n\r\n")),
        ("a header", 400, format!("GET / HTTP/1.1\r\nHost: x\r\nX: {long}\r\n\r\n")),
        (
            "many headers",
            400,
            format!("GET / HTTP/1.1\r\nHost: x\r\n{}\r\n", "X: xxxxxxxx\r\n".repeat(4_000)),
        ),
    ] {
        assert_eq!(exchange(entrance.address, &head).await.status, expected, "{what}");
    }
    assert_eq!(get(entrance.address, "/api/v1/ticker").await.status, 200);
}

#[tokio::test]
async fn nonsense_is_refused() {
    let gateway = gateway(&[]).await;
    let entrance = Nginx::before(gateway.address, &[]).await;
    for head in [
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
        "GET /api/v1/ticker HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "GET /api/v1/ticker HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n",
        "nonsense\r\n\r\n",
    ] {
        let status = exchange(entrance.address, head).await.status;
        assert!([400, 501].contains(&status), "{head:?}: {status}");
    }
}

/// How many of these requests get a stream, each under what it says of its address.
async fn streams(entrance: &Nginx, headers: &[&str]) -> (usize, Vec<Connection>) {
    let mut open = Vec::new();
    for header in headers {
        let mut stream = Connection::open(entrance.address).await;
        stream.send(format!("GET {STREAM} HTTP/1.1\r\nHost: x\r\n{header}\r\n\r\n")).await;
        if stream.answer().await.status == 200 {
            open.push(stream);
        }
    }
    (open.len(), open)
}

/// All come from here, whatever they say: the third is one too many.
#[tokio::test]
async fn a_made_up_address_is_not_passed_on() {
    let gateway = gateway(&[TWO, TRUST]).await;
    let entrance = Nginx::before(gateway.address, &[]).await;
    let made_up = [
        "X-Forwarded-For: 192.0.2.1",
        "X-Forwarded-For: 192.0.2.2, 192.0.2.3",
        "X-Forwarded-For: 192.0.2.4\r\nX-Forwarded-For: 192.0.2.5",
        "Forwarded: for=192.0.2.6",
        "X-Real-IP: 192.0.2.7",
    ];
    assert_eq!(streams(&entrance, &made_up).await.0, 2);
}

/// Behind a proxy that is trusted, the last address that it says is who asks; what stands before it is made up.
#[tokio::test]
async fn an_address_that_a_trusted_proxy_says_is_passed_on() {
    let gateway = gateway(&[TWO, TRUST]).await;
    let entrance =
        Nginx::before(gateway.address, &[("ENTRANCE_TRUSTED_PROXIES", "127.0.0.0/8, 10.0.0.0/8")]).await;
    let said = [
        "X-Forwarded-For: 192.0.2.1",
        "X-Forwarded-For: 203.0.113.1, 192.0.2.1",
        "X-Forwarded-For: 203.0.113.2, 192.0.2.1, 10.1.2.3",
        "X-Forwarded-For: 192.0.2.2",
    ];
    let (open, streams) = streams(&entrance, &said).await;
    assert_eq!(open, 3, "two of 192.0.2.1 and one of 192.0.2.2");
    drop(streams);
    let lines = testkit::eventually("the log", async || {
        let lines = entrance.access_log();
        (lines.len() == said.len()).then_some(lines)
    })
    .await;
    let of = |client| lines.iter().filter(|line| line.contains(&format!("\"client\":\"{client}\""))).count();
    assert_eq!((of("192.0.2.1"), of("192.0.2.2")), (3, 1), "{lines:?}");
}
