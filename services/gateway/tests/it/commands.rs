//! The commands beside `serve`, as processes.

use testkit::{Process, Scratch, run};

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
