//! What we ask of the server, as text frames.

use market::Interval;
use protocol::{Channel, Depth};
use serde_json::json;

/// Channels of all symbols that the watchlist lives on.
const MARKET_STREAMS: [&str; 3] = ["ticker:*", "stats:*", "status:*"];

/// Numbers the requests of a connection.
#[derive(Clone, Debug, Default)]
pub(crate) struct Requests {
    last_id: u64,
}

impl Requests {
    /// `subscribe`, `unsubscribe` or `resync` of `streams`.
    pub(crate) fn streams(&mut self, op: &str, streams: &[String]) -> String {
        json!({ "op": op, "id": self.next_id(), "streams": streams }).to_string()
    }

    /// A ping that brings `now_us` back.
    pub(crate) fn ping(&mut self, now_us: u64) -> String {
        json!({ "op": "ping", "id": self.next_id(), "ts": now_us }).to_string()
    }

    const fn next_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }
}

/// What the watchlist needs.
pub(crate) fn market_streams() -> Vec<String> {
    MARKET_STREAMS.map(String::from).to_vec()
}

/// What the panels of a chosen symbol need.
pub(crate) fn focus_streams(symbol: &str, interval: Interval) -> Vec<String> {
    [Channel::Book(Depth::Full), Channel::Trades, Channel::Candles(interval)]
        .map(|channel| stream(channel, symbol))
        .to_vec()
}

/// A stream by its name.
pub(crate) fn stream(channel: Channel, symbol: &str) -> String {
    format!("{channel}:{symbol}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::{Op, Request, RequestId};

    #[test]
    fn the_server_reads_what_we_ask() {
        let mut requests = Requests::default();
        let mut streams = market_streams();
        streams.extend(focus_streams("BTC-USDT", Interval::M5));
        for (n, op) in ["subscribe", "unsubscribe", "resync"].into_iter().enumerate() {
            let request = Request::parse(&requests.streams(op, &streams)).unwrap();
            assert_eq!(request.id, Some(RequestId::Number(n as u64 + 1)));
            let (Op::Subscribe { targets, .. } | Op::Unsubscribe { targets } | Op::Resync { targets }) =
                request.op
            else {
                panic!("{op}")
            };
            assert_eq!(targets.len(), 6);
            assert!(targets.iter().all(Result::is_ok), "{targets:?}");
        }
        assert_eq!(Request::parse(&requests.ping(77)).unwrap().op, Op::Ping { ts: Some(77) });
    }
}
