//! Control messages.

use std::collections::BTreeSet;

use market::{Instrument, InstrumentKind};
use protocol::{
    ClockMapping, DiscontinuityReason, Encoding, ErrorCode, FeedInfo, FeedKind, Frame, Hello, InstrumentInfo,
    Limits, RequestId, ServerMessage, StreamError, StreamName,
};

use super::Golden;
use super::events::decimal;

pub(super) fn goldens() -> Vec<Golden> {
    let all = samples().into_iter().map(|(name, message)| golden(name, Encoding::Json, message));
    all.chain([golden("hello", Encoding::MessagePack, hello(Encoding::MessagePack))]).collect()
}

fn golden(name: &str, encoding: Encoding, message: ServerMessage) -> Golden {
    let decode = |encoding: Encoding, bytes: &[u8]| match encoding.decode_frame(bytes) {
        Ok(Frame::Control(message)) => Ok(*message),
        other => Err(format!("{other:?}")),
    };
    Golden::new(name, encoding, message, Encoding::encode_control, decode)
}

fn samples() -> Vec<(&'static str, ServerMessage)> {
    let streams = || vec!["ticker:BTC-USDT", "book:10:ETH-BTC", "candles:1m:BTC-USDT"];
    let names = || streams().into_iter().map(|name| name.parse().expect("a stream")).collect::<Vec<_>>();
    let refused = |stream: &str, code: ErrorCode, message: &str| {
        vec![StreamError { stream: stream.into(), error: code.with(message) }]
    };
    let not_on =
        || refused("bbo:DOT-USDT", ErrorCode::NotSubscribed, "this connection has no such subscription");
    let samples = vec![
        ("hello", hello(Encoding::Json)),
        (
            "subscribed",
            ServerMessage::Subscribed {
                id: Some(RequestId::Number(1)),
                streams: names(),
                errors: refused("ticker:NOPE", ErrorCode::UnknownSymbol, "unknown symbol `NOPE`"),
            },
        ),
        ("subscribed-by-url", ServerMessage::Subscribed { id: None, streams: names(), errors: vec![] }),
        (
            "unsubscribed",
            ServerMessage::Unsubscribed {
                id: Some(RequestId::Number(3)),
                streams: names(),
                errors: not_on(),
            },
        ),
        (
            "resynced",
            ServerMessage::Resynced {
                id: Some(RequestId::Text("r".into())),
                streams: names(),
                errors: not_on(),
            },
        ),
        (
            "configured",
            ServerMessage::Configured { id: Some(RequestId::Number(8)), streams: names(), errors: not_on() },
        ),
        (
            "resumed",
            ServerMessage::Resumed {
                id: Some(RequestId::Number(9)),
                streams: names(),
                errors: refused(
                    "trades:BTC-USDT",
                    ErrorCode::AlreadySubscribed,
                    "this connection has this subscription already",
                ),
            },
        ),
        (
            "list",
            ServerMessage::List {
                id: Some(RequestId::Number(4)),
                channels: vec!["ticker".into(), "book:10".into()],
                instruments: instruments(),
                subscriptions: names(),
            },
        ),
        (
            "pong",
            ServerMessage::Pong {
                id: Some(RequestId::Number(5)),
                client_ts: Some(1_795_418_957_673_688),
                server_ts: 1_795_418_957_674_065,
            },
        ),
        ("pong-bare", ServerMessage::Pong { id: None, client_ts: None, server_ts: 1_795_418_957_674_065 }),
        (
            "heartbeat",
            ServerMessage::Heartbeat {
                event_ts: 1_795_418_964_266_312,
                engine_ts: 1_795_418_964_267_240,
                send_ts: 1_795_418_964_269_097,
                seqs: [("status:BTC-USDT".to_owned(), 1_606_513_458_151_426)].into(),
            },
        ),
        (
            "error",
            ServerMessage::Error {
                id: Some(RequestId::Number(7)),
                error: ErrorCode::UnknownOp.with("unknown op `buy`: expected one of subscribe, list"),
            },
        ),
        (
            "error-bare",
            ServerMessage::Error {
                id: None,
                error: ErrorCode::TooManyRequests.with("more than 20 requests"),
            },
        ),
        (
            "draining",
            ServerMessage::Draining { deadline_ts: 1_795_418_970_493_709, reconnect_after_ms: 1_500 },
        ),
    ];
    samples.into_iter().chain(discontinuities(&names())).collect()
}

