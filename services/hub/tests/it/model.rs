//! Random clients against the hub: for every client and stream, what it received and what it was told it missed is
//! exactly what was published, and every book that it rebuilds has the right checksum at every step.

use hub::ClientId;
use market::Side;
use proptest::prelude::*;
use protocol::{Channel, Depth, Encoding, ServerMessage, StreamName};

use crate::bench::{self, Bench, bbo, book, trade};

const SYMBOLS: [&str; 2] = ["A", "B"];
const CHANNELS: [Channel; 5] =
    [Channel::Ticker, Channel::Bbo, Channel::Trades, Channel::Book(Depth::Top10), Channel::Book(Depth::Full)];

const CONFIGURATIONS: [&str; 5] = [
    r#""max_hz":0"#,
    r#""max_hz":1"#,
    r#""max_hz":20,"policy":"conflate""#,
    r#""max_hz":50,"policy":"disconnect""#,
    r#""max_hz":0,"policy":"conflate""#,
];

#[derive(Clone, Debug)]
enum Move {
    Connect {
        binary: bool,
    },
    Leave(usize),
    Subscribe {
        client: usize,
        channel: usize,
        symbol: usize,
    },
    Unsubscribe {
        client: usize,
        channel: usize,
        symbol: usize,
    },
    Resync {
        client: usize,
        channel: usize,
        symbol: usize,
    },
    Configure {
        client: usize,
        channel: usize,
        symbol: usize,
        how: usize,
    },
    Stall {
        client: usize,
        room: usize,
    },
    Read(usize),
    /// The connection breaks, so many events are missed, and the client comes back.
    ComeBack {
        client: usize,
        missed: i64,
        same_epoch: bool,
    },
    Pass {
        ms: u64,
    },
    Trade {
        symbol: usize,
        price: i64,
    },
    Quote {
        symbol: usize,
        price: i64,
    },
    Level {
        symbol: usize,
        buy: bool,
        price: i64,
        qty: u64,
    },
}

fn moves() -> impl Strategy<Value = Move> {
    let client = 0..4_usize;
    let stream = (0..4_usize, 0..CHANNELS.len(), 0..SYMBOLS.len());
    let subscribe = |(client, channel, symbol)| Move::Subscribe { client, channel, symbol };
    let unsubscribe = |(client, channel, symbol)| Move::Unsubscribe { client, channel, symbol };
    let resync = |(client, channel, symbol)| Move::Resync { client, channel, symbol };
    let configure = |((client, channel, symbol), how)| Move::Configure { client, channel, symbol, how };
    let come_back = |(client, missed, same_epoch)| Move::ComeBack { client, missed, same_epoch };
    prop_oneof![
        1 => any::<bool>().prop_map(|binary| Move::Connect { binary }),
        1 => client.clone().prop_map(Move::Leave),
        6 => stream.clone().prop_map(subscribe),
        1 => stream.clone().prop_map(unsubscribe),
        1 => stream.clone().prop_map(resync),
        8 => (stream, 0..CONFIGURATIONS.len()).prop_map(configure),
        2 => (client.clone(), 0..2_000_usize).prop_map(|(client, room)| Move::Stall { client, room }),
        3 => client.clone().prop_map(Move::Read),
        3 => (client, 0..20_i64, prop::bool::weighted(0.9)).prop_map(come_back),
        1 => (1..1_500_u64).prop_map(|ms| Move::Pass { ms }),
        12 => (0..2_usize, 1..200_i64).prop_map(|(symbol, price)| Move::Trade { symbol, price }),
        6 => (0..2_usize, 1..200_i64).prop_map(|(symbol, price)| Move::Quote { symbol, price }),
        20 => (0..2_usize, any::<bool>(), 1..60_i64, 0..4_u64).prop_map(|(symbol, buy, price, qty)| Move::Level {
            symbol,
            buy,
            price,
            qty
        }),
    ]
}

