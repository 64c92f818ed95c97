//! Which fields each kind of request has.

use crate::{ErrorBody, ErrorCode};

/// How much of an `op` that nobody knows an error quotes, in characters.
const OP_CHARS_SHOWN_MAX: usize = 32;

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

    pub(super) fn of(op: &str) -> Result<Self, ErrorBody> {
        SHAPES.into_iter().find(|shape| shape.op == op).ok_or_else(|| {
            let (named, ops) =
                (op.chars().take(OP_CHARS_SHOWN_MAX).collect::<String>(), SHAPES.map(|shape| shape.op));
            ErrorCode::UnknownOp.with(format!("unknown op `{named}`: expected one of {}", ops.join(", ")))
        })
    }

    pub(super) fn has(&self, field: &str) -> bool {
        self.needs.contains(&field) || self.takes.contains(&field)
    }
}