fn discontinuities(streams: &[StreamName]) -> Vec<(&'static str, ServerMessage)> {
    [
        ("discontinuity-epoch-changed", DiscontinuityReason::EpochChanged),
        ("discontinuity-too-old", DiscontinuityReason::TooOld),
        ("discontinuity-unknown-seq", DiscontinuityReason::UnknownSeq),
        ("discontinuity-too-slow", DiscontinuityReason::TooSlow),
        ("discontinuity-server-paused", DiscontinuityReason::ServerPaused),
    ]
    .map(|(name, reason)| (name, ServerMessage::Discontinuity { reason, streams: streams.to_vec() }))
    .into()
}

fn hello(encoding: Encoding) -> ServerMessage {
    ServerMessage::Hello(Box::new(Hello {
        protocol: encoding.subprotocol().into(),
        session: "1-1".into(),
        epoch: "c08854df0e4fccbf".into(),
        server_ts: 1_795_418_952_468_609,
        feed: feed(),
        flush_ms: 10,
        heartbeat_ms: 5_000,
        replay_ms: 60_000,
        limits: Limits {
            subscriptions_max: 4_096,
            request_bytes_max: 65_536,
            requests_per_second: 20,
            request_streams_max: 1_024,
            connections_max: 20_000,
            connections_per_address_max: 20_000,
            handshake_ms_max: 10_000,
            idle_ms_max: 60_000,
            pending_trades_max: 1_000,
            pending_levels_max: 10_000,
            pending_events_max: 1_000,
            control_bytes_max: 262_144,
            send_buffer_bytes: 262_144,
            stall_ms_max: 30_000,
            rest_rows_max: 1_000,
        },
    }))
}

pub(super) fn feed() -> FeedInfo {
    FeedInfo {
        kind: FeedKind::Simulated,
        label: "simulated exchange, seed 1".into(),
        clock: ClockMapping { speed: 1.0, anchor_ts: 1_767_225_600_000_000 },
    }
}

pub(super) fn instruments() -> Vec<InstrumentInfo> {
    [
        ("BTC-USDT", InstrumentKind::Crypto, "0.1", "0.00001"),
        ("AAPL-USD", InstrumentKind::Equity, "0.01", "1"),
    ]
    .into_iter()
    .map(|(symbol, kind, tick_size, lot_size)| {
        let (tick_size, lot_size) = (decimal(tick_size), decimal(lot_size));
        InstrumentInfo::from(&Instrument { symbol: symbol.into(), kind, tick_size, lot_size })
    })
    .collect()
}

/// The match has no `_`: a new message has to be counted here, and then to be among the samples.
const fn kind(message: &ServerMessage) -> usize {
    match message {
        ServerMessage::Hello(_) => 0,
        ServerMessage::Subscribed { .. } => 1,
        ServerMessage::Unsubscribed { .. } => 2,
        ServerMessage::Resynced { .. } => 3,
        ServerMessage::List { .. } => 4,
        ServerMessage::Pong { .. } => 5,
        ServerMessage::Heartbeat { .. } => 6,
        ServerMessage::Error { .. } => 7,
        ServerMessage::Draining { .. } => 8,
        ServerMessage::Configured { .. } => 9,
        ServerMessage::Resumed { .. } => 10,
        ServerMessage::Discontinuity { .. } => 11,
    }
}

#[test]
fn each_control_message_has_a_file() {
    let kinds: BTreeSet<usize> = samples().iter().map(|(_, message)| kind(message)).collect();
    assert_eq!(kinds, (0..=11).collect());
}
