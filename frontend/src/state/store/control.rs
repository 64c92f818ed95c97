//! Control messages: greeting, answers, heartbeats, farewell.

use std::collections::BTreeMap;

use protocol::{Channel, Depth, DiscontinuityReason, Hello, ServerMessage, StreamError, StreamName};

use super::{Command, Store};
use crate::state::connection::Connection;
use crate::state::report::Detail;

impl Store {
    pub(super) fn on_control(&mut self, message: ServerMessage, now_us: u64, out: &mut Vec<Command>) {
        self.dirty.health = true;
        match message {
            ServerMessage::Hello(hello) => self.on_hello(*hello, now_us, out),
            ServerMessage::Subscribed { errors, .. } => self.on_started("subscribe", &errors, out),
            ServerMessage::Resumed { errors, .. } => self.on_started("resume", &errors, out),
            ServerMessage::Unsubscribed { errors, .. } => self.on_refusals("unsubscribe", &errors, out),
            ServerMessage::Resynced { errors, .. } => self.on_refusals("resync", &errors, out),
            ServerMessage::Configured { errors, .. } => self.on_refusals("configure", &errors, out),
            ServerMessage::Discontinuity { reason, streams } => {
                self.start_anew(&streams);
                self.cut(reason, streams.len(), now_us, out);
            }
            ServerMessage::Pong { client_ts: Some(sent_us), server_ts, .. } => {
                self.health.clock.exchange(sent_us, server_ts, now_us);
            }
            ServerMessage::Heartbeat { seqs, .. } => self.on_high_water(&seqs, now_us, out),
            ServerMessage::Error { error, .. } => {
                self.tell(format!("The server refused a request: {}", error.message));
                let detail = Detail::default().with("code", format_args!("{:?}", error.code));
                out.push(Command::Report { kind: "refused", detail: detail.with("message", error.message) });
            }
            ServerMessage::Draining { reconnect_after_ms, .. } => {
                self.health.connection = Connection::Draining;
                out.push(Command::MoveAfter { wait_ms: reconnect_after_ms });
            }
            ServerMessage::Pong { client_ts: None, .. } | ServerMessage::List { .. } => {}
        }
    }

    fn on_hello(&mut self, hello: Hello, now_us: u64, out: &mut Vec<Command>) {
        let is_other = self.epoch.as_ref().is_some_and(|epoch| *epoch != hello.epoch);
        self.health.greet(hello);
        self.link.greeted = true;
        if is_other {
            self.cut(DiscontinuityReason::EpochChanged, self.rows.len(), now_us, out);
        }
        self.tick(now_us, out);
    }

    /// Streams are on: once all are, the connection is live.
    fn on_started(&mut self, op: &str, errors: &[StreamError], out: &mut Vec<Command>) {
        self.on_refusals(op, errors, out);
        if self.link.answers_due == 0 {
            return;
        }
        self.link.answers_due -= 1;
        if self.link.answers_due == 0 {
            self.backoff.reset();
            self.health.connection = Connection::Live;
            self.health.resumes += u64::from(self.link.resuming);
        }
    }

    /// Streams go on without some of their events.
    fn cut(&mut self, reason: DiscontinuityReason, streams: usize, now_us: u64, out: &mut Vec<Command>) {
        self.health.discontinuities.add(reason, streams, now_us);
        self.health.notice = self.health.discontinuities.sentence();
        let detail = Detail::default().with("reason", reason.name()).with("streams", streams);
        out.push(Command::Report { kind: "discontinuity", detail });
    }

    /// A sentence for the person at the screen.
    pub(crate) fn tell(&mut self, sentence: impl Into<String>) {
        self.health.notice = Some(sentence.into());
        self.dirty.health = true;
    }

    fn on_refusals(&mut self, op: &str, errors: &[StreamError], out: &mut Vec<Command>) {
        if let Some(first) = errors.first() {
            self.tell(format!("The server refused {}: {}", first.stream, first.error.message));
            let detail = Detail::default().with("op", op).with("streams", errors.len());
            let detail = detail.with("stream", &first.stream).with("message", &first.error.message);
            out.push(Command::Report { kind: "refused", detail });
        }
    }

    /// The latest numbers of our streams: one that is ahead of ours was lost without a trace.
    fn on_high_water(&mut self, seqs: &BTreeMap<String, u64>, now_us: u64, out: &mut Vec<Command>) {
        for (name, seq) in seqs {
            let Ok(StreamName { channel, symbol }) = name.parse() else { continue };
            let Some(row) = self.by_symbol.get(&symbol).copied() else { continue };
            let is_focus = self.focus.row == Some(row);
            match channel {
                Channel::Ticker if self.rows[row].chains.ticker.is_behind(*seq) => {
                    self.rows[row].chains.ticker.rejoin(*seq);
                    self.health.gaps += 1;
                }
                Channel::Book(Depth::Full) if is_focus && self.focus.book.chain().is_behind(*seq) => {
                    self.health.gaps += 1;
                    self.focus.book_resync.want();
                }
                Channel::Trades if is_focus && self.focus.tape.chain().is_behind(*seq) => {
                    self.health.gaps += 1;
                    self.focus.tape_resync.want();
                }
                _ => {}
            }
        }
        self.ask_for_what_is_due(now_us, out);
    }
}
