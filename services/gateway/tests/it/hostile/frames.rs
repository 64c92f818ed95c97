//! What can be wrong with the frames of a WebSocket (RFC 6455).

use protocol::{Encoding, ErrorCode};

use super::attack::{Case, End, Sending};
use super::bytes::{
    BINARY, CLOSE, FIN, PING, PONG, TEXT, Width, close, fragments, frame, head, with_payload,
};

/// `request_bytes_max`, as it is by default.
const LIMIT: usize = 65_536;
const PROTOCOL_ERROR: End = End::Close(1002);
const NOT_UTF8: End = End::Close(1007);
const TOO_LARGE: End = End::Close(1009);
const FLOOD: End = End::Close(4429);
const BAD_FRAME: End = End::Lives(Some(ErrorCode::BadFrame));

const BAD_UTF8: &[&[u8]] = &[
    b"\x80",
    b"\xbf",
    b"\xc0\x80",
    b"\xc1\xbf",
    b"\xc3(",
    b"\xe0\x80\x80",
    b"\xe0\x9f\xbf",
    b"\xe2\x82",
    b"\xe2(\xa1",
    b"\xed\xa0\x80",
    b"\xed\xbf\xbf",
    b"\xf0\x80\x80\x80",
    b"\xf0\x9f\x98",
    b"\xf4\x90\x80\x80",
    b"\xf5\x80\x80\x80",
    b"\xf8\x88\x80\x80\x80",
    b"\xfc\x84\x80\x80\x80\x80",
    b"\xfe",
    b"\xff",
];

pub(super) fn cases() -> Vec<Case> {
    [heads(), lengths(), texts(), closes(), sequences(), late(), floods(), half_closed()].concat()
}

fn json(name: impl Into<String>, bytes: Vec<u8>, end: End) -> Case {
    Case::socket(name, Encoding::Json, bytes, end)
}

/// Every opcode with every combination of the other bits.
fn heads() -> Vec<Case> {
    let mut cases = Vec::new();
    for first in 0..=u8::MAX {
        for is_masked in [false, true] {
            let name = format!("first byte {first:#04x}, masked {is_masked}");
            let end = if is_masked { of_empty(first) } else { PROTOCOL_ERROR };
            cases.push(json(name, head(first, 0, Width::Bits7, is_masked), end));
        }
    }
    cases
}

/// What an empty masked frame leads to, with a ping in a text frame after it.
fn of_empty(first: u8) -> End {
    const { assert!(FIN | TEXT == 0x81) };
    match first {
        0x81 => BAD_FRAME,
        0x82 => End::Lives(Some(ErrorCode::WrongFrameType)),
        0x88 => End::Close(1000),
        0x89 | 0x8a => End::Lives(None),
        _ => PROTOCOL_ERROR,
    }
}

fn lengths() -> Vec<Case> {
    let mut cases = Vec::new();
    for (opcode, small, middle) in [
        (TEXT, BAD_FRAME, BAD_FRAME),
        (BINARY, End::Lives(Some(ErrorCode::WrongFrameType)), End::Lives(Some(ErrorCode::WrongFrameType))),
        (PING, End::Lives(None), PROTOCOL_ERROR),
        (PONG, End::Lives(None), PROTOCOL_ERROR),
    ] {
        for length in [1, 124, 125, 126, 127, 65_534, 65_535, LIMIT, LIMIT + 1] {
            let end = match length {
                0..=125 => small.clone(),
                126..=LIMIT => middle.clone(),
                _ => TOO_LARGE,
            };
            let name = format!("opcode {opcode} of {length} bytes");
            cases.push(json(name, frame(FIN | opcode, &vec![b'x'; length]), end));
        }
        for length in [1 << 20, 1 << 31, 1 << 32, (1 << 63) - 1, 1 << 63, u64::MAX] {
            let name = format!("opcode {opcode} says {length} bytes");
            cases.push(json(name, head(FIN | opcode, length, Width::Bits64, true), TOO_LARGE));
        }
    }
    for width in [Width::Bits16, Width::Bits64] {
        let longer = with_payload(head(FIN | TEXT, 5, width, true), b"xxxxx");
        cases.push(json("a length longer than needed", longer, BAD_FRAME));
    }
    cases
}

fn texts() -> Vec<Case> {
    let mut cases = vec![
        json("a character over three fragments", fragments(TEXT, "€".as_bytes().chunks(1)), BAD_FRAME),
        json("half a character at the end", fragments(TEXT, [&b"x"[..], b"\xe2\x82"]), NOT_UTF8),
    ];
    for bad in BAD_UTF8 {
        let inside = [b"\"a", *bad, b"b\""].concat();
        cases.push(json(format!("text {bad:02x?}"), frame(FIN | TEXT, bad), NOT_UTF8));
        cases.push(json(format!("text with {bad:02x?}"), frame(FIN | TEXT, &inside), NOT_UTF8));
        cases.push(json(format!("fragments of {bad:02x?}"), fragments(TEXT, inside.chunks(1)), NOT_UTF8));
        cases.push(json(format!("closes with {bad:02x?}"), close(1000, bad), NOT_UTF8));
    }
    cases
}

