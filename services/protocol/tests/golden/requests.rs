//! Requests.

use std::collections::BTreeSet;

use protocol::{Encoding, Op, Options, OptionsChange, Policy, Rate, Request, RequestId, StreamName, Target};

use super::Golden;

pub(super) fn goldens() -> Vec<Golden> {
    let all = samples().into_iter().map(|(name, request)| golden(name, Encoding::Json, request));
    let (name, request) = samples().swap_remove(0);
    all.chain([golden(name, Encoding::MessagePack, request)]).collect()
}

fn golden(name: &str, encoding: Encoding, request: Request) -> Golden {
    let decode = |encoding: Encoding, bytes: &[u8]| {
        encoding.parse_request(bytes).map_err(|refused| refused.error.message)
    };
    Golden::new(&format!("request-{name}"), encoding, request, Encoding::encode_request, decode)
}

fn samples() -> Vec<(&'static str, Request)> {
    let targets = |list| -> Vec<Target> { Op::subscribe_list(list) };
    let request = |id: u64, op| Request { id: Some(RequestId::Number(id)), op };
    let subscribe = |list, options| Op::Subscribe { targets: targets(list), options };
    let configure = |list, change| Op::Configure { targets: targets(list), change };
    let (disconnect, rate) = (Policy::Disconnect, Rate::from_hz(0.5).expect("a rate"));
    vec![
        ("subscribe", request(1, subscribe("ticker:*,book:10:BTC-USDT", Options::default()))),
        (
            "subscribe-disconnect",
            request(2, subscribe("trades:BTC-USDT", Options { policy: disconnect, ..Options::default() })),
        ),
        ("subscribe-rate", request(6, subscribe("ticker:*", Options { max_hz: rate, ..Options::default() }))),
        ("unsubscribe", request(3, Op::Unsubscribe { targets: targets("ticker:*") })),
        (
            "configure",
            request(8, configure("ticker:*", OptionsChange { policy: Some(disconnect), max_hz: Some(rate) })),
        ),
        (
            "configure-defaults",
            request(
                10,
                configure(
                    "ticker:*",
                    OptionsChange { policy: Some(Policy::Conflate), max_hz: Some(Rate::UNLIMITED) },
                ),
            ),
        ),
        (
            "resync",
            Request {
                id: Some(RequestId::Text("r".into())),
                op: Op::Resync { targets: targets("book:10:BTC-USDT") },
            },
        ),
        ("resume", request(9, resume(Options::default()))),
        ("resume-options", request(11, resume(Options { policy: disconnect, max_hz: rate }))),
        ("list", request(4, Op::List)),
        ("ping", request(5, Op::Ping { ts: Some(1_795_418_957_673_688) })),
        ("ping-bare", Request { id: None, op: Op::Ping { ts: None } }),
    ]
}

fn resume(options: Options) -> Op {
    let name = |text: &str| -> StreamName { text.parse().expect("a stream") };
    let marks = vec![
        (Ok(name("book:10:ETH-BTC")), 1_606_513_458_155_118),
        (Ok(name("ticker:BTC-USDT")), 1_606_513_458_247_836),
    ];
    Op::Resume { epoch: "c08854df0e4fccbf".into(), marks, options }
}

/// The match has no `_`: a new operation has to be counted here, and then to be among the samples.
const fn kind(op: &Op) -> usize {
    match op {
        Op::Subscribe { .. } => 0,
        Op::Unsubscribe { .. } => 1,
        Op::Resync { .. } => 2,
        Op::List => 3,
        Op::Ping { .. } => 4,
        Op::Configure { .. } => 5,
        Op::Resume { .. } => 6,
    }
}

#[test]
fn each_operation_has_a_file() {
    let kinds: BTreeSet<usize> = samples().iter().map(|(_, request)| kind(&request.op)).collect();
    assert_eq!(kinds, (0..=6).collect());
}
