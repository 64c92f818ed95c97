//! What can be wrong before there is a WebSocket: HTTP, and the handshake of RFC 6455.

use std::net::SocketAddr;

use super::attack::{Case, End, Sending};

const HEADERS: [(&str, &str); 5] = [
    ("Host", "x"),
    ("Connection", "Upgrade"),
    ("Upgrade", "websocket"),
    ("Sec-WebSocket-Version", "13"),
    ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
];
const OK: End = End::Status(101);
const BAD: End = End::Status(400);
const TOO_LARGE: End = End::Status(431);
/// More than a head may have in bytes.
const LONG: usize = 20_000;

pub(super) fn cases(address: SocketAddr) -> Vec<Case> {
    [headers(address), requests(), garbage(), slow()].concat()
}

fn head(line: &str, headers: &[(&str, &str)]) -> String {
    let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    format!("{line}\r\n{headers}\r\n")
}

fn shake(name: impl Into<String>, headers: &[(&str, &str)], end: End) -> Case {
    Case::tcp(name, head("GET /ws HTTP/1.1", headers), end)
}

/// A proper handshake with one header more.
fn with(name: &str, value: &str, end: End) -> Case {
    let shown: String = value.chars().take(40).collect();
    shake(format!("{name}: {shown}"), &[&HEADERS[..], &[(name, value)]].concat(), end)
}

fn headers(address: SocketAddr) -> Vec<Case> {
    let long = "x".repeat(LONG);
    let mut cases = Vec::new();
    for (at, (name, value)) in HEADERS.into_iter().enumerate() {
        let without: Vec<_> = HEADERS.into_iter().filter(|header| header.0 != name).collect();
        let is_list = matches!(name, "Connection" | "Upgrade");
        cases.push(shake(format!("no {name}"), &without, BAD));
        cases.push(with(name, value, if is_list { OK } else { BAD }));
        cases.push(with(name, &long, TOO_LARGE));
        if at > 0 {
            for wrong in ["", "x", "0", "Upgrade, x", "13, 8", "=", "dGhlIHNhbXBsZSBub25jZQ"] {
                let end = if is_list && name == "Connection" && wrong.contains("Upgrade") { OK } else { BAD };
                let wrong = [&without[..], &[(name, wrong)]].concat();
                cases.push(shake(format!("{wrong:?}"), &wrong, end));
            }
        }
    }
    let own = format!("http://{address}");
    cases.extend([
        with("Origin", "https://evil.example", End::Status(403)),
        with("Origin", "null", End::Status(403)),
        with("Origin", "", End::Status(403)),
        with("Origin", &own, End::Status(403)),
        with("Origin", "http://x", OK),
        with("Origin", "http://x\r\nOrigin: http://evil.example", End::Status(403)),
        with("Sec-WebSocket-Protocol", "x", BAD),
        with("Sec-WebSocket-Protocol", "", BAD),
        with("Sec-WebSocket-Protocol", ",,,", BAD),
        with("Sec-WebSocket-Protocol", "x, tickwire.v1.json", OK),
        with("Sec-WebSocket-Protocol", &long, TOO_LARGE),
        with("Sec-WebSocket-Extensions", "permessage-deflate; x=\"", OK),
        with("Content-Length", "5", BAD),
        with("Content-Length", "18446744073709551615", TOO_LARGE),
        with("Content-Length", "-1", BAD),
        with("Transfer-Encoding", "chunked", BAD),
        with("Transfer-Encoding", "x", BAD),
        with("Expect", "100-continue", OK),
    ]);
    cases
}

