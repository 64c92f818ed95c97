//! The dashboard's files: which are kept and for how long, which twin is sent, under which headers.

use testkit::{Answer, Scratch, exchange, get, request};

use crate::gateway::gateway;
use crate::nginx::{Nginx, path_from};

const IMMUTABLE: &str = "public, max-age=31536000, immutable";

/// A dashboard of few bytes, whose twins say which they are.
fn site() -> Scratch {
    let site = Scratch::new();
    for (name, content) in [
        ("index.html", "<!doctype html><title>Tickwire</title>"),
        ("assets/app-1a2b.js", "plain"),
        ("assets/1a2b/dashboard_bg.wasm", "plain"),
        ("assets/style-1a2b.css", "plain"),
        ("assets/chart-1a2b.mjs", "plain"),
        ("sw.js", "plain"),
        ("manifest.webmanifest", "{}"),
        ("robots.txt", "User-agent: *"),
    ] {
        site.write(&format!("site/{name}"), content);
    }
    for name in ["index.html", "assets/app-1a2b.js", "assets/1a2b/dashboard_bg.wasm", "sw.js"] {
        site.write(&format!("site/{name}.br"), "brotli");
        site.write(&format!("site/{name}.gz"), "gzip");
    }
    site.write("secret.txt", "secret");
    site
}

async fn entrance(site: &Scratch, settings: &[(&str, &str)]) -> Nginx {
    let dashboard = site.path().join("site");
    Nginx::start(&[&[("ENTRANCE_DASHBOARD", dashboard.to_str().unwrap())], settings].concat()).await
}

fn check_security(path: &str, answer: &Answer) {
    for (name, expected) in [
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
        ("strict-transport-security", ""),
    ] {
        assert_eq!(answer.header(name), expected, "{path}: {name}");
    }
    let policy = answer.header("content-security-policy");
    for rule in ["default-src 'none'", "script-src 'self' 'wasm-unsafe-eval';", "frame-ancestors 'none'"] {
        assert!(policy.contains(rule), "{path}: {policy}");
    }
    assert!(!policy.contains("'unsafe-"), "{path}: {policy}");
    let named: Vec<_> = answer.headers.iter().map(|(name, _)| name.as_str()).collect();
    for name in &named {
        assert_eq!(named.iter().filter(|other| *other == name).count(), 1, "{path}: {name} comes twice");
    }
    assert_eq!(answer.header("server"), "nginx", "{path}: the version is nobody's business");
}

#[tokio::test]
async fn pages_are_asked_for_anew_and_assets_are_kept() {
    let site = site();
    let entrance = entrance(&site, &[]).await;
    for (path, kind, caching) in [
        ("/", "text/html; charset=utf-8", "no-cache"),
        ("/index.html", "text/html; charset=utf-8", "no-cache"),
        ("/symbol/BTC-USDT", "text/html; charset=utf-8", "no-cache"),
        ("/?symbol=BTC-USDT", "text/html; charset=utf-8", "no-cache"),
        ("/robots.txt", "text/plain; charset=utf-8", "no-cache"),
        ("/sw.js", "text/javascript; charset=utf-8", "no-cache"),
        ("/manifest.webmanifest", "application/manifest+json", "no-cache"),
        ("/assets/app-1a2b.js", "text/javascript; charset=utf-8", IMMUTABLE),
        ("/assets/chart-1a2b.mjs", "text/javascript; charset=utf-8", IMMUTABLE),
        ("/assets/style-1a2b.css", "text/css; charset=utf-8", IMMUTABLE),
        ("/assets/1a2b/dashboard_bg.wasm", "application/wasm", IMMUTABLE),
    ] {
        let answer = get(entrance.address, path).await;
        let (found, kept) = (answer.header("content-type"), answer.header("cache-control"));
        assert_eq!((answer.status, found, kept), (200, kind, caching), "{path}");
        assert_eq!(answer.header("vary"), "Accept-Encoding", "{path}");
        check_security(path, &answer);
    }
    assert!(get(entrance.address, "/symbol/BTC-USDT").await.text().contains("<title>Tickwire"));
    let missing = get(entrance.address, "/assets/app-none.js").await;
    assert_eq!((missing.status, missing.header("cache-control")), (404, ""));
    check_security("a missing asset", &missing);
}

