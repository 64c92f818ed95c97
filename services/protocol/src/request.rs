//! Requests: what a client may ask on its WebSocket.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::de::{self, IgnoredAny};
use serde::{Deserialize, Deserializer, Serialize};

use crate::msgpack::{self, Unreadable};
use crate::{ErrorBody, ErrorCode, ParseStreamError, Rate, StreamName, StreamPattern};

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

/// What becomes of events that a client is too slow for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Policy {
    /// The latest value is kept, and how many went before it is told; trades are skipped with a notice.
    #[default]
    Conflate,
    /// The socket is closed with [`crate::CloseReason::Slow`].
    Disconnect,
}

/// How the events of a subscription come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Options {
    /// What becomes of events that the client is too slow for.
    pub policy: Policy,
    /// How often at most.
    pub max_hz: Rate,
}

/// What of [`Options`] is to change; `None` leaves it as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OptionsChange {
    /// The new policy.
    pub policy: Option<Policy>,
    /// The new rate.
    pub max_hz: Option<Rate>,
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
        /// How their events come.
        options: Options,
    },
    /// Change how the events of subscribed streams come; nothing is lost or sent twice.
    Configure {
        /// Which.
        targets: Vec<Target>,
        /// What changes.
        change: OptionsChange,
    },
    /// Start streams where another connection ended: the events after these, or a snapshot and why.
    Resume {
        /// The epoch of that connection.
        epoch: String,
        /// Which, and the `seq` of the last event of each that the client has.
        marks: Vec<(Result<StreamName, PatternError>, u64)>,
        /// How their events come.
        options: Options,
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

/// The fields that a request of one kind has, beside `op` and `id`: no others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Its `op`.
    pub op: &'static str,
    /// The fields that it must have.
    pub needs: &'static [&'static str],
    /// The fields that it may have.
    pub takes: &'static [&'static str],
    /// Whether it must have one of those at least.
    pub needs_one_taken: bool,
    /// The `type` of the answer, if it is not refused.
    pub answer: &'static str,
}

/// The shapes of all requests.
pub const SHAPES: [Shape; 7] = [
    Shape::new("subscribe", &["streams"], &["policy", "max_hz"], "subscribed"),
    Shape::new("unsubscribe", &["streams"], &[], "unsubscribed"),
    Shape {
        needs_one_taken: true,
        ..Shape::new("configure", &["streams"], &["policy", "max_hz"], "configured")
    },
    Shape::new("resync", &["streams"], &[], "resynced"),
    Shape::new("resume", &["epoch", "seqs"], &["policy", "max_hz"], "resumed"),
    Shape::new("list", &[], &[], "list"),
    Shape::new("ping", &[], &["ts"], "pong"),
];

impl Shape {
    const fn new(
        op: &'static str,
        needs: &'static [&'static str],
        takes: &'static [&'static str],
        answer: &'static str,
    ) -> Self {
        Self { op, needs, takes, needs_one_taken: false, answer }
    }

    fn of(op: &str) -> Result<Self, ErrorBody> {
        SHAPES.into_iter().find(|shape| shape.op == op).ok_or_else(|| {
            let (named, ops) =
                (op.chars().take(OP_CHARS_SHOWN_MAX).collect::<String>(), SHAPES.map(|shape| shape.op));
            ErrorCode::UnknownOp.with(format!("unknown op `{named}`: expected one of {}", ops.join(", ")))
        })
    }

    fn has(&self, field: &str) -> bool {
        self.needs.contains(&field) || self.takes.contains(&field)
    }
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

/// The fields of all requests.
#[derive(Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Raw<'a> {
    /// What is asked.
    #[serde(borrow)]
    op: Cow<'a, str>,
    /// The client's name for the request; the answer carries it back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    id: Option<RequestId>,
    /// Which streams, such as `ticker:BTC-USDT`, or `ticker:*` for the channel of all symbols.
    #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(length(min = 1)))]
    streams: Option<Vec<Cow<'a, str>>>,
    /// What becomes of events that the client is too slow for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    policy: Option<Policy>,
    /// How often at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    max_hz: Option<Rate>,
    /// The `epoch` of the connection before.
    #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
    epoch: Option<Cow<'a, str>>,
    /// Of each stream the `seq` of the last event that the client has.
    #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(extend("minProperties" = 1)))]
    seqs: Option<BTreeMap<Cow<'a, str>, u64>>,
    /// The client's clock, in a unit of its own: handed back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ts: Option<u64>,
}

/// What is read of a request that is otherwise wrong, so that the answer finds its way.
#[derive(Deserialize)]
struct OnlyId {
    #[serde(default)]
    id: Option<RequestId>,
}

