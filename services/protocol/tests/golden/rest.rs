//! Answers of the REST interface.

use market::Interval;
use protocol::rest::{BookView, Candles, FlatTicker, Instruments, TickerRow, Trades};
use protocol::{Encoding, ErrorCode, Quote, Stats, Ticker};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Golden;
use super::events::{candle, decimal, level, trade};

const SEQ: u64 = 1_606_513_458_223_266;
const TS: u64 = 1_795_418_898_910_452;

pub(super) fn goldens() -> Vec<Golden> {
    let symbol = || "BTC-USDT".to_owned();
    vec![
        golden(
            "instruments",
            Instruments {
                epoch: "c08854df0e4fccbf".into(),
                feed: super::control::feed(),
                instruments: super::control::instruments(),
            },
        ),
        golden("ticker", vec![ticker_row()]),
        golden(
            "ticker-empty",
            vec![TickerRow { ticker: Ticker::default().into(), stats: None, ..ticker_row() }],
        ),
        golden(
            "candles",
            Candles {
                symbol: symbol(),
                interval: Interval::M1,
                seq: SEQ,
                candles: vec![protocol::Candle { closed: true, modelled: true, ..candle() }, candle()],
            },
        ),
        golden("trades", Trades { symbol: symbol(), trades: vec![trade(SEQ - 1, TS - 1), trade(SEQ, TS)] }),
        golden(
            "book",
            BookView {
                symbol: symbol(),
                seq: SEQ,
                ts: TS,
                bids: vec![level("55483.5", "0.01184"), level("55483.4", "0.00880")],
                asks: vec![level("55483.6", "0.00722")],
                checksum: 1_180_553_696,
            },
        ),
        golden("error", ErrorCode::UnknownSymbol.with("unknown symbol `NOPE`")),
    ]
}

fn golden<T>(name: &str, value: T) -> Golden
where
    T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug + 'static,
{
    let encode = |_, value: &T| serde_json::to_vec(value).expect("writing to memory does not fail");
    Golden::new(&format!("rest-{name}"), Encoding::Json, value, encode, |_, bytes| {
        serde_json::from_slice(bytes).map_err(|error| error.to_string())
    })
}

fn ticker_row() -> TickerRow {
    let quote = Quote {
        bid: Some(decimal("55483.5")),
        bid_qty: Some(decimal("0.01184")),
        ask: Some(decimal("55483.6")),
        ask_qty: Some(decimal("0.00722")),
    };
    let ticker = Ticker { last: Some(decimal("55483.6")), last_qty: Some(decimal("0.00973")), quote };
    TickerRow {
        symbol: "BTC-USDT".into(),
        seq: SEQ,
        ts: TS,
        ticker: FlatTicker::from(ticker),
        stats: Some(Stats {
            open: decimal("54500.4"),
            high: decimal("55609.4"),
            low: decimal("53804.9"),
            last: decimal("55483.6"),
            change: decimal("983.2"),
            change_percent: decimal("1.80"),
            volume: decimal("137444.02907"),
            quote_volume: decimal("7536574818.560293"),
            trades: 9_789_788,
            modelled: true,
        }),
    }
}

/// The answers name their page in their documentation: each page needs a file.
#[test]
fn each_page_has_a_file() {
    let source = include_str!("../../src/rest.rs");
    let pages: Vec<&str> = source
        .split("GET /api/v1/")
        .skip(1)
        .map(|rest| rest.split(|c: char| !c.is_ascii_lowercase()).next().expect("a name"))
        .collect();
    assert_eq!(pages, ["instruments", "ticker", "candles", "trades", "book"]);
    let names: Vec<String> = goldens().into_iter().map(|golden| golden.name).collect();
    for page in pages {
        assert!(names.contains(&format!("rest-{page}.json")), "{page}");
    }
}
