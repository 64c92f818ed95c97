//! Requests: what a client may ask on its WebSocket.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::{ErrorBody, ErrorCode, StreamPattern};

/// The longest `id` that a client may choose, in characters.
pub const REQUEST_ID_CHARS_MAX: usize = 64;

/// A client's name for its request; the answer carries it back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum RequestId {
    /// A number.
    Number(u64),
    /// A text of at most [`REQUEST_ID_CHARS_MAX`] characters.
    Text(String),
}

/// What becomes of events that a client is too slow for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Policy {
    /// The latest value is kept, and how many went before it is told; trades are skipped with a notice.
    #[default]
    Conflate,
    /// The socket is closed with [`crate::CloseReason::Slow`].
    Disconnect,
}

/// A request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The client's name for it.
    pub id: Option<RequestId>,
    /// What it asks.
    pub op: Op,
}

/// What a request asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Op {
    /// Start streams.
    Subscribe {
        /// Which.
        targets: Vec<Target>,
        /// What becomes of events that the client is too slow for.
        policy: Policy,
    },
    /// End streams.
    Unsubscribe {
        /// Which.
        targets: Vec<Target>,
    },
    /// Send new snapshots of subscribed streams.
    Resync {
        /// Which.
        targets: Vec<Target>,
    },
    /// What there is, and what is subscribed.
    List,
    /// Answer with the server's time.
    Ping {
        /// Handed back as it came: the client's clock, in a unit of its own.
        ts: Option<u64>,
    },
}

/// A stream as a client named it, and what it means.
pub type Target = Result<StreamPattern, PatternError>;

/// A stream that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatternError {
    /// What the client named.
    pub text: String,
    /// Why that is no stream.
    pub message: String,
}

/// A request that could not be read: the error to answer, under the id if that could be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestError {
    /// The client's name for the request.
    pub id: Option<RequestId>,
    /// What was wrong.
    pub error: ErrorBody,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw<'a> {
    #[serde(borrow)]
    op: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    id: Option<RequestId>,
    #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
    streams: Option<Vec<Cow<'a, str>>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    policy: Option<Policy>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ts: Option<u64>,
}

/// What is read of a request that is otherwise wrong, so that the answer finds its way.
#[derive(Deserialize)]
struct OnlyId {
    #[serde(default)]
    id: Option<RequestId>,
}

const OPS: &str = "subscribe, unsubscribe, resync, list, ping";

impl Request {
    /// Reads a text frame from a client.
    ///
    /// # Errors
    /// The answer to give: `bad_json`, `bad_request` or `unknown_op`.
    pub fn parse(text: &str) -> Result<Self, RequestError> {
        let raw: Raw<'_> = serde_json::from_str(text).map_err(|error| {
            let id = serde_json::from_str::<OnlyId>(text).ok().and_then(|only| only.id);
            let code = if error.is_data() { ErrorCode::BadRequest } else { ErrorCode::BadJson };
            RequestError { id, error: code.with(format!("expected {{\"op\":..., \"id\":...}}: {error}")) }
        })?;
        let id = raw.id.clone();
        match &id {
            Some(RequestId::Text(text)) if text.chars().count() > REQUEST_ID_CHARS_MAX => Err(RequestError {
                id: None,
                error: ErrorCode::BadRequest
                    .with(format!("id: expected at most {REQUEST_ID_CHARS_MAX} characters")),
            }),
            _ => raw.op().map(|op| Self { id: id.clone(), op }).map_err(|error| RequestError { id, error }),
        }
    }

    /// The JSON of the request: what a client sends. A policy that is the default is left out.
    #[must_use]
    pub fn encode(&self) -> String {
        let named = |op, targets: &[Target]| Raw {
            op: Cow::Borrowed(op),
            streams: Some(targets.iter().map(|target| Cow::Owned(target_text(target))).collect()),
            ..Raw::default()
        };
        let mut raw = match &self.op {
            Op::Subscribe { targets, policy } => {
                let policy = (*policy != Policy::default()).then_some(*policy);
                Raw { policy, ..named("subscribe", targets) }
            }
            Op::Unsubscribe { targets } => named("unsubscribe", targets),
            Op::Resync { targets } => named("resync", targets),
            Op::List => Raw { op: Cow::Borrowed("list"), ..Raw::default() },
            Op::Ping { ts } => Raw { op: Cow::Borrowed("ping"), ts: *ts, ..Raw::default() },
        };
        raw.id.clone_from(&self.id);
        serde_json::to_string(&raw).expect("writing to memory does not fail, and keys are strings")
    }
}

