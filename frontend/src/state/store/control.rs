//! Control messages: greeting, answers, heartbeats, farewell.

use std::collections::BTreeMap;

use protocol::{Channel, Depth, ServerMessage, StreamError, StreamName};
use serde_json::json;

use super::{Command, Store};
use crate::state::connection::Connection;

impl Store {
    pub(super) fn on_control(&mut self, message: ServerMessage, now_us: u64, out: &mut Vec<Command>) {
        self.dirty.health = true;
        match message {
            ServerMessage::Hello(hello) => {
                self.health.greet(*hello);
                self.link.greeted = true;
                self.tick(now_us, out);
            }
            ServerMessage::Subscribed { errors, .. } => {
                self.on_refusals("subscribe", &errors, out);
                self.backoff.reset();
                self.health.connection = Connection::Live;
            }
            ServerMessage::Unsubscribed { errors, .. } => self.on_refusals("unsubscribe", &errors, out),
            ServerMessage::Resynced { errors, .. } => self.on_refusals("resync", &errors, out),
            ServerMessage::Configured { errors, .. } => self.on_refusals("configure", &errors, out),
            ServerMessage::Resumed { errors, .. } => self.on_refusals("resume", &errors, out),
            ServerMessage::Discontinuity { reason, streams } => {
                self.health.discontinuities += streams.len() as u64;
                self.tell(format!("Events of {} streams are missing: they start anew.", streams.len()));
                out.push(Command::Report {
                    kind: "discontinuity",
                    detail: json!({ "reason": reason, "streams": streams }),
                });
            }
            ServerMessage::Pong { client_ts: Some(sent_us), server_ts, .. } => {
                self.health.clock.exchange(sent_us, server_ts, now_us);
            }
            ServerMessage::Heartbeat { seqs, .. } => self.on_high_water(&seqs, now_us, out),
            ServerMessage::Error { error, .. } => {
                self.tell(format!("The server refused a request: {}", error.message));
                out.push(Command::Report { kind: "refused", detail: json!(error) });
            }
            ServerMessage::Draining { reconnect_after_ms, .. } => {
                self.health.connection = Connection::Draining;
                out.push(Command::MoveAfter { wait_ms: reconnect_after_ms });
            }
            ServerMessage::Pong { client_ts: None, .. } | ServerMessage::List { .. } => {}
        }
    }

    /// A sentence for the person at the screen.
    pub(crate) fn tell(&mut self, sentence: impl Into<String>) {
        self.health.notice = Some(sentence.into());
        self.dirty.health = true;
    }

    fn on_refusals(&mut self, op: &str, errors: &[StreamError], out: &mut Vec<Command>) {
        if let Some(first) = errors.first() {
            self.tell(format!("The server refused {}: {}", first.stream, first.error.message));
            out.push(Command::Report { kind: "refused", detail: json!({ "op": op, "errors": errors }) });
        }
    }

    /// The latest numbers of our streams: one that is ahead of ours was lost without a trace.
    fn on_high_water(&mut self, seqs: &BTreeMap<String, u64>, now_us: u64, out: &mut Vec<Command>) {
        for (name, seq) in seqs {
            let Ok(StreamName { channel, symbol }) = name.parse() else { continue };
            let Some(row) = self.by_symbol.get(&symbol).copied() else { continue };
            let is_focus = self.focus.row == Some(row);
            match channel {
                Channel::Ticker if self.rows[row].chain.is_behind(*seq) => {
                    self.rows[row].chain.rejoin(*seq);
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
