//! Streams of the simulated market: snapshot, then an unbroken chain, and the same numbers over REST.

use std::collections::BTreeMap;

use market::Decimal;
use protocol::{Candle, Channel, Depth, Payload, StreamName, Trade, rest};
use testkit::get;

use crate::server::TestServer;

const SYMBOLS: [&str; 3] = ["BTC-USDT", "ETH-USDT", "AAPL-USD"];
const SECOND: u64 = 1_000_000;

fn all_channels() -> String {
    let patterns: Vec<_> = Channel::ALL.iter().map(|channel| format!("{channel}:*")).collect();
    format!("?subscribe={}", patterns.join(","))
}

#[tokio::test]
async fn every_stream_is_a_snapshot_and_then_a_chain() {
    let server = TestServer::market(&[("TICKWIRE_FEED__SPEED", "20")]).await;
    let mut client = server.connect(&all_channels()).await;
    let (mut first, mut last) = (None, 0);
    while last < first.unwrap_or(u64::MAX).saturating_add(40 * SECOND) {
        for event in client.next_events().await {
            if event.ch == Channel::Ticker && !event.snapshot {
                first = first.or(Some(event.ts));
                last = event.ts;
            }
            assert_eq!(event.conflated, 0);
            check(&event.payload);
        }
    }
    client.assert_whole();
    assert_eq!(client.follower.streams().count(), Channel::COUNT * SYMBOLS.len());
    for (StreamName { channel, symbol }, followed) in client.follower.streams() {
        assert_eq!(followed.snapshots, 1, "{channel}:{symbol}");
        let is_rare = matches!(channel, Channel::Status | Channel::Trades | Channel::Ticker);
        assert!(is_rare || followed.events > 0, "{channel}:{symbol}");
        assert!(
            !matches!(channel, Channel::Book(_)) || followed.verified == followed.events + 1,
            "{channel}:{symbol}"
        );
    }
    for channel in [Channel::Trades, Channel::Ticker, Channel::Bbo, Channel::Book(Depth::Full)] {
        assert!(client.follower.followed(channel, "BTC-USDT").unwrap().events > 20, "{channel}");
    }
}

fn check(payload: &Payload) {
    match payload {
        Payload::Stats(stats) => {
            assert_ordered(&[stats.low, stats.last, stats.high]);
            assert_ordered(&[stats.low, stats.open, stats.high]);
            assert!(stats.trades > 0, "{stats:?}");
        }
        Payload::Candle(candle) => {
            assert_ordered(&[candle.low, candle.open, candle.high]);
            assert_ordered(&[candle.low, candle.close, candle.high]);
        }
        Payload::Bbo(quote) => {
            let crossed = quote.bid.zip(quote.ask).is_some_and(|(bid, ask)| bid.mantissa >= ask.mantissa);
            assert!(!crossed, "{quote:?}");
        }
        _ => {}
    }
}

/// Prices of one instrument have one scale.
fn assert_ordered(prices: &[Decimal]) {
    assert!(prices.is_sorted_by_key(|price| price.mantissa), "{prices:?}");
}

#[tokio::test]
async fn live_candles_are_those_of_rest() {
    let server = TestServer::market(&[("TICKWIRE_FEED__SPEED", "40")]).await;
    let mut client = server.connect("?subscribe=candles:1m:BTC-USDT").await;
    let mut closed: Vec<Candle> = Vec::new();
    while closed.len() < 3 {
        for event in client.next_events().await {
            if let Payload::Candle(candle) = event.payload
                && candle.closed
            {
                closed.push(candle);
            }
        }
    }
    client.assert_whole();
    let path = "/api/v1/candles?symbol=BTC-USDT&interval=1m&limit=200";
    let found: rest::Candles = serde_json::from_value(get(server.address, path).await.json()).unwrap();
    assert_eq!(found.candles.len(), 200);
    for pair in found.candles.windows(2) {
        assert_eq!(pair[1].open_ts, pair[0].open_ts + 60 * SECOND);
    }
    let by_ts: BTreeMap<u64, &Candle> = found.candles.iter().map(|candle| (candle.open_ts, candle)).collect();
    for candle in &closed {
        assert_eq!(by_ts.get(&candle.open_ts), Some(&candle));
        assert!(candle.trades > 0 && !candle.modelled, "{candle:?}");
    }
    let end = format!("{path}&end_ts={}", closed[0].open_ts);
    let before: rest::Candles = serde_json::from_value(get(server.address, &end).await.json()).unwrap();
    assert_eq!(before.candles.last().unwrap().open_ts, closed[0].open_ts - 60 * SECOND);
}

#[tokio::test]
async fn live_trades_are_those_of_rest() {
    let server = TestServer::market(&[("TICKWIRE_FEED__SPEED", "20")]).await;
    let mut client = server.connect("?subscribe=trades:BTC-USDT").await;
    let mut live: BTreeMap<u64, Trade> = BTreeMap::new();
    while live.len() < 60 {
        for event in client.next_events().await {
            if let Payload::Trade { trade, recent } = event.payload {
                live.extend(recent.into_iter().chain([trade]).map(|trade| (trade.id, trade)));
            }
        }
    }
    let path = "/api/v1/trades?symbol=BTC-USDT&limit=50";
    let found: rest::Trades =
        serde_json::from_value(client.reading_until(get(server.address, path)).await.json()).unwrap();
    let newest = found.trades.last().unwrap().id;
    while live.last_key_value().unwrap().0 < &newest {
        for event in client.next_events().await {
            if let Payload::Trade { trade, .. } = event.payload {
                live.insert(trade.id, trade);
            }
        }
    }
    client.assert_whole();
    assert_eq!(found.trades.len(), 50);
    for trade in &found.trades {
        assert_eq!(live.get(&trade.id), Some(trade));
    }
}

#[tokio::test]
async fn the_book_of_rest_is_that_of_the_stream() {
    let server = TestServer::market(&[]).await;
    let mut client = server.connect("?subscribe=book:BTC-USDT").await;
    client.next_events().await;
    let path = "/api/v1/book?symbol=BTC-USDT&depth=5";
    let found: rest::BookView =
        serde_json::from_value(client.reading_until(get(server.address, path)).await.json()).unwrap();
    assert_eq!((found.bids.len(), found.asks.len()), (5, 5));
    let best_to_best = found.bids.iter().rev().chain(&found.asks).map(|level| level.0);
    assert_ordered(&best_to_best.collect::<Vec<_>>());
}

#[tokio::test]
async fn snapshots_show_as_many_past_trades_as_are_set() {
    for recent_max in [0, 3] {
        let setting = recent_max.to_string();
        let settings = [("TICKWIRE_STREAM__TRADES_RECENT", setting.as_str()), ("TICKWIRE_FEED__SPEED", "20")];
        let server = TestServer::market(&settings).await;
        let mut client = server.connect("?subscribe=trades:BTC-USDT").await;
        let snapshot = client.next_events().await.swap_remove(0);
        assert!(snapshot.snapshot);
        let Payload::Trade { recent, .. } = snapshot.payload else { panic!("{snapshot:?}") };
        assert_eq!(recent.len(), recent_max);
        let many = get(server.address, "/api/v1/trades?symbol=BTC-USDT&limit=100").await.json();
        assert_eq!(many["trades"].as_array().unwrap().len(), 100);
    }
}