/// How much an error tells of why a frame can't be read, in characters: the cause quotes what stands in the frame.
const CAUSE_CHARS_MAX: usize = 240;

/// How much of an `op` that nobody knows an error quotes, in characters.
const OP_CHARS_SHOWN_MAX: usize = 32;

impl Request {
    /// Reads a text frame of `tickwire.v1.json`.
    ///
    /// # Errors
    /// The answer to give: `bad_frame`, `bad_request` or `unknown_op`.
    pub fn parse(text: &str) -> Result<Self, RequestError> {
        Self::parse_json(text.as_bytes())
    }

    pub(crate) fn parse_json(frame: &[u8]) -> Result<Self, RequestError> {
        let raw: Raw<'_> = serde_json::from_slice(frame).map_err(|error| {
            let id = serde_json::from_slice::<OnlyId>(frame).ok().and_then(|only| only.id);
            // A wrong field may be found before what is no JSON after it.
            let is_json = error.is_data() && serde_json::from_slice::<IgnoredAny>(frame).is_ok();
            let code = if is_json { ErrorCode::BadRequest } else { ErrorCode::BadFrame };
            unreadable(id, code, &error)
        })?;
        if !frame.trim_ascii_start().starts_with(b"{") {
            return Err(unreadable(None, ErrorCode::BadRequest, &"not an object"));
        }
        raw.request()
    }

    pub(crate) fn parse_msgpack(frame: &[u8]) -> Result<Self, RequestError> {
        let raw: Raw<'_> = msgpack::decode_map(frame).map_err(|error| match error {
            Unreadable::Frame(fault) => unreadable(None, ErrorCode::BadFrame, &fault),
            Unreadable::Content(error) => {
                let id = msgpack::decode_map::<OnlyId>(frame).ok().and_then(|only| only.id);
                unreadable(id, ErrorCode::BadRequest, &error)
            }
        })?;
        raw.request()
    }

    /// The JSON of the request: what a client sends. Options that are the default are left out.
    // Compiled where it is used: the dashboard has it small, the server does not have it.
    #[must_use]
    #[inline]
    pub fn encode(&self) -> String {
        serde_json::to_string(&Raw::of(self)).expect("writing to memory does not fail, and keys are strings")
    }
}

fn unreadable(id: Option<RequestId>, code: ErrorCode, error: &dyn std::fmt::Display) -> RequestError {
    let cause: String = error.to_string().chars().take(CAUSE_CHARS_MAX).collect();
    RequestError { id, error: code.with(format!("expected {{\"op\":..., \"id\":...}}: {cause}")) }
}

