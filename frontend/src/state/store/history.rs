//! The past of the chosen symbol: older candles as far as somebody looks, and the beginning of its session.

use market::Interval;
use protocol::rest::Candles;

use super::{Command, Store};
use crate::state::indicators::Session;

/// How many candles of the past the chart starts with.
pub(crate) const HISTORY_CANDLES: usize = 500;
/// How many older candles are asked for at once: the most that a server gives by default.
pub(crate) const OLDER_CANDLES: usize = 1_000;

impl Store {
    /// What is seen of the chart begins after `hidden_left` candles: older ones are asked for in time.
    pub(crate) fn look_back(&mut self, hidden_left: f64, now_us: u64, out: &mut Vec<Command>) {
        self.focus.candles.look(hidden_left);
        if let Some(end_ts) = self.focus.candles.take_older(now_us)
            && let Some(row) = self.focused()
        {
            let symbol = row.instrument.symbol.clone();
            out.push(Command::FetchOlder { symbol, interval: self.focus.interval, end_ts });
        }
    }

    /// The candles before `end_ts`, unless something else was chosen since they were asked for.
    pub(crate) fn join_older(&mut self, answer: &Candles, end_ts: u64) {
        if self.shows(&answer.symbol, answer.interval) {
            self.focus.candles.join_older(&answer.candles, answer.seq, end_ts, OLDER_CANDLES);
        }
    }

    /// They could not be had.
    pub(crate) fn older_failed(&mut self, now_us: u64) {
        self.focus.candles.older_failed(now_us);
    }

    /// Asks for the beginning of the session, if the line that needs it is shown and it is not loaded.
    pub(super) fn want_session(&mut self, now_us: u64, out: &mut Vec<Command>) {
        let focus = &mut self.focus;
        let until = Session::wanted(&focus.candles, focus.session.as_ref()).filter(|_| self.session_shown);
        if until.is_some() {
            focus.session_due.want();
        }
        if let Some(until) = until.filter(|_| focus.session_due.take(now_us)) {
            self.fetch_session(until, out);
        }
    }

    fn fetch_session(&self, until: u64, out: &mut Vec<Command>) {
        if let Some(row) = self.focused() {
            out.push(Command::FetchSession { symbol: row.instrument.symbol.clone(), until });
        }
    }

    /// Asks again for what is shown and was modelled when it came.
    pub(super) fn want_exact(&mut self, now_us: u64, out: &mut Vec<Command>) {
        let modelled = self.focus.candles.modelled();
        let session = self.focus.session.as_ref().filter(|session| session.modelled && self.session_shown);
        let until = session.map(|session| session.until);
        if (modelled.is_none() && until.is_none()) || !self.focus.exact.take(now_us) {
            return;
        }
        if let Some((count, end_ts)) = modelled {
            self.fetch_candles(count.min(OLDER_CANDLES), Some(end_ts), out);
        }
        if let Some(until) = until {
            self.fetch_session(until, out);
        }
    }

    /// The session's candles before `until`, if they are all there.
    pub(crate) fn join_session(&mut self, answer: &Candles, until: u64) {
        if self.shows(&answer.symbol, self.focus.interval)
            && let Some(session) = Session::sum(&answer.candles, until)
        {
            self.focus.session = Some(session);
            self.focus.candles.redraw_all();
        }
    }

    /// Whether this is what is shown now.
    pub(super) fn shows(&self, symbol: &str, interval: Interval) -> bool {
        self.focus.interval == interval && self.focused().is_some_and(|row| row.instrument.symbol == symbol)
    }
}
