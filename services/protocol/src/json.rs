//! JSON of `tickwire.v1.json`: events as flat objects, control messages tagged by `type`.

use serde::Deserialize;

use crate::control::Source;
use crate::{DecodeError, Event, Frame, ServerMessage};

/// Reads a text frame from the server.
///
/// # Errors
/// When it is not JSON or not a message of this version.
#[inline]
pub fn decode_frame(text: &str) -> Result<Frame<'_>, DecodeError> {
    if text.trim_start().starts_with('[') {
        Ok(Frame::Events(decode_events(text)?))
    } else {
        // Inlined, so that it is compiled where it is used: these are few, and the dashboard's profile has this crate
        // fast and all others small.
        Ok(Frame::Control(Box::new(ServerMessage::read(&Text(text))?)))
    }
}

fn decode_events(text: &str) -> Result<Vec<Event<'_>>, DecodeError> {
    Ok(serde_json::from_str(text)?)
}

struct Text<'a>(&'a str);

impl<'a> Source<'a> for Text<'a> {
    type Error = DecodeError;

    fn read<T: Deserialize<'a>>(&self) -> Result<T, DecodeError> {
        Ok(serde_json::from_str(self.0)?)
    }
}

/// Appends the JSON of an event to `out`.
pub fn encode_event(event: &Event<'_>, out: &mut Vec<u8>) {
    serde_json::to_writer(out, event).expect("writing to memory does not fail, and keys are strings");
}

pub(crate) fn encode_events(events: &[Event<'_>]) -> Vec<u8> {
    serde_json::to_vec(events).expect("writing to memory does not fail, and keys are strings")
}

/// The JSON of a control message.
#[must_use]
pub fn encode_control(message: &ServerMessage) -> String {
    serde_json::to_string(message).expect("writing to memory does not fail, and keys are strings")
}