impl<'a> Raw<'a> {
    pub(crate) fn of(request: &'a Request) -> Self {
        let named = |op, targets: &'a [Target]| Raw {
            op: Cow::Borrowed(op),
            streams: Some(targets.iter().map(target_text).collect()),
            ..Raw::default()
        };
        let raw = match &request.op {
            Op::Subscribe { targets, options } => named("subscribe", targets).with((*options).into()),
            Op::Unsubscribe { targets } => named("unsubscribe", targets),
            Op::Configure { targets, change } => named("configure", targets).with(*change),
            Op::Resync { targets } => named("resync", targets),
            Op::Resume { epoch, marks, options } => Raw {
                op: Cow::Borrowed("resume"),
                epoch: Some(Cow::Borrowed(epoch)),
                seqs: Some(by_stream(marks)),
                ..Raw::default()
            }
            .with((*options).into()),
            Op::List => Raw { op: Cow::Borrowed("list"), ..Raw::default() },
            Op::Ping { ts } => Raw { op: Cow::Borrowed("ping"), ts: *ts, ..Raw::default() },
        };
        Raw { id: request.id.clone(), ..raw }
    }

    fn with(self, OptionsChange { policy, max_hz }: OptionsChange) -> Self {
        Self { policy, max_hz, ..self }
    }

    /// Which fields, beside `op` and `id`, stand in the request.
    fn given(&self) -> impl Iterator<Item = &'static str> {
        [
            ("streams", self.streams.is_some()),
            ("policy", self.policy.is_some()),
            ("max_hz", self.max_hz.is_some()),
            ("epoch", self.epoch.is_some()),
            ("seqs", self.seqs.is_some()),
            ("ts", self.ts.is_some()),
        ]
        .into_iter()
        .filter_map(|(field, given)| given.then_some(field))
    }

    fn request(self) -> Result<Request, RequestError> {
        let id = self.id.clone();
        match &id {
            Some(RequestId::Text(text)) if text.chars().count() > REQUEST_ID_CHARS_MAX => Err(RequestError {
                id: None,
                error: ErrorCode::BadRequest
                    .with(format!("id: expected at most {REQUEST_ID_CHARS_MAX} characters")),
            }),
            _ => match self.op() {
                Ok(op) => Ok(Request { id, op }),
                Err(error) => Err(RequestError { id, error }),
            },
        }
    }

    fn op(self) -> Result<Op, ErrorBody> {
        let change = OptionsChange { policy: self.policy, max_hz: self.max_hz };
        let shape = Shape::of(&self.op)?;
        if let Some(field) = self.given().find(|field| !shape.has(field)) {
            return Err(ErrorCode::BadRequest.with(format!("`{field}` has no meaning in `{}`", self.op)));
        }
        Ok(match self.op.as_ref() {
            "subscribe" => Op::Subscribe { targets: self.targets()?, options: change.into() },
            "configure" if change == OptionsChange::default() => {
                return Err(ErrorCode::BadRequest.with("`configure` needs `policy` or `max_hz`"));
            }
            "configure" => Op::Configure { targets: self.targets()?, change },
            "unsubscribe" => Op::Unsubscribe { targets: self.targets()? },
            "resync" => Op::Resync { targets: self.targets()? },
            "resume" => self.resume(change.into())?,
            "list" => Op::List,
            _ => Op::Ping { ts: self.ts },
        })
    }

    fn targets(&self) -> Result<Vec<Target>, ErrorBody> {
        let streams = self.streams.as_deref().filter(|streams| !streams.is_empty()).ok_or_else(|| {
            ErrorCode::BadRequest.with(format!(
                "`{}` needs `streams`: a list such as [\"ticker:*\",\"trades:BTC-USDT\"]",
                self.op
            ))
        })?;
        Ok(streams.iter().map(|text| parse_target(text)).collect())
    }

    fn resume(self, options: Options) -> Result<Op, ErrorBody> {
        let needs = |what| ErrorCode::BadRequest.with(format!("`resume` needs {what}"));
        let epoch = self.epoch.ok_or_else(|| needs("`epoch`: that of the connection before"))?;
        let seqs = self.seqs.filter(|seqs| !seqs.is_empty()).ok_or_else(|| {
            needs("`seqs`: the last seq of each stream, such as {\"ticker:BTC-USDT\":1606513458247836}")
        })?;
        let marks = seqs.into_iter().map(|(text, seq)| (parse_name(&text), seq)).collect();
        Ok(Op::Resume { epoch: epoch.into_owned(), marks, options })
    }
}

impl From<Options> for OptionsChange {
    fn from(options: Options) -> Self {
        let Options { policy, max_hz } = options;
        Self {
            policy: (policy != Policy::default()).then_some(policy),
            max_hz: (max_hz != Rate::default()).then_some(max_hz),
        }
    }
}

impl From<OptionsChange> for Options {
    fn from(change: OptionsChange) -> Self {
        Self { policy: change.policy.unwrap_or_default(), max_hz: change.max_hz.unwrap_or_default() }
    }
}

/// Put in one by one: `collect` would bring a sort of its own into the dashboard's WebAssembly.
fn by_stream(marks: &[(Result<StreamName, PatternError>, u64)]) -> BTreeMap<Cow<'_, str>, u64> {
    let mut seqs = BTreeMap::new();
    for (stream, seq) in marks {
        seqs.insert(target_text(stream), *seq);
    }
    seqs
}

fn target_text<T: ToString>(target: &Result<T, PatternError>) -> Cow<'_, str> {
    match target {
        Ok(named) => Cow::Owned(named.to_string()),
        Err(error) => Cow::Borrowed(&error.text),
    }
}

fn parse_target(text: &str) -> Target {
    text.parse().map_err(|error| PatternError::of(text, &error))
}

fn parse_name(text: &str) -> Result<StreamName, PatternError> {
    text.parse().map_err(|error| PatternError::of(text, &error))
}

impl PatternError {
    fn of(text: &str, error: &ParseStreamError) -> Self {
        Self { text: text.chars().take(REQUEST_ID_CHARS_MAX).collect(), message: error.to_string() }
    }
}

impl Options {
    /// The change that sets both.
    #[must_use]
    pub const fn into_change(self) -> OptionsChange {
        OptionsChange { policy: Some(self.policy), max_hz: Some(self.max_hz) }
    }
}