fn closes() -> Vec<Case> {
    let mut cases = vec![
        json("half a close code", frame(FIN | CLOSE, &[3]), PROTOCOL_ERROR),
        json("the longest reason", close(1000, &[b'x'; 123]), End::Close(1000)),
        json("a reason too long", close(1000, &[b'x'; 124]), PROTOCOL_ERROR),
    ];
    for code in [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, u16::MAX, 1002] {
        cases.push(json(format!("closes with {code}"), close(code, b"why"), PROTOCOL_ERROR));
    }
    for code in [1000, 1001, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4429, 4999] {
        cases.push(json(format!("closes with {code}"), close(code, b"why"), End::Close(1000)));
    }
    cases
}

fn sequences() -> Vec<Case> {
    let start = frame(TEXT, b"{");
    let end = frame(FIN, b"}");
    let ping = frame(FIN | PING, b"!");
    let refused = End::Lives(Some(ErrorCode::BadRequest));
    let bytes = vec![b'x'; LIMIT / 2];
    vec![
        json("a ping inside a message", [&start[..], &ping, &end].concat(), refused.clone()),
        json("a pong inside a message", [&start[..], &frame(FIN | PONG, b""), &end].concat(), refused),
        json("a close inside a message", [&start[..], &close(1000, b"")].concat(), End::Close(1000)),
        json("half a ping inside a message", [&start[..], &frame(PING, b"!")].concat(), PROTOCOL_ERROR),
        json("a message inside a message", [&start[..], &start].concat(), PROTOCOL_ERROR),
        json("bytes inside a text", [&start[..], &frame(FIN | BINARY, b"x")].concat(), PROTOCOL_ERROR),
        json("two ends", [&start[..], &end, &end].concat(), PROTOCOL_ERROR),
        json("an end first", frame(FIN, b""), PROTOCOL_ERROR),
        json("a message after the close", [&close(1000, b"")[..], &start, &end].concat(), End::Close(1000)),
        json("two closes", [close(1000, b""), close(1000, b"")].concat(), End::Close(1000)),
        json("a thousand fragments", fragments(TEXT, vec![b'x'; 1_000].chunks(1)), BAD_FRAME),
        json("fragments up to the limit", fragments(TEXT, [&bytes[..], &bytes]), BAD_FRAME),
        json("fragments beyond it", fragments(TEXT, [&bytes[..], &bytes, b"x"]), TOO_LARGE),
        json("binary fragments beyond it", fragments(BINARY, [&bytes[..], &bytes, b"x"]), TOO_LARGE),
    ]
}

/// A mistake at the very end of what is read of one client before others have their turn: 64 KiB or a little less. It must
/// not get lost there.
fn late() -> Vec<Case> {
    let mut cases = Vec::new();
    for fragments in (10_500..11_000).step_by(25) {
        let before = [frame(TEXT, b""), frame(0, b"").repeat(fragments)].concat();
        for (mistake, bytes, end) in [
            ("a terabyte", head(0, 1 << 40, Width::Bits64, true), TOO_LARGE),
            ("a reserved bit", frame(0x40, b""), PROTOCOL_ERROR),
            ("no UTF-8", frame(0, b"\xff"), NOT_UTF8),
        ] {
            let name = format!("{mistake} after {fragments} fragments");
            cases.push(json(name, [&before[..], &bytes].concat(), end));
        }
    }
    cases
}

fn floods() -> Vec<Case> {
    let many = |bytes: Vec<u8>, times| bytes.repeat(times);
    vec![
        json("pings", many(frame(FIN | PING, b"!"), 500), FLOOD),
        json("pongs", many(frame(FIN | PONG, b""), 500), FLOOD),
        json("empty texts", many(frame(FIN | TEXT, b""), 500), FLOOD),
        json("frames of the wrong kind", many(frame(FIN | BINARY, b""), 500), FLOOD),
        json("larger texts", many(frame(FIN | TEXT, &[b'['; 1_024]), 500), FLOOD),
        json("empty fragments", [frame(TEXT, b""), many(frame(0, b""), 50_000)].concat(), TOO_LARGE),
        json("fragments of a byte", [frame(TEXT, b""), many(frame(0, b"x"), 50_000)].concat(), TOO_LARGE),
        Case::socket(
            "bytes",
            Encoding::MessagePack,
            [frame(BINARY, b""), many(frame(0, b"x"), 50_000)].concat(),
            TOO_LARGE,
        ),
    ]
}

/// Who will not send any more cannot say goodbye either.
fn half_closed() -> Vec<Case> {
    let half = frame(FIN | TEXT, b"{\"op\":\"list\"}");
    [("nothing", Vec::new()), ("half a head", half[..1].to_vec()), ("half a frame", half[..9].to_vec())]
        .map(|(name, bytes)| {
            json(format!("the end after {name}"), bytes, End::Ends).sending(Sending::HalfClose)
        })
        .into()
}
