//! The streams of one client: where each stopped, and whether it goes on there.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Deserialize;

/// An event, as far as it matters here.
#[derive(Deserialize)]
pub(super) struct Event<'a> {
    ch: &'a str,
    sym: &'a str,
    seq: u64,
    prev_seq: u64,
    #[serde(default)]
    snapshot: bool,
}

/// A control message, as far as it matters here.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Said<'a> {
    Hello {
        #[serde(borrow)]
        epoch: Cow<'a, str>,
    },
    Resumed {
        errors: Vec<serde_json::Value>,
    },
    Discontinuity {
        #[serde(borrow)]
        reason: Cow<'a, str>,
    },
    Error {
        message: String,
    },
    #[serde(other)]
    Other,
}

/// What an event means for its client.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Heard {
    Fine,
    /// With this one, all streams have gone on since the storm.
    AllGoOn,
    Fault(&'static str),
}

/// A client's streams.
pub(super) struct Follower {
    streams: BTreeMap<String, Mark>,
    /// Streams that have not gone on since the storm.
    stopped: usize,
}

#[derive(Default)]
struct Mark {
    /// 0: nothing yet.
    seq: u64,
    stopped: bool,
}

impl Follower {
    pub(super) fn new(streams: Vec<String>) -> Self {
        let streams = streams.into_iter().map(|stream| (stream, Mark::default())).collect();
        Self { streams, stopped: 0 }
    }

    /// Whether each stream has begun.
    pub(super) fn has_all(&self) -> bool {
        self.streams.values().all(|mark| mark.seq > 0)
    }

    /// The connection is gone.
    pub(super) fn strike(&mut self) {
        self.streams.values_mut().for_each(|mark| mark.stopped = true);
        self.stopped = self.streams.len();
    }

    /// What to ask on the next connection.
    pub(super) fn resume(&self, epoch: &str) -> String {
        let seqs: BTreeMap<&str, u64> =
            self.streams.iter().map(|(stream, mark)| (stream.as_str(), mark.seq)).collect();
        serde_json::json!({ "op": "resume", "id": 1, "epoch": epoch, "seqs": seqs }).to_string()
    }

    pub(super) fn hear(&mut self, event: &Event<'_>) -> Heard {
        let Some(mark) = self.streams.get_mut(&format!("{}:{}", event.ch, event.sym)) else {
            return Heard::Fault("an event of a stream that it does not have");
        };
        let before = std::mem::replace(&mut mark.seq, event.seq);
        if event.snapshot {
            return if before == 0 { Heard::Fine } else { Heard::Fault("a snapshot in place of steps") };
        }
        if event.prev_seq != before {
            return Heard::Fault("a step is missing");
        }
        if std::mem::take(&mut mark.stopped) {
            self.stopped -= 1;
            if self.stopped == 0 {
                return Heard::AllGoOn;
            }
        }
        Heard::Fine
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(sym: &str, prev_seq: u64, seq: u64) -> Event<'_> {
        Event { ch: "ticker", sym, seq, prev_seq, snapshot: prev_seq == 0 }
    }

    fn follower() -> Follower {
        let mut follower = Follower::new(vec!["ticker:A".to_owned(), "ticker:B".to_owned()]);
        assert!(!follower.has_all());
        for sym in ["A", "B"] {
            assert_eq!(follower.hear(&event(sym, 0, 5)), Heard::Fine);
        }
        assert!(follower.has_all());
        follower
    }

    #[test]
    fn a_client_is_back_when_all_its_streams_are() {
        let mut follower = follower();
        assert_eq!(follower.hear(&event("A", 5, 7)), Heard::Fine);
        follower.strike();
        assert_eq!(
            follower.resume("e"),
            r#"{"epoch":"e","id":1,"op":"resume","seqs":{"ticker:A":7,"ticker:B":5}}"#
        );
        assert_eq!(follower.hear(&event("A", 7, 9)), Heard::Fine);
        assert_eq!(follower.hear(&event("B", 5, 6)), Heard::AllGoOn);
        assert_eq!(follower.hear(&event("B", 6, 8)), Heard::Fine);
    }

    #[test]
    fn a_gap_or_a_new_start_is_a_fault() {
        let mut follower = follower();
        follower.strike();
        assert!(matches!(follower.hear(&event("A", 6, 9)), Heard::Fault("a step is missing")));
        assert!(matches!(follower.hear(&event("B", 0, 9)), Heard::Fault("a snapshot in place of steps")));
        assert!(matches!(follower.hear(&event("C", 1, 9)), Heard::Fault(_)));
    }

    #[test]
    fn messages_are_read_as_far_as_needed() {
        let said = |text| serde_json::from_str::<Said<'_>>(text).unwrap();
        assert!(
            matches!(said(r#"{"type":"hello","protocol":"p","epoch":"e1"}"#), Said::Hello { epoch } if epoch == "e1")
        );
        assert!(matches!(said(r#"{"type":"heartbeat","streams":{}}"#), Said::Other));
        assert!(matches!(
            said(r#"{"type":"resumed","id":1,"streams":[],"errors":[]}"#),
            Said::Resumed { .. }
        ));
        assert!(matches!(
            said(r#"{"type":"error","code":"x","message":"m","retryable":true}"#),
            Said::Error { .. }
        ));
    }
}
