//! A recording of a real market.

use flate2::read::GzDecoder;
use protocol::{Channel, Depth, FeedKind, ServerMessage};
use std::io::Read as _;
use testkit::{Process, Scratch, TestClient};

use crate::TICKWIRE;

const EXCERPT: &[u8] = include_bytes!("../../../feed/tests/data/btcusdt_excerpt.gz");
const STREAMS: &str = "?subscribe=ticker:*,bbo:*,trades:*,book:*,book:10:*,book:50:*,candles:1s:*,stats:*";

async fn play(file: &str, more: &[&str]) -> Process {
    let arguments = [&["--feed", "replay", "--file", file], more].concat();
    Process::serve(TICKWIRE, &arguments, &[]).await
}

#[tokio::test]
async fn a_recording_is_played_in_a_loop() {
    let scratch = Scratch::new();
    let file = scratch.write("excerpt.gz", EXCERPT);
    let process = play(&file, &["--speed", "10"]).await;
    let mut client = TestClient::connect(process.address, STREAMS).await;
    assert_eq!(client.hello.feed.kind, FeedKind::Replay);
    assert!(client.hello.feed.label.contains("excerpt.gz"), "{}", client.hello.feed.label);
    // 14 s at ten times the speed: two rounds.
    let mut until = None;
    loop {
        let ts = client.next_events().await.last().unwrap().ts;
        if ts > *until.get_or_insert(ts + 30_000_000) {
            break;
        }
    }
    client.assert_whole();
    for channel in [Channel::Book(Depth::Full), Channel::Book(Depth::Top10)] {
        assert!(client.follower.followed(channel, "BTC-USDT").unwrap().verified > 100, "{channel}");
    }
    assert!(client.follower.followed(Channel::Trades, "BTC-USDT").unwrap().events > 50);
}

#[tokio::test]
async fn a_recording_played_once_ends_the_feed() {
    let scratch = Scratch::new();
    let file = scratch.write("excerpt.gz", EXCERPT);
    let process = play(&file, &["--speed", "5", "--no-loop"]).await;
    let mut client = TestClient::connect(process.address, STREAMS).await;
    assert_eq!(client.closed().await, (4410, "the feed ended".into()));
    client.assert_whole();
    assert_eq!(process.ended().await.code, Some(0));
}

#[tokio::test]
async fn a_damaged_recording_is_played_up_to_the_damage() {
    let mut text = String::new();
    GzDecoder::new(EXCERPT).read_to_string(&mut text).unwrap();
    let mut lines: Vec<&str> = text.lines().collect();
    lines[1_199] = &lines[1_199][..40];
    let scratch = Scratch::new();
    let file = scratch.write("damaged.jsonl", lines.join("\n"));
    // At its own speed: it is played from when the process starts, and must not be over before the client is there.
    let process = play(&file, &["--speed", "1"]).await;
    let mut client = TestClient::connect(process.address, STREAMS).await;
    client.next_control("subscribed", |message| matches!(message, ServerMessage::Subscribed { .. })).await;
    assert_eq!(client.closed().await.0, 4410);
    client.assert_whole();
    let book = client.follower.followed(Channel::Book(Depth::Full), "BTC-USDT").unwrap();
    assert!(book.verified > 50, "{book:?}");
    let ended = process.ended().await;
    assert_eq!(ended.code, Some(65), "{}", ended.stderr);
    assert!(ended.stderr.contains("damaged.jsonl is damaged at line 1200: "), "{}", ended.stderr);
}

#[tokio::test]
async fn a_truncated_recording_names_its_line() {
    let scratch = Scratch::new();
    let file = scratch.write("truncated.gz", &EXCERPT[..EXCERPT.len() / 2]);
    let process = play(&file, &["--speed", "10"]).await;
    let ended = process.ended().await;
    assert_eq!(ended.code, Some(65), "{}", ended.stderr);
    assert!(ended.stderr.contains("is damaged at line "), "{}", ended.stderr);
}
