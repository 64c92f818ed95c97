//! What the excerpt says, read by other code than the feed's.

use std::collections::{BTreeMap, HashMap};
use std::io::Read;

use flate2::read::GzDecoder;
use serde_json::Value;

pub(crate) fn text() -> String {
    let mut text = String::new();
    GzDecoder::new(crate::EXCERPT).read_to_string(&mut text).unwrap();
    text
}

/// Best bid, its quantity, best ask, its quantity, as written.
pub(crate) type Top = [String; 4];

#[derive(Default)]
pub(crate) struct Raw {
    pub(crate) trades: Vec<(String, String, bool)>,
    /// By update id.
    pub(crate) tickers: BTreeMap<u64, Top>,
    /// The last update id of each `@depth`, by time since the first line in microseconds.
    pub(crate) depth_ids: HashMap<u64, u64>,
    /// The update id of the last `@bookTicker` of each microsecond.
    pub(crate) ticker_ids: HashMap<u64, u64>,
}

impl Raw {
    pub(crate) fn read() -> Self {
        let (mut raw, mut first) = (Self::default(), None);
        for line in text().lines() {
            let (time, json) = line.split_once(' ').unwrap();
            let time: u64 = time.parse().unwrap();
            let micros = (time - *first.get_or_insert(time)) / 1_000;
            let json: Value = serde_json::from_str(json).unwrap();
            let (stream, data) = (json["stream"].as_str().unwrap_or_default(), &json["data"]);
            let field = |key: &str| data[key].as_str().unwrap().to_owned();
            if stream.ends_with("@trade") {
                raw.trades.push((field("p"), field("q"), data["m"].as_bool().unwrap()));
            } else if let Some(id) = data["u"].as_u64() {
                if stream.ends_with("@bookTicker") {
                    raw.tickers.insert(id, [field("b"), field("B"), field("a"), field("A")]);
                    raw.ticker_ids.insert(micros, id);
                } else {
                    raw.depth_ids.insert(micros, id);
                }
            }
        }
        raw
    }

    /// The best prices as of an update id.
    pub(crate) fn top(&self, id: u64) -> &Top {
        self.tickers.range(..=id).next_back().unwrap().1
    }
}
