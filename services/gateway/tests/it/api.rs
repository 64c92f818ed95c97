//! The documents of `docs/api` against a running server: what it says is what they say, in both directions.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use futures_util::{SinkExt as _, StreamExt as _};
use jsonschema::Validator;
use serde_json::{Value, json};
use testkit::{Answer, get, within};
use tokio_tungstenite::connect_async;
use tungstenite::Message;

use crate::server::TestServer;

struct Document(Value);

impl Document {
    fn read(name: &str) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/api").join(name);
        Self(serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap())
    }

    fn validator(&self, schema: &Value) -> Validator {
        let all = json!({ "allOf": [schema], "components": { "schemas": self.0["components"]["schemas"] } });
        jsonschema::draft202012::new(&all).unwrap()
    }

    /// Compares a value with a schema.
    fn check(&self, what: &str, schema: &Value, value: &Value) {
        let validator = self.validator(schema);
        let errors: Vec<String> = validator.iter_errors(value).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{what}: {errors:?}: {value}");
    }
}

/// Compares an answer with what the document says of its path and status.
fn check_answer(openapi: &Document, path_and_query: &str, answer: &Answer) {
    let path = path_and_query.split('?').next().unwrap();
    let response = &openapi.0["paths"][path]["get"]["responses"][answer.status.to_string()];
    let schema = &response["content"]["application/json"]["schema"];
    assert!(schema.is_object(), "{path_and_query}: {} is not in the document", answer.status);
    assert_eq!(answer.header("content-type"), "application/json", "{path_and_query}");
    openapi.check(path_and_query, schema, &answer.json());
}

#[tokio::test]
async fn answers_are_as_openapi_says() {
    let openapi = Document::read("openapi.json");
    let server = TestServer::market(&[]).await;
    for path in [
        "/api/v1/instruments",
        "/api/v1/instruments?x=1",
        "/api/v1/ticker",
        "/api/v1/ticker?symbol=BTC-USDT",
        "/api/v1/ticker?symbol=NOPE",
        "/api/v1/candles?symbol=BTC-USDT&interval=1m&limit=1000",
        "/api/v1/candles?symbol=BTC-USDT&interval=1d&end_ts=1700000000000000",
        "/api/v1/candles?symbol=BTC-USDT&interval=2m",
        "/api/v1/candles?symbol=NOPE&interval=1m",
        "/api/v1/trades?symbol=BTC-USDT&limit=500",
        "/api/v1/trades?symbol=BTC-USDT&limit=0",
        "/api/v1/trades?symbol=NOPE",
        "/api/v1/book?symbol=BTC-USDT&depth=1000",
        "/api/v1/book?depth=10",
        "/api/v1/book?symbol=NOPE",
        "/api/v1/stream",
        "/ws",
        "/ws?nope=1",
    ] {
        check_answer(&openapi, path, &get(server.address, path).await);
    }
}

/// Each parameter is known to the server, and each that must be there is missed.
#[tokio::test]
async fn parameters_are_as_openapi_says() {
    let openapi = Document::read("openapi.json");
    let server = TestServer::market(&[]).await;
    let mut tried = 0;
    for (path, operation) in openapi.0["paths"].as_object().unwrap() {
        if path == "/ws" || path == "/api/v1/stream" {
            continue;
        }
        let parameters = operation["get"]["parameters"].as_array().unwrap();
        let given = |without: Option<&Value>| {
            let pairs = parameters.iter().filter(|parameter| Some(*parameter) != without).map(|parameter| {
                let name = parameter["name"].as_str().unwrap();
                format!("{name}={}", sample(&parameter["schema"], name))
            });
            format!("{path}?{}", pairs.collect::<Vec<_>>().join("&"))
        };
        assert_eq!(get(server.address, &given(None)).await.status, 200, "{}", given(None));
        for parameter in parameters {
            let expected = if parameter["required"] == true { 400 } else { 200 };
            let path = given(Some(parameter));
            assert_eq!(get(server.address, &path).await.status, expected, "{path}");
            tried += 1;
        }
    }
    assert!(tried > 6, "{tried} were tried");
}

