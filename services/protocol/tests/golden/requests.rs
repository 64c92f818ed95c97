//! Requests.

use std::collections::BTreeSet;

use protocol::{Op, Policy, Request, RequestId, Target};

use super::Golden;

pub(super) fn goldens() -> Vec<Golden> {
    let parse = |text: &str| Request::parse(text).map_err(|refused| refused.error.message);
    samples()
        .into_iter()
        .map(|(name, request)| Golden::new(format!("request-{name}"), request, Request::encode, parse))
        .collect()
}

fn samples() -> Vec<(&'static str, Request)> {
    let targets = |list| -> Vec<Target> { Op::subscribe_list(list) };
    let request = |id: u64, op| Request { id: Some(RequestId::Number(id)), op };
    let subscribe = |list, policy| Op::Subscribe { targets: targets(list), policy };
    vec![
        ("subscribe", request(1, subscribe("ticker:*,book:10:BTC-USDT", Policy::Conflate))),
        ("subscribe-disconnect", request(2, subscribe("trades:BTC-USDT", Policy::Disconnect))),
        ("unsubscribe", request(3, Op::Unsubscribe { targets: targets("ticker:*") })),
        (
            "resync",
            Request {
                id: Some(RequestId::Text("r".into())),
                op: Op::Resync { targets: targets("book:10:BTC-USDT") },
            },
        ),
        ("list", request(4, Op::List)),
        ("ping", request(5, Op::Ping { ts: Some(1_795_418_957_673_688) })),
        ("ping-bare", Request { id: None, op: Op::Ping { ts: None } }),
    ]
}

/// The match has no `_`: a new operation has to be counted here, and then to be among the samples.
const fn kind(op: &Op) -> usize {
    match op {
        Op::Subscribe { .. } => 0,
        Op::Unsubscribe { .. } => 1,
        Op::Resync { .. } => 2,
        Op::List => 3,
        Op::Ping { .. } => 4,
    }
}

#[test]
fn each_operation_has_a_file() {
    let kinds: BTreeSet<usize> = samples().iter().map(|(_, request)| kind(&request.op)).collect();
    assert_eq!(kinds, (0..=4).collect());
}
