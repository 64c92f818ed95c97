//! JSON of `tickwire.v1.json`: events as flat objects, control messages tagged by `type`.

use std::fmt;

use serde::de::{DeserializeSeed, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::control::Source;
use crate::object::Object;
use crate::{DecodeError, Event, Frame, ServerMessage};

/// Reads a text frame from the server.
///
/// # Errors
/// When it is not JSON or not a message of this version.
pub fn decode_frame(text: &str) -> Result<Frame<'_>, DecodeError> {
    if text.trim_start().starts_with('[') {
        Ok(Frame::Events(decode_events(text)?))
    } else {
        Ok(Frame::Control(Box::new(ServerMessage::read(&Text(text))?)))
    }
}

/// Reads a text frame from the server without keeping its events: each is handed to `on_event` as soon as it is read.
/// Gives the message if it was one. Memory for a frame of any length is that for one event.
///
/// # Errors
/// See [`decode_frame`]; the events before the fault have been handed over.
// Inlined, so that control messages are compiled where they are read: these are few, and the dashboard's profile has this
// crate faster than others.
#[inline]
pub fn read_frame(
    text: &str,
    on_event: &mut dyn FnMut(Event<'_>),
) -> Result<Option<Box<ServerMessage>>, DecodeError> {
    if text.trim_start().starts_with('[') {
        read_events(text, on_event)?;
        Ok(None)
    } else {
        Ok(Some(Box::new(ServerMessage::read(&Text(text))?)))
    }
}

fn read_events(text: &str, on_event: &mut dyn FnMut(Event<'_>)) -> Result<(), DecodeError> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    Events(on_event).deserialize(&mut deserializer)?;
    Ok(deserializer.end()?)
}

/// An array of events, taken one by one.
struct Events<'f>(&'f mut dyn FnMut(Event<'_>));

impl<'a> DeserializeSeed<'a> for Events<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'a> Visitor<'a> for Events<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an array of events")
    }

    fn visit_seq<A: SeqAccess<'a>>(self, mut events: A) -> Result<(), A::Error> {
        while let Some(event) = events.next_element()? {
            (self.0)(event);
        }
        Ok(())
    }
}

fn decode_events(text: &str) -> Result<Vec<Event<'_>>, DecodeError> {
    Ok(serde_json::from_str(text)?)
}

struct Text<'a>(&'a str);

impl<'a> Source<'a> for Text<'a> {
    type Error = DecodeError;

    fn read<T: Deserialize<'a>>(&self) -> Result<T, DecodeError> {
        read_json(self.0)
    }
}

/// Reads what the server says as JSON.
///
/// # Errors
/// When it is not JSON, or not a `T`.
#[inline]
pub fn read_json<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, DecodeError> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let read = T::deserialize(Object(&mut deserializer))?;
    deserializer.end()?;
    Ok(read)
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