fn sample(schema: &Value, name: &str) -> String {
    match (name, schema["enum"][0].as_str(), schema["type"].as_str()) {
        ("symbol", ..) => "BTC-USDT".to_owned(),
        (_, Some(first), _) => first.to_owned(),
        (_, _, Some("integer")) => "10".to_owned(),
        _ => panic!("{name}: {schema}"),
    }
}

/// What is asked of a socket, so that it says all that it can say.
const ASKED: &[&str] = &[
    r#"{"op":"subscribe","id":1,"streams":["ticker:*","bbo:*","trades:*","book:*","book:10:*","book:50:*","stats:*","status:*","nope"]}"#,
    r#"{"op":"configure","id":"c","streams":["ticker:*","candles:1s:*"],"max_hz":0.5}"#,
    r#"{"op":"resync","id":2,"streams":["book:*"]}"#,
    r#"{"op":"unsubscribe","id":3,"streams":["book:*","candles:1s:*"]}"#,
    r#"{"op":"resume","id":4,"epoch":"another","seqs":{"book:BTC-USDT":5,"ticker:BTC-USDT":5}}"#,
    r#"{"op":"subscribe","streams":["candles:1s:*","candles:1m:*","candles:5m:*","candles:15m:*","candles:1h:*","candles:4h:*","candles:1d:*"]}"#,
    r#"{"op":"list","id":5}"#,
    r#"{"op":"ping","id":6,"ts":7}"#,
    r#"{"op":"buy","id":8}"#,
];

/// Every message that the document has, from a real server.
#[tokio::test]
async fn a_socket_says_what_asyncapi_says() {
    let asyncapi = Document::read("asyncapi.json");
    let messages = asyncapi.0["components"]["messages"].as_object().unwrap();
    let validators: BTreeMap<&str, Validator> = messages
        .iter()
        .map(|(key, message)| (key.as_str(), asyncapi.validator(&message["payload"])))
        .collect();
    let mut unheard: BTreeSet<&str> = messages.keys().map(String::as_str).collect();
    let settings = [
        ("TICKWIRE_FEED__SPEED", "5"),
        ("TICKWIRE_STREAM__HEARTBEAT_MS", "100"),
        ("TICKWIRE_STREAM__REPLAY_MS", "2000"),
    ];
    let server = TestServer::market(&settings).await;
    let url = format!("ws://{}/ws", server.address);
    let (mut busy, _) = connect_async(&url).await.unwrap();
    let (mut quiet, _) = connect_async(&url).await.unwrap();
    for asked in ASKED {
        let asked_as: Value = serde_json::from_str(asked).unwrap();
        // What is no request at all is in no document.
        if let Some(validator) =
            validators.get(format!("{}_request", asked_as["op"].as_str().unwrap()).as_str())
        {
            assert!(validator.is_valid(&asked_as), "{asked}");
        }
        busy.send(Message::text(*asked)).await.unwrap();
    }
    unheard.retain(|key| !key.ends_with("_request"));
    let mut server = Some(server);
    within("every message", async {
        while !unheard.is_empty() {
            let said = tokio::select! {
                said = busy.next() => said,
                said = quiet.next() => said,
            };
            let Some(Ok(Message::Text(said))) = said else { panic!("{said:?}, not heard: {unheard:?}") };
            let value: Value = serde_json::from_str(&said).unwrap();
            let key = value["type"].as_str().unwrap_or("events");
            let errors: Vec<String> =
                validators[key].iter_errors(&value).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{errors:?}: {said}");
            unheard.remove(key);
            if unheard.iter().eq(["draining"].iter())
                && let Some(server) = server.take()
            {
                drop(server.shut_down());
            }
        }
    })
    .await;
}