fn requests() -> Vec<Case> {
    let line =
        |line: &str, end| Case::tcp(line.chars().take(60).collect::<String>(), head(line, &HEADERS), end);
    let many: Vec<_> = (0..200).map(|_| ("X", "x")).collect();
    let get = |more: &str| format!("GET /api/v1/ticker HTTP/1.1\r\nHost: x\r\n{more}\r\n");
    vec![
        line("HEAD /ws HTTP/1.1", BAD),
        line("POST /ws HTTP/1.1", End::Status(405)),
        line("BREW /ws HTTP/1.1", End::Status(405)),
        line("CONNECT x:1 HTTP/1.1", End::Ends),
        line("OPTIONS * HTTP/1.1", End::Ends),
        line("GET /ws HTTP/1.0", BAD),
        line("GET /ws HTTP/0.9", BAD),
        line("GET /ws HTTP/2.0", BAD),
        line("GET /ws HTTP/1.2", BAD),
        line("GET /ws?nope=1 HTTP/1.1", BAD),
        line("GET /ws?subscribe=a&subscribe=b HTTP/1.1", BAD),
        line("GET /ws?subscribe=%FF%00 HTTP/1.1", OK),
        line(&format!("GET /ws?subscribe={} HTTP/1.1", "a,".repeat(4_000)), OK),
        line(&format!("GET /ws?{} HTTP/1.1", "subscribe=&".repeat(1_000)), BAD),
        line(&format!("GET /{} HTTP/1.1", "x".repeat(8_000)), End::Status(404)),
        line(&format!("GET /{} HTTP/1.1", "x".repeat(LONG)), TOO_LARGE),
        line("GET /../../../etc/passwd HTTP/1.1", End::Status(404)),
        line("GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1", End::Status(404)),
        line("GET http://evil.example/none HTTP/1.1", End::Status(404)),
        shake("200 headers", &many, TOO_LARGE),
        Case::tcp("a body on GET", get("Content-Length: 5\r\n") + "hello", End::Status(200)),
        Case::tcp("a body that never comes", get("Content-Length: 1000000000000\r\n"), End::Status(200)),
        Case::tcp("two lengths", get("Content-Length: 5\r\nContent-Length: 6\r\n"), BAD),
        Case::tcp("a body in chunks", get("Transfer-Encoding: chunked\r\n") + "zzz\r\n", End::Status(200)),
        Case::tcp("pipelined", get("").repeat(100), End::Status(200)),
    ]
}

fn garbage() -> Vec<Case> {
    let random: Vec<u8> = (0..4_096_u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let header = |line: &str, end| {
        Case::tcp(format!("header {line:?}"), format!("GET /none HTTP/1.1\r\n{line}\r\n\r\n"), end)
    };
    vec![
        Case::tcp("random bytes", random, BAD),
        Case::tcp("zeros", vec![0; 1_000], BAD),
        Case::tcp("a TLS hello", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".repeat(20), BAD),
        Case::tcp("HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", End::Ends),
        Case::tcp("no version", "GET /ws\r\n\r\n", BAD),
        Case::tcp("no method", "/ws HTTP/1.1\r\n\r\n", BAD),
        Case::tcp("an endless method", "X".repeat(LONG), End::Ends),
        Case::tcp("endless empty lines", "\r\n".repeat(LONG), End::Ends),
        header("no colon", BAD),
        header("x : space", BAD),
        header(": no name", BAD),
        header("x: y\r\n folded", BAD),
        header("x: \0", BAD),
        header("x\u{e9}: y", BAD),
        header("x: \u{e9}", End::Status(404)),
    ]
}

/// Each is given up when `handshake_ms_max` is over.
fn slow() -> Vec<Case> {
    let whole = head("GET /ws HTTP/1.1", &HEADERS);
    vec![
        Case::tcp("nothing", "", End::Ends),
        Case::tcp("half a head", &whole[..40], End::Ends),
        Case::tcp("a head byte by byte", whole.as_str(), End::Ends).sending(Sending::ByteByByte),
        Case::tcp("empty lines one by one", "\r\n".repeat(100), End::Ends).sending(Sending::ByteByByte),
        Case::tcp("the end of nothing", "", End::Ends).sending(Sending::HalfClose),
        Case::tcp("the end of half a head", &whole[..40], End::Ends).sending(Sending::HalfClose),
    ]
}