impl Raw<'_> {
    fn op(self) -> Result<Op, ErrorBody> {
        let (policy, ts) = (self.policy, self.ts);
        let refuse = |field: &str, given: bool, op: &str| match given {
            true => Err(ErrorCode::BadRequest.with(format!("`{field}` has no meaning in `{op}`"))),
            false => Ok(()),
        };
        let op = self.op.as_ref();
        match op {
            "subscribe" | "unsubscribe" | "resync" => {
                refuse("ts", ts.is_some(), op)?;
                if op != "subscribe" {
                    refuse("policy", policy.is_some(), op)?;
                }
                let targets = targets(self.streams.as_deref(), op)?;
                Ok(match op {
                    "subscribe" => Op::Subscribe { targets, policy: policy.unwrap_or_default() },
                    "unsubscribe" => Op::Unsubscribe { targets },
                    _ => Op::Resync { targets },
                })
            }
            "list" | "ping" => {
                refuse("streams", self.streams.is_some(), op)?;
                refuse("policy", policy.is_some(), op)?;
                if op == "list" {
                    refuse("ts", ts.is_some(), op)?;
                    return Ok(Op::List);
                }
                Ok(Op::Ping { ts })
            }
            other => {
                let named: String = other.chars().take(32).collect();
                Err(ErrorCode::UnknownOp.with(format!("unknown op `{named}`: expected one of {OPS}")))
            }
        }
    }
}

fn targets(streams: Option<&[Cow<'_, str>]>, op: &str) -> Result<Vec<Target>, ErrorBody> {
    let streams = streams.filter(|streams| !streams.is_empty()).ok_or_else(|| {
        ErrorCode::BadRequest
            .with(format!("`{op}` needs `streams`: a list such as [\"ticker:*\",\"trades:BTC-USDT\"]"))
    })?;
    Ok(streams.iter().map(|text| parse_target(text)).collect())
}

fn target_text(target: &Target) -> String {
    match target {
        Ok(pattern) => pattern.to_string(),
        Err(error) => error.text.clone(),
    }
}

fn parse_target(text: &str) -> Target {
    text.parse().map_err(|error: crate::ParseStreamError| PatternError {
        text: text.chars().take(REQUEST_ID_CHARS_MAX).collect(),
        message: error.to_string(),
    })
}

impl Op {
    /// The streams of a URL's `?subscribe=ticker:*,trades:BTC-USDT`; empty parts are passed over.
    #[must_use]
    pub fn subscribe_list(list: &str) -> Vec<Target> {
        list.split(',').filter(|part| !part.is_empty()).map(parse_target).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_error(text: &str, code: ErrorCode, expected: &str) {
        let refused = Request::parse(text).unwrap_err();
        assert_eq!(refused.error.code, code, "{text}: {}", refused.error.message);
        assert!(refused.error.message.contains(expected), "{text}: {}", refused.error.message);
    }

    #[test]
    fn requests_parse() {
        let request = Request::parse(r#"{"op":"subscribe","id":1,"streams":["ticker:*","nope"]}"#).unwrap();
        assert_eq!(request.id, Some(RequestId::Number(1)));
        let Op::Subscribe { targets, policy: Policy::Conflate } = request.op else { panic!("{request:?}") };
        assert_eq!(targets[0], Ok(StreamPattern::All(crate::Channel::Ticker)));
        assert!(targets[1].as_ref().unwrap_err().message.contains("not a stream"));
        let ping = Request::parse(r#"{"op":"ping","id":"a","ts":5}"#).unwrap();
        assert_eq!(ping, Request { id: Some(RequestId::Text("a".into())), op: Op::Ping { ts: Some(5) } });
    }

    #[test]
    fn mistakes_are_named() {
        check_error("{", ErrorCode::BadJson, "EOF");
        check_error("\"hello\"", ErrorCode::BadRequest, "expected");
        check_error(r#"{"op":"buy","id":7}"#, ErrorCode::UnknownOp, "expected one of subscribe");
        check_error(r#"{"op":"subscribe"}"#, ErrorCode::BadRequest, "needs `streams`");
        check_error(r#"{"op":"subscribe","streams":[]}"#, ErrorCode::BadRequest, "needs `streams`");
        check_error(r#"{"op":"list","streams":["a"]}"#, ErrorCode::BadRequest, "no meaning");
        check_error(r#"{"op":"ping","nope":1}"#, ErrorCode::BadRequest, "nope");
        check_error(
            r#"{"op":"subscribe","streams":["a"],"policy":"drop"}"#,
            ErrorCode::BadRequest,
            "conflate",
        );
    }

    #[test]
    fn the_id_is_kept_where_it_can_be_read() {
        let refused = Request::parse(r#"{"op":"ping","id":9,"nope":1}"#).unwrap_err();
        assert_eq!(refused.id, Some(RequestId::Number(9)));
        let long = format!(r#"{{"op":"ping","id":"{}"}}"#, "x".repeat(65));
        check_error(&long, ErrorCode::BadRequest, "at most 64 characters");
    }

    #[test]
    fn a_url_lists_streams() {
        assert_eq!(Op::subscribe_list("ticker:*,,trades:BTC-USDT").len(), 2);
        assert!(Op::subscribe_list("").is_empty());
    }
}
