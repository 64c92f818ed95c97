//! Which streams the dashboard has, and how they start: anew, or where an earlier connection ended.

use protocol::{Channel, StreamName};

use super::{Command, Store};
use crate::state::request::{focus_streams, market_streams};

/// Streams of one `resume`, so that the request stays below `request_bytes_max` and `request_streams_max`.
const RESUME_STREAMS_MAX: usize = 500;

/// How each stream is to start.
#[derive(Debug, Default, PartialEq, Eq)]
struct Starts {
    /// After the event that was the last one.
    marks: Vec<(StreamName, u64)>,
    /// With a snapshot.
    fresh: Vec<String>,
}

impl Store {
    /// Goes on where the last connection ended; what has no such place starts anew.
    pub(super) fn start_streams(&mut self, out: &mut Vec<Command>) {
        self.link.subscribed = true;
        let Starts { marks, fresh } = self.starts();
        self.link.resuming = !marks.is_empty();
        for marks in marks.chunks(self.resume_streams_max()) {
            let epoch = self.epoch.as_deref().unwrap_or_default();
            out.push(Command::Send(self.link.requests.resume(epoch, marks)));
            self.link.answers_due += 1;
        }
        if !fresh.is_empty() {
            out.push(Command::Send(self.link.requests.subscribe(&fresh)));
            self.link.answers_due += 1;
        }
        if self.focus.candles_chain.seq().is_none() {
            self.fetch_latest(out);
        }
    }

    fn starts(&self) -> Starts {
        let mut starts = Starts::default();
        for row in &self.rows {
            for (channel, chain) in row.chains.each() {
                starts.add(channel, &row.instrument.symbol, chain.seq());
            }
        }
        if starts.marks.is_empty() {
            starts.fresh = market_streams();
        }
        if let Some(row) = self.focused() {
            for (channel, chain) in self.focus.chains() {
                starts.add(channel, &row.instrument.symbol, chain.seq());
            }
        }
        starts
    }

    fn resume_streams_max(&self) -> usize {
        let limit = self.health.hello.as_ref().map_or(1, |hello| hello.limits.request_streams_max);
        limit.clamp(1, RESUME_STREAMS_MAX)
    }

    pub(super) fn focus_streams(&self) -> Vec<String> {
        self.focused()
            .map(|row| focus_streams(&row.instrument.symbol, self.focus.interval))
            .unwrap_or_default()
    }

    /// Other streams than `before` are wanted for what is chosen.
    pub(super) fn switch_streams(&mut self, before: &[String], out: &mut Vec<Command>) {
        if !self.link.subscribed {
            return;
        }
        let after = self.focus_streams();
        let gone: Vec<String> = before.iter().filter(|name| !after.contains(name)).cloned().collect();
        let new: Vec<String> = after.into_iter().filter(|name| !before.contains(name)).collect();
        out.push(Command::Send(self.link.requests.unsubscribe(&gone)));
        out.push(Command::Send(self.link.requests.subscribe(&new)));
    }

    /// The steps of these streams between what we have and their next event are lost.
    pub(super) fn start_anew(&mut self, streams: &[StreamName]) {
        let focused = self.focused().map(|row| row.instrument.symbol.clone());
        for StreamName { channel, symbol } in streams {
            let is_focus = focused.as_ref() == Some(symbol);
            match channel {
                Channel::Book(_) if is_focus => self.focus.book.expect_snapshot(),
                Channel::Trades if is_focus => self.focus.tape.expect_snapshot(),
                // The others are whole in each event.
                _ => {}
            }
        }
        self.dirty.book = true;
    }
}

impl Starts {
    fn add(&mut self, channel: Channel, symbol: &str, seq: Option<u64>) {
        let stream = StreamName { channel, symbol: symbol.to_owned() };
        match seq {
            Some(seq) => self.marks.push((stream, seq)),
            None => self.fresh.push(stream.to_string()),
        }
    }
}