impl Op {
    /// How many streams it names.
    #[must_use]
    pub fn streams(&self) -> usize {
        match self {
            Self::Subscribe { targets, .. }
            | Self::Unsubscribe { targets }
            | Self::Configure { targets, .. }
            | Self::Resync { targets } => targets.len(),
            Self::Resume { marks, .. } => marks.len(),
            Self::List | Self::Ping { .. } => 0,
        }
    }

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
        let Op::Subscribe { targets, options } = request.op else { panic!("{request:?}") };
        assert_eq!(options, Options::default());
        assert_eq!(targets[0], Ok(StreamPattern::All(crate::Channel::Ticker)));
        assert!(targets[1].as_ref().unwrap_err().message.contains("not a stream"));
        let ping = Request::parse(r#"{"op":"ping","id":"a","ts":5}"#).unwrap();
        assert_eq!(ping, Request { id: Some(RequestId::Text("a".into())), op: Op::Ping { ts: Some(5) } });
    }

    #[test]
    fn mistakes_are_named() {
        check_error("{", ErrorCode::BadFrame, "EOF");
        check_error("\"hello\"", ErrorCode::BadRequest, "expected");
        check_error(r#"{"op":5}"#, ErrorCode::BadRequest, "expected");
        check_error(r#"{"op":5,"#, ErrorCode::BadFrame, "expected");
        check_error("[[[", ErrorCode::BadFrame, "expected");
        check_error(r#"["list"]"#, ErrorCode::BadRequest, "not an object");
        check_error(r#"{"op":"buy","id":7}"#, ErrorCode::UnknownOp, "expected one of subscribe");
        check_error(r#"{"op":"subscribe"}"#, ErrorCode::BadRequest, "needs `streams`");
        check_error(r#"{"op":"subscribe","streams":[]}"#, ErrorCode::BadRequest, "needs `streams`");
        check_error(r#"{"op":"list","streams":["a"]}"#, ErrorCode::BadRequest, "no meaning");
        check_error(r#"{"op":"resync","streams":["a"],"max_hz":1}"#, ErrorCode::BadRequest, "no meaning");
        check_error(r#"{"op":"configure","streams":["a"]}"#, ErrorCode::BadRequest, "needs `policy` or");
        check_error(r#"{"op":"configure","streams":["a"],"max_hz":-1}"#, ErrorCode::BadRequest, "0.01 to");
        check_error(r#"{"op":"resume","seqs":{"ticker:A":1}}"#, ErrorCode::BadRequest, "needs `epoch`");
        check_error(r#"{"op":"resume","epoch":"0"}"#, ErrorCode::BadRequest, "needs `seqs`");
        check_error(r#"{"op":"ping","nope":1}"#, ErrorCode::BadRequest, "nope");
        check_error(
            r#"{"op":"ping","id":-1}"#,
            ErrorCode::BadRequest,
            "expected `id` to be an integer from 0 up",
        );
        check_error(
            r#"{"op":"subscribe","streams":["a"],"policy":"drop"}"#,
            ErrorCode::BadRequest,
            "conflate",
        );
    }

    #[test]
    fn a_resume_names_each_stream_and_its_last_seq() {
        let text = r#"{"op":"resume","epoch":"e","seqs":{"nope":2,"ticker:A":1},"max_hz":2.5}"#;
        let Op::Resume { epoch, marks, options } = Request::parse(text).unwrap().op else { panic!() };
        assert_eq!((epoch.as_str(), options.max_hz.interval_micros()), ("e", 500_000));
        assert!(marks[0].0.as_ref().unwrap_err().message.contains("not a stream"));
        assert_eq!((marks[1].0.as_ref().unwrap().to_string(), marks[1].1), ("ticker:A".into(), 1));
    }

    #[test]
    fn the_id_is_kept_where_it_can_be_read() {
        let refused = Request::parse(r#"{"op":"ping","id":9,"nope":1}"#).unwrap_err();
        assert_eq!(refused.id, Some(RequestId::Number(9)));
        let long = format!(r#"{{"op":"ping","id":"{}"}}"#, "x".repeat(65));
        check_error(&long, ErrorCode::BadRequest, "at most 64 characters");
    }

    #[test]
    fn an_error_quotes_little_of_what_came() {
        let long = "x".repeat(60_000);
        for text in
            [format!(r#"{{"op":"ping","{long}":1}}"#), format!(r#"{{"op":"subscribe","policy":"{long}"}}"#)]
        {
            let message = Request::parse(&text).unwrap_err().error.message;
            assert!(message.chars().count() < 300, "{} bytes", message.len());
        }
    }

    #[test]
    fn a_url_lists_streams() {
        assert_eq!(Op::subscribe_list("ticker:*,,trades:BTC-USDT").len(), 2);
        assert!(Op::subscribe_list("").is_empty());
    }
}
