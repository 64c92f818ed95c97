//! The REST interface: OpenAPI 3.1.

use std::collections::BTreeMap;

use protocol::rest::{self, BookQuery, CandlesQuery, NoQuery, StreamQuery, TickerQuery, TradesQuery};
use protocol::{ErrorBody, ErrorCode};
use schemars::JsonSchema;
use serde_json::{Map, Value, json};

use crate::schemas::Schemas;

/// What any request may be refused for.
const ALWAYS: [ErrorCode; 3] = [ErrorCode::BadRequest, ErrorCode::Unavailable, ErrorCode::Internal];
/// What a request for a stream may be refused for beside.
const AT_THE_DOOR: [ErrorCode; 2] = [ErrorCode::TooManyConnections, ErrorCode::OriginForbidden];
const UNKNOWN_SYMBOL: [ErrorCode; 1] = [ErrorCode::UnknownSymbol];

pub(super) fn document() -> Value {
    let mut schemas = Schemas::new();
    let paths = paths(&mut schemas);
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Tickwire over HTTP",
            "version": "1",
            "description": "The state of the market, and events as Server-Sent Events. Only GET is served. Unknown \
                parameters are refused. Fields of an answer that a client does not know are to be ignored.",
            "license": { "name": "MIT", "identifier": "MIT" },
        },
        "externalDocs": { "url": "../protocol.md", "description": "The protocol in prose" },
        "servers": [{ "url": "http://127.0.0.1:8000", "description": "As `tickwire serve` starts." }],
        "paths": paths,
        "components": { "schemas": schemas.finish() },
    })
}

fn paths(schemas: &mut Schemas) -> Map<String, Value> {
    let instruments = json_of::<rest::Instruments>(schemas);
    let ticker = json_of::<Vec<rest::TickerRow>>(schemas);
    let candles = json_of::<rest::Candles>(schemas);
    let trades = json_of::<rest::Trades>(schemas);
    let book = json_of::<rest::BookView>(schemas);
    let events = json!({ "200": { "description": "Each message of the WebSocket as `data:`.", "content": {
        "text/event-stream": { "schema": { "type": "string" } }
    } } });
    let upgrade = json!({ "101": { "description": "The connection is a WebSocket: asyncapi.json says what it speaks." } });
    let mut at =
        |path: &str, id: &str, about: &str, parameters: Value, answer: Value, errors: &[ErrorCode]| {
            let operation = json!({
                "operationId": id,
                "summary": about,
                "parameters": parameters,
                "responses": responses(schemas, answer, errors),
            });
            (path.to_owned(), json!({ "get": operation }))
        };
    [
        at(
            rest::INSTRUMENTS_PATH,
            "instruments",
            "What there is.",
            parameters::<NoQuery>(),
            instruments,
            &[],
        ),
        at(
            rest::TICKER_PATH,
            "ticker",
            "Last trades, best prices and the rolling 24 hours.",
            parameters::<TickerQuery>(),
            ticker,
            &UNKNOWN_SYMBOL,
        ),
        at(
            rest::CANDLES_PATH,
            "candles",
            "Candles, oldest first.",
            parameters::<CandlesQuery>(),
            candles,
            &UNKNOWN_SYMBOL,
        ),
        at(
            rest::TRADES_PATH,
            "trades",
            "The latest trades, oldest first.",
            parameters::<TradesQuery>(),
            trades,
            &UNKNOWN_SYMBOL,
        ),
        at(
            rest::BOOK_PATH,
            "book",
            "The book, best first.",
            parameters::<BookQuery>(),
            book,
            &UNKNOWN_SYMBOL,
        ),
        at(
            rest::STREAM_PATH,
            "stream",
            "Events as Server-Sent Events.",
            parameters::<StreamQuery>(),
            events,
            &AT_THE_DOOR,
        ),
        at(
            rest::SOCKET_PATH,
            "socket",
            "The handshake of the WebSocket.",
            parameters::<StreamQuery>(),
            upgrade,
            &AT_THE_DOOR,
        ),
    ]
    .into_iter()
    .collect()
}

fn json_of<T: JsonSchema>(schemas: &mut Schemas) -> Value {
    json!({ "200": { "description": "The answer.", "content": { "application/json": { "schema": schemas.of::<T>() } } } })
}

fn parameters<T: JsonSchema>() -> Value {
    let mut schemas = Schemas::new();
    let mut query = schemas.object::<T>();
    let named = schemas.finish();
    let required = query.remove("required").unwrap_or_default();
    let Some(Value::Object(fields)) = query.remove("properties") else { return json!([]) };
    let parameter = |(name, mut schema): (String, Value)| {
        let description = schema.as_object_mut().and_then(|schema| schema.remove("description"));
        // A parameter stands by itself.
        if let Some(reference) = schema["$ref"].as_str() {
            schema = named[reference.rsplit('/').next().expect("a name")].clone();
        }
        let is_required = required.as_array().is_some_and(|required| required.contains(&json!(name)));
        json!({ "name": name, "in": "query", "required": is_required, "description": description, "schema": schema })
    };
    fields.into_iter().map(parameter).collect()
}

fn responses(schemas: &mut Schemas, answer: Value, errors: &[ErrorCode]) -> Value {
    let schema = schemas.of::<ErrorBody>();
    let mut by_status: BTreeMap<u16, Vec<String>> = BTreeMap::new();
    for code in ALWAYS.iter().chain(errors) {
        let name = serde_json::to_value(code).expect("a name");
        by_status
            .entry(code.http_status())
            .or_default()
            .push(format!("`{}`", name.as_str().expect("a text")));
    }
    let mut all = answer;
    for (status, codes) in by_status {
        all[status.to_string()] = json!({
            "description": format!("Refused: {}.", codes.join(" or ")),
            "content": { "application/json": { "schema": schema } },
        });
    }
    all
}
