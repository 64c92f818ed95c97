//! MessagePack of `tickwire.v1.msgpack`: the same messages as in JSON, in binary frames. An event is a map whose keys are
//! the numbers of its fields; all other maps have names.

mod reader;
mod scan;
mod token;

use serde::de::{Error as _, value::Error};
use serde::{Deserialize, Serialize};

use self::reader::Reader;
use self::token::Token;
use crate::control::Source;
use crate::fields::{Field, Fields};
use crate::request::Raw;
use crate::{DecodeError, Event, Frame, Request, ServerMessage};

/// The first bytes of maps and arrays. The low four bits of the short ones are the count.
const FIXMAP: u8 = 0x80;
const FIXARRAY: u8 = 0x90;
const ARRAY_16: u8 = 0xdc;
const ARRAY_32: u8 = 0xdd;
const MAP_16: u8 = 0xde;
/// The largest count of a short map or array.
const FIX_MAX: u8 = 15;

const TO_MEMORY: &str = "writing to memory does not fail, and lengths are known";

pub(crate) fn encode_event(event: &Event<'_>, out: &mut Vec<u8>) {
    match event.field_count() {
        few @ ..=FIX_MAX => out.push(FIXMAP | few),
        many => out.extend_from_slice(&[MAP_16, 0, many]),
    }
    event.put_to(&mut Numbered(out)).expect(TO_MEMORY);
}

pub(crate) fn encode_events(events: &[Event<'_>]) -> Vec<u8> {
    let mut out = array_header(events.len());
    events.iter().for_each(|event| encode_event(event, &mut out));
    out
}

fn array_header(count: usize) -> Vec<u8> {
    if let Ok(few @ ..=FIX_MAX) = u8::try_from(count) {
        vec![FIXARRAY | few]
    } else if let Ok(many) = u16::try_from(count) {
        [&[ARRAY_16][..], &many.to_be_bytes()].concat()
    } else {
        let count = u32::try_from(count).expect("so many events do not fit in memory");
        [&[ARRAY_32][..], &count.to_be_bytes()].concat()
    }
}

/// Writes the fields of an event under their numbers, each in one byte.
struct Numbered<'a>(&'a mut Vec<u8>);

impl Fields for Numbered<'_> {
    type Error = rmp_serde::encode::Error;

    fn put(&mut self, field: Field, value: &impl Serialize) -> Result<(), Self::Error> {
        self.0.push(field.number());
        value.serialize(&mut rmp_serde::Serializer::new(&mut *self.0).with_struct_map())
    }
}

pub(crate) fn encode_control(message: &ServerMessage) -> Vec<u8> {
    rmp_serde::to_vec_named(message).expect(TO_MEMORY)
}

pub(crate) fn encode_request(request: &Request) -> Vec<u8> {
    rmp_serde::to_vec_named(&Raw::of(request)).expect(TO_MEMORY)
}

pub(crate) fn decode_frame(frame: &[u8]) -> Result<Frame<'_>, DecodeError> {
    scan::scan(frame).map_err(Error::custom)?;
    Ok(match Token::take(&mut &*frame) {
        Ok(Token::Array(_)) => Frame::Events(read(frame)?),
        _ => Frame::Control(Box::new(ServerMessage::read(&Scanned(frame))?)),
    })
}

struct Scanned<'a>(&'a [u8]);

impl<'a> Source<'a> for Scanned<'a> {
    type Error = DecodeError;

    fn read<T: Deserialize<'a>>(&self) -> Result<T, DecodeError> {
        Ok(read(self.0)?)
    }
}

/// Why a frame could not be read as a request.
pub(crate) enum Unreadable {
    /// It is no MessagePack.
    Frame(&'static str),
    /// It is something else.
    Content(Error),
}

/// Reads a map.
pub(crate) fn decode_map<'a, T: Deserialize<'a>>(frame: &'a [u8]) -> Result<T, Unreadable> {
    scan::scan(frame).map_err(Unreadable::Frame)?;
    match Token::take(&mut &*frame) {
        Ok(Token::Map(_)) => read(frame).map_err(Unreadable::Content),
        _ => Err(Unreadable::Content(Error::custom("not a map"))),
    }
}

/// Reads a frame that was scanned.
fn read<'a, T: Deserialize<'a>>(frame: &'a [u8]) -> Result<T, Error> {
    T::deserialize(&mut Reader(frame))
}
