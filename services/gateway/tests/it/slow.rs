//! A client that does not read: bounded, told, and nobody else's trouble.

use protocol::Channel;
use testkit::{Door, Process, TestClient, eventually};

use crate::{METRONOME, TICKWIRE};

const STREAMS: &str = "?subscribe=ticker:*,book:*,trades:*,bbo:*";
const SMALL: Door<'_> = Door { query: STREAMS, headers: &[], receive_buffer_bytes: Some(4_096) };
/// How many were closed as slow.
const SLOW_CLOSES: &str = r#"tickwire_closes_total{reason="slow"}"#;
/// What a client that stands still may cost, in bytes.
const GROWTH_MAX: u64 = 64 << 20;

async fn busy(settings: &[(&str, &str)]) -> Process {
    let fast = [
        ("TICKWIRE_FEED__METRONOME__UPDATES_PER_SECOND", "2000"),
        ("TICKWIRE_LIMITS__SEND_BUFFER_BYTES", "4096"),
        ("TICKWIRE_LIMITS__PENDING_TRADES_MAX", "10"),
        ("TICKWIRE_STREAM__SHARDS", "1"),
    ];
    Process::serve(TICKWIRE, &[], &[METRONOME, &fast, settings].concat()).await
}

#[tokio::test]
async fn one_that_stands_still_disturbs_nobody() {
    let process = busy(&[]).await;
    let mut stalled = TestClient::open(process.address, &SMALL).await.unwrap();
    let mut reader = TestClient::connect(process.address, "?subscribe=trades:SYM000-USD").await;
    reader.next_events().await;
    let before = process.resident_bytes();
    let conflated = eventually("a thousand merged events", async || {
        let count = process.metric("tickwire_conflated_events_total").await;
        (count > 1_000.0).then_some(count)
    });
    reader.reading_until(conflated).await;
    // Both are of the same clock: how old was what the reader got last?
    let mut lag = u64::MAX;
    for _ in 0..20 {
        let event_ts = reader.next_events().await.last().unwrap().ts;
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_micros();
        lag = lag.min(u64::try_from(now).unwrap().saturating_sub(event_ts));
    }
    assert!(lag < 1_000_000, "the reader is {lag} us late");
    reader.assert_whole();
    let followed = reader.follower.followed(Channel::Trades, "SYM000-USD").unwrap();
    assert_eq!((followed.skipped, followed.conflated, followed.snapshots), (0, 0, 1));
    let grown = process.resident_bytes().saturating_sub(before);
    assert!(grown < GROWTH_MAX, "{grown} bytes more");

    stalled
        .until("a consistent story", |client| {
            let streams = || client.follower.streams().map(|(_, followed)| followed);
            let conflated: u64 = streams().map(|followed| followed.conflated).sum();
            let skipped: u64 = streams().map(|followed| followed.skipped).sum();
            (conflated > 100 && skipped > 100).then_some(())
        })
        .await;
    stalled.assert_whole();
    assert!(process.metric("tickwire_skipped_trades_total").await > 100.0);
}

#[tokio::test]
async fn one_that_stands_still_for_long_is_told_why_it_is_closed() {
    let process = busy(&[("TICKWIRE_LIMITS__STALL_MS_MAX", "1000")]).await;
    let mut stalled = TestClient::open(process.address, &SMALL).await.unwrap();
    eventually("a close", async || (process.metric(SLOW_CLOSES).await > 0.0).then_some(())).await;
    assert_eq!(stalled.closed().await, (4408, "too slow: did not read in time".into()));
    stalled.assert_whole();
    eventually("its place is free", async || (process.metric("tickwire_clients").await < 1.0).then_some(()))
        .await;
}

#[tokio::test]
async fn one_that_would_rather_be_closed_is() {
    let process = busy(&[("TICKWIRE_LIMITS__PENDING_EVENTS_MAX", "50")]).await;
    let door = Door { query: "", ..SMALL };
    let mut stalled = TestClient::open(process.address, &door).await.unwrap();
    stalled.send_text(r#"{"op":"subscribe","streams":["book:*","trades:*"],"policy":"disconnect"}"#).await;
    eventually("a close", async || (process.metric(SLOW_CLOSES).await > 0.0).then_some(())).await;
    assert_eq!(stalled.closed().await.0, 4408);
    stalled.assert_whole();
}
