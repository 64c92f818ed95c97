//! Whatever a client sends: no panic, an answer of a bounded length, and what parses is the same once written and read
//! again, in every encoding.

use market::SYMBOL_CHARS_MAX;
use protocol::{
    Encoding, ErrorCode, Frame, Op, REQUEST_ID_CHARS_MAX, Request, RequestError, ServerMessage, StreamName,
    StreamPattern,
};

/// The longest message of an error, in characters.
const MESSAGE_CHARS_MAX: usize = 300;

pub(crate) fn check(encoding: Encoding, frame: &[u8]) -> String {
    let parsed = encoding.parse_request(frame);
    match &parsed {
        Ok(request) => check_request(request),
        Err(error) => check_answer(error),
    }
    format!("{parsed:?}")
}

fn check_request(request: &Request) {
    for encoding in Encoding::ALL {
        let written = encoding.encode_request(request);
        let again = encoding.parse_request(&written);
        if !is_shortened(request) {
            assert_eq!(again.as_ref(), Ok(request), "{encoding:?} {}", written.escape_ascii());
        }
    }
}

/// Of a stream that there can't be, only the beginning is kept, for the answer: it may be another stream's name.
fn is_shortened(request: &Request) -> bool {
    let text = |text: &str| text.chars().count() == REQUEST_ID_CHARS_MAX;
    let name = |name: &StreamName| name.symbol.chars().count() == SYMBOL_CHARS_MAX;
    match &request.op {
        Op::Subscribe { targets, .. }
        | Op::Configure { targets, .. }
        | Op::Unsubscribe { targets }
        | Op::Resync { targets } => targets.iter().any(|target| match target {
            Ok(StreamPattern::One(one)) => name(one),
            Ok(StreamPattern::All(_)) => false,
            Err(error) => text(&error.text),
        }),
        Op::Resume { marks, .. } => marks.iter().any(|(stream, _)| match stream {
            Ok(one) => name(one),
            Err(error) => text(&error.text),
        }),
        Op::List | Op::Ping { .. } => false,
    }
}

fn check_answer(RequestError { id, error }: &RequestError) {
    assert!(matches!(error.code, ErrorCode::BadFrame | ErrorCode::BadRequest | ErrorCode::UnknownOp));
    let chars = error.message.chars().count();
    assert!(chars <= MESSAGE_CHARS_MAX, "a message of {chars} characters: {}", error.message);
    let answer = ServerMessage::Error { id: id.clone(), error: error.clone() };
    for encoding in Encoding::ALL {
        let written = encoding.encode_control(&answer);
        assert_eq!(encoding.decode_frame(&written).unwrap(), Frame::Control(Box::new(answer.clone())));
    }
}
