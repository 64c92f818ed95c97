//! The name that a client gives its request.

use std::fmt;

use serde::de;
use serde::{Deserialize, Deserializer, Serialize};

/// The longest `id` that a client may choose, in characters.
pub const REQUEST_ID_CHARS_MAX: usize = 64;

/// A client's name for its request; the answer carries it back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum RequestId {
    /// A number.
    Number(u64),
    /// A text of at most [`REQUEST_ID_CHARS_MAX`] characters.
    Text(#[cfg_attr(feature = "schema", schemars(length(max = REQUEST_ID_CHARS_MAX)))] String),
}

/// By hand: `untagged` would keep a copy of the value first, and is much more code in the dashboard's WebAssembly.
impl<'de> Deserialize<'de> for RequestId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NumberOrText;
        impl de::Visitor<'_> for NumberOrText {
            type Value = RequestId;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("`id` to be an integer from 0 up, or a text")
            }
            /// MessagePack has signed formats for numbers without a sign, too.
            fn visit_i64<E: de::Error>(self, number: i64) -> Result<RequestId, E> {
                let unsigned = u64::try_from(number);
                unsigned
                    .map(RequestId::Number)
                    .map_err(|_| E::invalid_value(de::Unexpected::Signed(number), &self))
            }
            fn visit_u64<E: de::Error>(self, number: u64) -> Result<RequestId, E> {
                Ok(RequestId::Number(number))
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<RequestId, E> {
                Ok(RequestId::Text(text.to_owned()))
            }
        }
        deserializer.deserialize_any(NumberOrText)
    }
}
