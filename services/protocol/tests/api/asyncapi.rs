//! The WebSocket: AsyncAPI 3.0.

use protocol::rest::{SOCKET_PATH, StreamQuery};
use protocol::{CloseReason, Encoding, SHAPES};
use serde_json::{Map, Value, json};

use crate::golden;
use crate::schemas::{Message, Schemas};

pub(super) fn document() -> Value {
    let mut schemas = Schemas::new();
    let requests = schemas.requests();
    let unasked = schemas.control_messages();
    let events = schemas.events();
    let query = Value::Object(schemas.object::<StreamQuery>());
    let all: Vec<&Message> = requests.iter().chain([&events]).chain(&unasked).collect();
    let in_channel = all.iter().map(|message| {
        (message.key(), json!({ "$ref": format!("#/components/messages/{}", message.key()) }))
    });
    json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": "Tickwire over a WebSocket",
            "version": "1",
            "description": about(),
            "license": { "name": "MIT" },
            "externalDocs": { "url": "../protocol.md", "description": "The protocol in prose" },
        },
        "defaultContentType": "application/json",
        "servers": { "local": { "host": "127.0.0.1:8000", "protocol": "ws", "description": "As `tickwire serve` starts." } },
        "channels": { "socket": {
            "address": SOCKET_PATH,
            "title": "The socket",
            "messages": in_channel.collect::<Map<_, _>>(),
            "bindings": { "ws": { "method": "GET", "query": query, "bindingVersion": "0.1.0" } },
        } },
        "operations": operations(&unasked),
        "components": {
            "messages": all.iter().map(|message| (message.key(), described(message))).collect::<Map<_, _>>(),
            "schemas": schemas.finish(),
        },
    })
}

fn about() -> String {
    let protocols = Encoding::ALL.map(|encoding| format!("`{}`", encoding.subprotocol())).join(" or ");
    let closes = CloseReason::ALL.map(|reason| {
        let again = if reason.should_reconnect() { ", connect again" } else { "" };
        format!("{} ({}{again})", reason.code(), reason.text())
    });
    format!(
        "The sub-protocol is {protocols}: the same messages in JSON or MessagePack, where the keys of events are numbers. \
         An array is a frame of events, an object a control message. Fields that a client does not know are to be \
         ignored; the server refuses those that it does not know. The server closes with {}.",
        closes.join(", "),
    )
}

fn described(message: &Message) -> Value {
    let examples = golden::examples(message);
    assert!(!examples.is_empty(), "{} has no golden file", message.name);
    json!({ "name": message.name, "summary": message.about, "payload": message.payload, "examples": examples })
}

/// What the server receives and answers, and what it sends by itself.
fn operations(controls: &[Message]) -> Map<String, Value> {
    let channel = json!({ "$ref": "#/channels/socket" });
    let named = |key: &str| json!({ "$ref": format!("#/channels/socket/messages/{key}") });
    let asked = SHAPES.iter().map(|shape| {
        let reply = json!({ "channel": channel, "messages": [named(shape.answer), named("error")] });
        let messages = json!([named(&format!("{}_request", shape.op))]);
        (
            shape.op.to_owned(),
            json!({ "action": "receive", "channel": channel, "messages": messages, "reply": reply }),
        )
    });
    let unasked = controls.iter().map(|message| message.name.as_str());
    let unasked = unasked.filter(|name| !SHAPES.iter().any(|shape| shape.answer == *name)).chain(["events"]);
    let sent = unasked.map(|name| {
        (format!("send_{name}"), json!({ "action": "send", "channel": channel, "messages": [named(name)] }))
    });
    asked.chain(sent).collect()
}
