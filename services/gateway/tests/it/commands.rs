//! The commands beside `serve`, as processes.

use testkit::{Process, Scratch, run};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::{METRONOME, TICKWIRE};

#[tokio::test]
async fn config_prints_what_is_in_force() {
    let ended = run(TICKWIRE, &["config", "--seed", "42"], &[("TICKWIRE_STREAM__FLUSH_MS", "7")]).await;
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    for line in ["seed = 42", "flush_ms = 7"] {
        assert!(ended.stdout.lines().any(|found| found.starts_with(line)), "{line}: {}", ended.stdout);
    }
}

#[tokio::test]
async fn every_mistake_is_told_at_once() {
    let scratch = Scratch::new();
    let file = scratch.write("wrong.toml", "[stream]\nflsh_ms = 5\n[limits]\nrest_rows_max = 0\n");
    for command in ["config", "serve"] {
        let environment = [("TICKWIRE_LOG__FORMAT", "xml"), ("TICKWIRE_COLOUR", "red")];
        let ended = run(TICKWIRE, &[command, "--config", &file, "--speed", "fast"], &environment).await;
        assert_eq!(ended.code, Some(64), "{}", ended.stderr);
        assert!(ended.stderr.contains("the configuration has 5 mistakes:"), "{}", ended.stderr);
        for key in
            ["stream.flsh_ms", "limits.rest_rows_max", "TICKWIRE_LOG__FORMAT", "TICKWIRE_COLOUR", "--speed"]
        {
            assert!(ended.stderr.contains(key), "{key}: {}", ended.stderr);
        }
    }
}

#[tokio::test]
async fn mistakes_in_flags_and_ports_that_are_taken() {
    assert_eq!(run(TICKWIRE, &["serve", "--nope"], &[]).await.code, Some(64));
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let ended =
        run(TICKWIRE, &["serve", "--listen", &address, "--admin-listen", "127.0.0.1:0"], METRONOME).await;
    assert_eq!(ended.code, Some(1), "{}", ended.stderr);
    assert!(ended.stderr.contains(&format!("http.listen: cannot listen on {address}")), "{}", ended.stderr);
}

#[tokio::test]
async fn a_server_can_be_asked_and_tailed() {
    let process = Process::serve(TICKWIRE, &[], METRONOME).await;
    let ready = format!("http://{}/ready", process.admin_address);
    assert_eq!(run(TICKWIRE, &["healthcheck", "--url", &ready], &[]).await.code, Some(0));
    let none = format!("http://{}/none", process.admin_address);
    assert_eq!(run(TICKWIRE, &["healthcheck", "--url", &none], &[]).await.code, Some(1));

    let url = format!("ws://{}/ws", process.address);
    let tail = [
        "tail",
        "--url",
        &url,
        "--json",
        "--count",
        "40",
        "ticker:*",
        "trades:SYM001-USD",
        "book:10:SYM000-USD",
    ];
    let ended = run(TICKWIRE, &tail, &[]).await;
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert_eq!(ended.stdout.lines().count(), 40);
    for line in ended.stdout.lines() {
        let event: protocol::Event<'_> =
            serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        assert!(event.seq > 0);
    }
    let ended = run(TICKWIRE, &["tail", "--url", &url, "ticker:NONE"], &[]).await;
    assert_eq!(ended.code, Some(1), "{}", ended.stderr);
}

/// What `helm test` asks of a release, with a book that was changed on the way.
#[tokio::test]
async fn a_wrong_checksum_decides_the_exit_code() {
    let process = Process::serve(TICKWIRE, &[], METRONOME).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}/ws", listener.local_addr().unwrap());
    tokio::spawn(corrupt(listener, process.address));
    let ended = run(TICKWIRE, &["tail", "--url", &url, "--count", "20", "book:10:*"], &[]).await;
    assert_eq!(ended.code, Some(1), "{}", ended.stderr);
    assert!(ended.stderr.contains("BROKEN book"), "{}", ended.stderr);
    assert!(ended.stderr.contains("the checksum of the rebuilt book is"), "{}", ended.stderr);
}

/// Passes on one connection, and changes the first digit of each checksum that the server sends. A text that is as long
/// as before leaves the frames as they are.
async fn corrupt(listener: TcpListener, server: std::net::SocketAddr) {
    let (client, _) = listener.accept().await.unwrap();
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = TcpStream::connect(server).await.unwrap().into_split();
    tokio::spawn(async move { tokio::io::copy(&mut from_client, &mut to_server).await });
    let mut bytes = vec![0; 65_536];
    while let Ok(count @ 1..) = from_server.read(&mut bytes).await {
        change_checksums(&mut bytes[..count]);
        if to_client.write_all(&bytes[..count]).await.is_err() {
            return;
        }
    }
}

fn change_checksums(bytes: &mut [u8]) {
    const KEY: &[u8] = b"\"checksum\":";
    for at in 0..bytes.len().saturating_sub(KEY.len()) {
        let digit = at + KEY.len();
        if bytes[at..].starts_with(KEY) && bytes[digit].is_ascii_digit() {
            bytes[digit] = if bytes[digit] == b'1' { b'2' } else { b'1' };
        }
    }
}