fn request(op: &str, channel: usize, symbol: usize) -> String {
    format!(r#"{{"op":"{op}","streams":["{}:{}"]}}"#, CHANNELS[channel], SYMBOLS[symbol])
}

fn play(bench: &mut Bench, clients: &mut Vec<ClientId>, step: &Move) {
    let at = |client: &usize, clients: &[ClientId]| clients.get(*client % clients.len().max(1)).copied();
    let mut ask = |client: &usize, text: String| {
        if let Some(id) = at(client, clients) {
            bench.pass(100);
            bench.ask(id, &text);
        }
    };
    match step {
        Move::Connect { binary } if clients.len() < 4 => {
            let encoding = if *binary { Encoding::MessagePack } else { Encoding::Json };
            clients.push(bench.connect_as(encoding));
        }
        Move::Connect { .. } => {}
        Move::Leave(client) => {
            if let Some(id) = at(client, clients) {
                bench.disconnect(id);
                clients.retain(|other| *other != id);
            }
        }
        Move::Subscribe { client, channel, symbol } => ask(client, request("subscribe", *channel, *symbol)),
        Move::Unsubscribe { client, channel, symbol } => {
            ask(client, request("unsubscribe", *channel, *symbol));
        }
        Move::Resync { client, channel, symbol } => ask(client, request("resync", *channel, *symbol)),
        Move::Configure { client, channel, symbol, how } => {
            let (channel, symbol, how) = (CHANNELS[*channel], SYMBOLS[*symbol], CONFIGURATIONS[*how]);
            ask(client, format!(r#"{{"op":"configure","streams":["{channel}:{symbol}"],{how}}}"#));
        }
        Move::ComeBack { client, missed, same_epoch } => {
            if let Some(id) = at(client, clients) {
                let client = bench.take(id);
                (0..*missed).for_each(|price| bench.publish(vec![trade("A", 1 + price, 1)]));
                let back = bench.admit_back(client);
                clients.iter_mut().filter(|other| **other == id).for_each(|other| *other = back);
                bench.resume(back, if *same_epoch { bench::EPOCH } else { "another" });
            }
        }
        Move::Pass { ms } => bench.pass(*ms),
        Move::Stall { client, room } => {
            if let Some(id) = at(client, clients) {
                bench.client(id).room = *room;
            }
        }
        Move::Read(client) => {
            if let Some(id) = at(client, clients) {
                bench.client(id).room = usize::MAX;
                bench.writable(id);
            }
        }
        Move::Trade { symbol, price } => bench.publish(vec![trade(SYMBOLS[*symbol], *price, 1)]),
        Move::Quote { symbol, price } => bench.publish(vec![bbo(SYMBOLS[*symbol], *price, price + 1)]),
        Move::Level { symbol, buy, price, qty } => {
            let (side, price) = if *buy { (Side::Buy, *price) } else { (Side::Sell, 60 + price) };
            bench.publish(vec![book(SYMBOLS[*symbol], side, price, *qty)]);
        }
    }
}

/// Lets the client read everything; then it is where the hub is, and nothing is unaccounted for.
fn settle(bench: &mut Bench, id: ClientId) -> Result<(), TestCaseError> {
    bench.client(id).room = usize::MAX;
    bench.writable(id);
    // What waits for its rate, or for a replica to get there, is due.
    bench.pass(1_000);
    prop_assert_eq!(&bench.client(id).broken, &[]);
    prop_assert_eq!(&bench.client(id).unannounced, &[]);
    let seen: Vec<_> =
        bench.client(id).events.iter().map(|event| (event.ch, event.sym.to_string())).collect();
    let streams: std::collections::BTreeSet<_> = seen.into_iter().collect();
    for (channel, symbol) in streams {
        account(bench, id, channel, &symbol)?;
    }
    bench.pass(1_000);
    bench.ask(id, r#"{"op":"list"}"#);
    let Some(ServerMessage::List { subscriptions, .. }) = bench.client(id).controls.last().cloned() else {
        return Err(TestCaseError::fail("no answer to `list`"));
    };
    for StreamName { channel, symbol } in subscriptions {
        let latest = bench.log(channel, &symbol).last().copied().unwrap_or(0);
        let seen =
            bench.client(id).follower.followed(channel, &symbol).and_then(|followed| followed.chain.seq());
        prop_assert_eq!(seen, Some(latest), "{}:{} is where the hub is", channel, symbol);
    }
    Ok(())
}

/// Walks a stream's events from its last snapshot: each step is an event received or counted as missed, and the last
/// one is the hub's.
fn account(bench: &mut Bench, id: ClientId, channel: Channel, symbol: &str) -> Result<(), TestCaseError> {
    let published = bench.log(channel, symbol);
    let client = bench.client(id);
    let events = client.events.iter().filter(|event| event.ch == channel && event.sym == symbol);
    let mut last = None;
    for event in events {
        if !event.snapshot {
            let from = last.expect("the first is a snapshot");
            let steps = published.iter().filter(|seq| **seq > from && **seq <= event.seq).count() as u64;
            let told = match &event.payload {
                protocol::Payload::Skipped(skipped) => skipped.count,
                _ => 1 + event.conflated,
            };
            prop_assert_eq!(steps, told, "{} {} up to {}", channel, symbol, event.seq);
        }
        last = Some(event.seq);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]
    #[test]
    fn nothing_is_lost_silently(steps in prop::collection::vec(moves(), 1..250)) {
        let mut bench = Bench::new(&SYMBOLS);
        let mut clients = vec![bench.connect()];
        for step in &steps {
            play(&mut bench, &mut clients, step);
        }
        for id in clients {
            if bench.client(id).closed.is_none() {
                settle(&mut bench, id)?;
            }
        }
    }
}
