//! Requests as they stand in a frame: all fields of all kinds, read and checked, or written.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use super::{
    Op, Options, OptionsChange, PatternError, Policy, REQUEST_ID_CHARS_MAX, Request, RequestError, RequestId,
    Shape, Target, parse_name, parse_target,
};
use crate::msgpack::{self, Unreadable};
use crate::{ErrorBody, ErrorCode, Rate, StreamName};

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

fn unreadable(id: Option<RequestId>, code: ErrorCode, error: &dyn fmt::Display) -> RequestError {
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