#[tokio::test]
async fn the_best_twin_that_the_client_takes_is_sent() {
    let site = site();
    let entrance = entrance(&site, &[]).await;
    for (accepted, encoding, body) in [
        ("", "", "plain"),
        ("gzip, deflate, br, zstd", "br", "brotli"),
        ("br;q=1.0, gzip;q=0.8", "br", "brotli"),
        ("gzip", "gzip", "gzip"),
        ("gzip, br;q=0", "gzip", "gzip"),
        ("br;q=0.0, gzip ; q=0", "", "plain"),
        ("br; q=0.01", "br", "brotli"),
        ("brotli, xgzip", "", "plain"),
        ("identity", "", "plain"),
    ] {
        let headers = format!("Accept-Encoding: {accepted}\r\n");
        for (path, kind) in [
            ("/assets/app-1a2b.js", "text/javascript; charset=utf-8"),
            ("/assets/1a2b/dashboard_bg.wasm", "application/wasm"),
        ] {
            let answer = request(entrance.address, path, &headers).await;
            let found = (answer.header("content-encoding"), answer.text());
            assert_eq!((found.0, found.1.as_str()), (encoding, body), "{path}: {accepted}");
            assert_eq!(answer.header("content-type"), kind, "{path}: {accepted}");
            assert_eq!(answer.header("cache-control"), IMMUTABLE, "{path}: {accepted}");
        }
        let page = request(entrance.address, "/symbol/BTC-USDT", &headers).await;
        assert_eq!((page.status, page.header("content-encoding")), (200, encoding), "{accepted}");
    }
    let without_twin = request(entrance.address, "/assets/style-1a2b.css", "Accept-Encoding: br\r\n").await;
    assert_eq!((without_twin.header("content-encoding"), without_twin.text().as_str()), ("", "plain"));
    for twin in ["/assets/app-1a2b.js.br", "/index.html.gz"] {
        assert_eq!(
            get(entrance.address, twin).await.status,
            404,
            "{twin}: by name it would not be understood"
        );
    }
}

#[tokio::test]
async fn what_has_not_changed_is_not_sent_again() {
    let site = site();
    let entrance = entrance(&site, &[]).await;
    for path in ["/", "/assets/app-1a2b.js"] {
        let tag = get(entrance.address, path).await.header("etag").to_owned();
        let again = request(entrance.address, path, &format!("If-None-Match: {tag}\r\n")).await;
        assert_eq!((again.status, again.body.len()), (304, 0), "{path}");
        let twin = request(entrance.address, path, "Accept-Encoding: br\r\n").await;
        assert_ne!(twin.header("etag"), tag, "{path}: a twin is another file");
    }
}

#[tokio::test]
async fn only_reading_is_served() {
    let site = site();
    let entrance = entrance(&site, &[]).await;
    for (method, path, expected) in
        [("HEAD", "/", 200), ("POST", "/", 405), ("PUT", "/assets/app-1a2b.js", 405), ("TRACE", "/", 405)]
    {
        let head = format!("{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        let answer = exchange_head(&entrance, &head).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {expected} ")), "{method} {path}: {answer}");
    }
}

async fn exchange_head(entrance: &Nginx, bytes: &str) -> String {
    let mut connection = testkit::Connection::open(entrance.address).await;
    connection.send(bytes).await;
    String::from_utf8_lossy(&connection.rest().await.unwrap_or_default()).into_owned()
}

#[tokio::test]
async fn strict_transport_security_is_sent_when_it_is_set() {
    let site = site();
    let value = "max-age=31536000; includeSubDomains";
    let entrance = entrance(&site, &[("ENTRANCE_HSTS", value)]).await;
    for path in ["/", "/assets/app-1a2b.js", "/healthz", "/assets/none"] {
        assert_eq!(get(entrance.address, path).await.header("strict-transport-security"), value, "{path}");
    }
}

#[tokio::test]
async fn nothing_outside_is_served() {
    let site = site();
    let entrance = entrance(&site, &[]).await;
    for path in [
        "/../secret.txt",
        "/assets/../../secret.txt",
        "/assets/../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/assets/%2e%2e%2f%2e%2e%2fsecret.txt",
        "/assets/..%2f..%2fsecret.txt",
        "/%2e%2e%5csecret.txt",
        "//secret.txt",
        "/assets//../../secret.txt",
        "/%00",
        "/assets",
        "/assets/",
        "/.git/config",
        "/nginx.conf",
    ] {
        let raw = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        let answer = exchange(entrance.address, &raw).await;
        assert!(!answer.text().contains("secret"), "{path}: {answer:?}");
        assert!([200, 301, 400, 403, 404].contains(&answer.status), "{path}: {answer:?}");
    }
}

/// The page of the gateway in development, and the same page behind Nginx: what breaks one breaks the other.
#[tokio::test]
async fn the_policies_are_those_of_development() {
    let dashboard = path_from("XTASK_DASHBOARD");
    let gateway = gateway(&[("TICKWIRE_HTTP__DASHBOARD", &dashboard)]).await;
    let entrance = Nginx::start(&[("ENTRANCE_DASHBOARD", &dashboard)]).await;
    let page = get(entrance.address, "/").await.text();
    let assets: Vec<_> = page.split('"').filter(|part| part.starts_with("/assets/")).collect();
    assert!(assets.len() > 3, "{page}");
    for path in [&["/", "/symbol/BTC-USDT", "/sw.js", "/manifest.webmanifest"], assets.as_slice()].concat() {
        for host in ["localhost:3000", "desk.example", "[::1]:8080", "x;y", "a'b"] {
            let raw = format!(
                "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nAccept-Encoding: br\r\n\r\n"
            );
            let in_development = exchange(gateway.address, &raw).await;
            if in_development.status == 400 {
                continue;
            }
            let in_production = exchange(entrance.address, &raw).await;
            if in_production.status == 400 {
                continue; // Nginx refuses such a host
            }
            for name in [
                "content-security-policy",
                "x-content-type-options",
                "referrer-policy",
                "cache-control",
                "content-encoding",
            ] {
                assert_eq!(in_production.header(name), in_development.header(name), "{host}{path}: {name}");
            }
            assert_eq!(in_production.body, in_development.body, "{host}{path}");
        }
    }
}
