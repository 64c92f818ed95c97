//! Schemas of what writes itself, and of the fields of requests. The other types derive theirs.

use std::borrow::Cow;

use market::SYMBOL_CHARS_MAX;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::rate::{HZ_MAX, HZ_MIN};
use crate::request::Raw;
use crate::{Channel, Rate, StreamName};

/// The fields of all requests; each request has those of its [`crate::Shape`].
pub fn request_fields(generator: &mut SchemaGenerator) -> Schema {
    Raw::json_schema(generator)
}

impl JsonSchema for Channel {
    fn schema_name() -> Cow<'static, str> {
        "Channel".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "description": "A channel.", "type": "string", "enum": Self::ALL.map(Self::name) })
    }
}

impl JsonSchema for StreamName {
    fn schema_name() -> Cow<'static, str> {
        "StreamName".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let channels = Channel::ALL.map(Channel::name).join("|");
        json_schema!({
            "description": "A stream: a channel of one symbol.",
            "type": "string",
            "pattern": format!("^({channels}):.{{1,{SYMBOL_CHARS_MAX}}}$"),
            "examples": ["ticker:BTC-USDT"],
        })
    }
}

impl JsonSchema for Rate {
    fn schema_name() -> Cow<'static, str> {
        "Rate".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "How often at most, in Hertz; 0 for no limit. It is rounded down to 1, 2 or 5 times a power of ten.",
            "type": "number",
            "anyOf": [{ "const": 0 }, { "minimum": HZ_MIN, "maximum": HZ_MAX }],
        })
    }
}
