//! The built dashboard from a directory.

use testkit::{Scratch, exchange, get, request};

use crate::server::TestServer;

async fn server(scratch: &Scratch) -> TestServer {
    scratch.write("site/index.html", "<!doctype html><title>Tickwire</title>");
    scratch.write("site/assets/app-1a2b.js", "export {};".repeat(100));
    scratch.write("site/assets/app-1a2b.js.br", "brotli");
    scratch.write("site/robots.txt", "User-agent: *");
    scratch.write("site/sw.js", "self;");
    scratch.write("site/manifest.webmanifest", "{}");
    scratch.write("site/icon-192.png", "PNG");
    scratch.write("secret.txt", "secret");
    let directory = scratch.path().join("site");
    TestServer::metronome(&[("TICKWIRE_HTTP__DASHBOARD", directory.to_str().unwrap())]).await
}

#[tokio::test]
async fn pages_and_assets_are_served() {
    let scratch = Scratch::new();
    let server = server(&scratch).await;
    for (path, kind, caching) in [
        ("/", "text/html", "no-cache"),
        ("/index.html", "text/html", "no-cache"),
        ("/symbol/BTC-USDT", "text/html", "no-cache"),
        ("/assets/app-none.js", "text/html", "no-cache"),
        ("/robots.txt", "text/plain", "no-cache"),
        ("/sw.js", "text/javascript", "no-cache"),
        ("/manifest.webmanifest", "application/manifest+json", "no-cache"),
        ("/icon-192.png", "image/png", "no-cache"),
        ("/assets/app-1a2b.js", "text/javascript", "public, max-age=31536000, immutable"),
    ] {
        let answer = get(server.address, path).await;
        assert_eq!((answer.status, answer.header("cache-control")), (200, caching), "{path}");
        assert!(answer.header("content-type").starts_with(kind), "{path}: {answer:?}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
        let policy = answer.header("content-security-policy");
        let installable = ["manifest-src 'self'", "worker-src 'self'"];
        for rule in
            installable.into_iter().chain(["script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"])
        {
            assert!(policy.contains(rule), "{path}: {policy}");
        }
    }
    assert!(get(server.address, "/symbol/BTC-USDT").await.text().contains("<title>Tickwire"));
    assert_eq!(get(server.address, "/api/v1/none").await.error(), (404, "not_found".into()));
}

#[tokio::test]
async fn precompressed_files_are_chosen() {
    let scratch = Scratch::new();
    let server = server(&scratch).await;
    let path = "/assets/app-1a2b.js";
    let answer = request(server.address, path, "Accept-Encoding: gzip, br\r\n").await;
    assert_eq!((answer.header("content-encoding"), answer.text().as_str()), ("br", "brotli"));
    assert!(answer.header("content-type").starts_with("text/javascript"));
    assert_eq!(answer.header("cache-control"), "public, max-age=31536000, immutable");
    let plain = get(server.address, path).await;
    assert_eq!((plain.header("content-encoding"), plain.body.len()), ("", 1_000));
}

#[tokio::test]
async fn nothing_outside_is_served() {
    let scratch = Scratch::new();
    let server = server(&scratch).await;
    for path in [
        "/../secret.txt",
        "/assets/../../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/assets/%2e%2e%2f%2e%2e%2fsecret.txt",
        "/%2e%2e%5csecret.txt",
        "//secret.txt",
        "/%00",
        "/assets",
    ] {
        let raw = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        let answer = exchange(server.address, &raw).await;
        assert!(!answer.text().contains("secret"), "{path}: {answer:?}");
    }
}
