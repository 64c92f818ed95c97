//! Reads values of MessagePack with serde, in less code than rmp-serde: it is part of the dashboard's WebAssembly. Only
//! for frames that were scanned, see [`super::scan`].

use serde::de::value::{Error, StrDeserializer};
use serde::de::{DeserializeSeed, Deserializer, Error as _, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::token::Token;

/// What is left to read of a frame.
pub(super) struct Reader<'de>(pub(super) &'de [u8]);

impl<'de> Deserializer<'de> for &mut Reader<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match Token::take(&mut self.0).map_err(Error::custom)? {
            Token::Nil => visitor.visit_unit(),
            Token::Bool(flag) => visitor.visit_bool(flag),
            Token::Unsigned(number) => visitor.visit_u64(number),
            Token::Signed(number) => visitor.visit_i64(number),
            Token::Float(number) => visitor.visit_f64(number),
            Token::Text(text) => visitor.visit_borrowed_str(utf8(text)?),
            Token::Bytes(bytes) => visitor.visit_borrowed_bytes(bytes),
            Token::Array(count) => visit_inside(self, count, |inside| visitor.visit_seq(inside)),
            Token::Map(count) => visit_inside(self, count, |inside| visitor.visit_map(inside)),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let mut after = self.0;
        match Token::take(&mut after) {
            Ok(Token::Nil) => {
                self.0 = after;
                visitor.visit_none()
            }
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    /// Of the enums of this protocol, which are texts.
    fn deserialize_enum<V: Visitor<'de>>(self, _: &str, _: &[&str], visitor: V) -> Result<V::Value, Error> {
        match Token::take(&mut self.0).map_err(Error::custom)? {
            Token::Text(text) => {
                let text: StrDeserializer<'_, Error> = utf8(text)?.into_deserializer();
                visitor.visit_enum(text)
            }
            _ => Err(Error::custom("expected a text")),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier ignored_any
    }
}

fn utf8(text: &[u8]) -> Result<&str, Error> {
    std::str::from_utf8(text).map_err(Error::custom)
}

/// What an array or a map has inside.
struct Inside<'a, 'de> {
    reader: &'a mut Reader<'de>,
    /// Values of an array, or pairs of a map.
    left: usize,
}

fn visit_inside<'de, T>(
    reader: &mut Reader<'de>,
    count: usize,
    visit: impl FnOnce(&mut Inside<'_, 'de>) -> Result<T, Error>,
) -> Result<T, Error> {
    let mut inside = Inside { reader, left: count };
    let value = visit(&mut inside)?;
    if inside.left == 0 { Ok(value) } else { Err(Error::custom("more values than expected")) }
}

impl<'de> Inside<'_, 'de> {
    fn next<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        let Some(left) = self.left.checked_sub(1) else { return Ok(None) };
        self.left = left;
        seed.deserialize(&mut *self.reader).map(Some)
    }
}

impl<'de> SeqAccess<'de> for &mut Inside<'_, 'de> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        self.next(seed)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.left)
    }
}

impl<'de> MapAccess<'de> for &mut Inside<'_, 'de> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        self.next(seed)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        seed.deserialize(&mut *self.reader)
    }
}
