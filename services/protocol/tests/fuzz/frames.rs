//! Whatever a server sends: no panic, and what decodes is the same once written and read again, in every encoding.

use protocol::{DecodeError, Encoding, Frame, ServerMessage, read_frame};

pub(crate) fn check(encoding: Encoding, frame: &[u8]) -> String {
    let decoded = encoding.decode_frame(frame);
    if let (Encoding::Json, Ok(text)) = (encoding, str::from_utf8(frame)) {
        check_one_by_one(text, &decoded);
    }
    if let Ok(frame) = &decoded {
        for encoding in Encoding::ALL {
            let written = encode(encoding, frame);
            let again = encoding.decode_frame(&written);
            let mut again = again.unwrap_or_else(|error| panic!("{error}: {frame:?} as {encoding:?}"));
            forgive_the_last_bit(&mut again, frame);
            assert_eq!(&again, frame, "{encoding:?} {}", written.escape_ascii());
        }
    }
    match decoded {
        Ok(frame) => format!("{frame:?}"),
        Err(error) => error.to_string(),
    }
}

/// Read one by one, events and faults are those of the whole.
fn check_one_by_one(text: &str, decoded: &Result<Frame<'_>, DecodeError>) {
    let mut events = Vec::new();
    let read = read_frame(text, &mut |event| events.push(format!("{event:?}")));
    match (read, decoded) {
        (Ok(None), Ok(Frame::Events(whole))) => {
            assert_eq!(events, whole.iter().map(|event| format!("{event:?}")).collect::<Vec<_>>(), "{text}");
        }
        (Ok(Some(message)), Ok(Frame::Control(whole))) => assert_eq!(&message, whole, "{text}"),
        (Err(error), Err(whole)) => assert_eq!(error.to_string(), whole.to_string(), "{text}"),
        (read, _) => panic!("{read:?} instead of {decoded:?}: {text}"),
    }
}

/// The speed of the market's clock is the one number with a point that is no decimal text. serde_json reads it quickly,
/// which may be a bit off.
fn forgive_the_last_bit(again: &mut Frame<'_>, frame: &Frame<'_>) {
    let (Frame::Control(again), Frame::Control(message)) = (again, frame) else { return };
    let (ServerMessage::Hello(again), ServerMessage::Hello(hello)) = (again.as_mut(), message.as_ref())
    else {
        return;
    };
    let (again, speed) = (&mut again.feed.clock.speed, hello.feed.clock.speed);
    if (*again - speed).abs() <= 2.0 * f64::EPSILON * speed.abs() {
        *again = speed;
    }
}

/// A frame as the server writes it.
pub(crate) fn encode(encoding: Encoding, frame: &Frame<'_>) -> Vec<u8> {
    match frame {
        Frame::Control(message) => encoding.encode_control(message),
        Frame::Events(events) => encoding.encode_events(events),
    }
}
