//! What we ask of the server, as text frames.

use market::Interval;
use protocol::{Channel, Depth, Op, Options, Request, RequestId, StreamName, Target};

/// Channels of all symbols that the watchlist lives on.
const MARKET_STREAMS: [&str; 3] = ["ticker:*", "stats:*", "status:*"];

/// Numbers the requests of a connection.
#[derive(Clone, Debug, Default)]
pub(crate) struct Requests {
    last_id: u64,
}

impl Requests {
    /// Starts streams.
    pub(crate) fn subscribe(&mut self, streams: &[String]) -> String {
        self.next(Op::Subscribe { targets: targets(streams), options: Options::default() })
    }

    /// Ends streams.
    pub(crate) fn unsubscribe(&mut self, streams: &[String]) -> String {
        self.next(Op::Unsubscribe { targets: targets(streams) })
    }

    /// Starts streams anew.
    pub(crate) fn resync(&mut self, streams: &[String]) -> String {
        self.next(Op::Resync { targets: targets(streams) })
    }

    /// Goes on with streams after these events of an earlier connection.
    pub(crate) fn resume(&mut self, epoch: &str, marks: &[(StreamName, u64)]) -> String {
        let marks = marks.iter().map(|(stream, seq)| (Ok(stream.clone()), *seq)).collect();
        self.next(Op::Resume { epoch: epoch.to_owned(), marks, options: Options::default() })
    }

    /// A ping that brings `now_us` back.
    pub(crate) fn ping(&mut self, now_us: u64) -> String {
        self.next(Op::Ping { ts: Some(now_us) })
    }

    fn next(&mut self, op: Op) -> String {
        self.last_id += 1;
        Request { id: Some(RequestId::Number(self.last_id)), op }.encode()
    }
}

fn targets(streams: &[String]) -> Vec<Target> {
    Op::subscribe_list(&streams.join(","))
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

    #[test]
    fn the_server_reads_what_we_ask() {
        let mut requests = Requests::default();
        let mut streams = market_streams();
        streams.extend(focus_streams("BTC-USDT", Interval::M5));
        let asked = [requests.subscribe(&streams), requests.unsubscribe(&streams), requests.resync(&streams)];
        for (n, text) in asked.iter().enumerate() {
            let request = Request::parse(text).unwrap();
            assert_eq!(request.id, Some(RequestId::Number(n as u64 + 1)));
            let (Op::Subscribe { targets, .. } | Op::Unsubscribe { targets } | Op::Resync { targets }) =
                request.op
            else {
                panic!("{text}")
            };
            assert_eq!(targets.len(), 6);
            assert!(targets.iter().all(Result::is_ok), "{targets:?}");
        }
        let mark = (StreamName { channel: Channel::Trades, symbol: "A".into() }, 7);
        let resume = Request::parse(&requests.resume("e", std::slice::from_ref(&mark))).unwrap();
        let marks = vec![(Ok(mark.0), mark.1)];
        assert_eq!(resume.op, Op::Resume { epoch: "e".into(), marks, options: Options::default() });
        assert_eq!(Request::parse(&requests.ping(77)).unwrap().op, Op::Ping { ts: Some(77) });
    }
}
