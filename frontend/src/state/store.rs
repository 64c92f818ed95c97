//! The whole state, and the client's side of the protocol without a socket: frames go in, commands come out.

mod control;
mod events;
pub(crate) mod history;
mod hours;
mod streams;
#[cfg(test)]
mod tests;

use market::{Instrument, Interval};
use protocol::rest::{Candles, Instruments};
use protocol::{CloseReason, InstrumentInfo};
use rustc_hash::FxHashMap;

use self::history::HISTORY_CANDLES;
use self::hours::Hours;
use super::SECOND;
use super::backoff::Backoff;
use super::connection::Connection;
use super::dirty::Dirty;
use super::focus::Focus;
use super::health::Health;
use super::report::Detail;
use super::request::Requests;
use super::row::Row;

/// What the state wants done by those who may: the socket, the network, the console.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Command {
    /// Send this text frame.
    Send(String),
    /// Get the instruments; then [`Store::set_instruments`].
    FetchInstruments,
    /// Get candles of the chosen symbol; then [`Store::join_history`].
    FetchCandles {
        /// Of which symbol.
        symbol: String,
        /// How long each.
        interval: Interval,
        /// How many.
        count: usize,
        /// The latest; or those before this time, in microseconds since 1970, which are here and modelled.
        end_ts: Option<u64>,
    },
    /// Get the candles before `end_ts`; then [`Store::join_older`].
    FetchOlder {
        /// Of which symbol.
        symbol: String,
        /// How long each.
        interval: Interval,
        /// In microseconds since 1970.
        end_ts: u64,
    },
    /// Get what the session traded up to `until`; then [`Store::join_session`].
    FetchSession {
        /// Of which symbol.
        symbol: String,
        /// In microseconds since 1970.
        until: u64,
    },
    /// This connection is dead: leave it and make another.
    Reconnect,
    /// Leave this connection in so many milliseconds and make another at once.
    MoveAfter {
        /// How long the server asks us to wait.
        wait_ms: u64,
    },
    /// Tell the console.
    Report {
        /// What it is about, in a word.
        kind: &'static str,
        /// The particulars.
        detail: Detail,
    },
}

/// The time between two pings, in microseconds.
const PING_MICROS: u64 = 5 * SECOND;
/// The first pings come faster, so that latency is known soon.
const FIRST_PINGS: u32 = 4;
/// A connection that was silent for this many heartbeats is dead, whatever the socket says.
const SILENT_HEARTBEATS_MAX: u64 = 3;
/// And never sooner than this, in microseconds.
const SILENCE_MICROS_MIN: u64 = 3 * SECOND;
/// How long a connection may take to greet, in microseconds.
const GREETING_MICROS_MAX: u64 = 10 * SECOND;
/// How long the answer to the ping of a tab that woke up may take, in microseconds.
const WAKE_MICROS_MAX: u64 = 2 * SECOND;

/// The whole state.
pub(crate) struct Store {
    /// The symbols, in the market's order.
    pub(crate) rows: Vec<Row>,
    /// The chosen one.
    pub(crate) focus: Focus,
    /// How the stream does.
    pub(crate) health: Health,
    /// What to draw.
    pub(crate) dirty: Dirty,
    /// A line is shown that needs the whole session.
    pub(crate) session_shown: bool,
    by_symbol: FxHashMap<String, usize>,
    /// The source that `rows` belong to.
    epoch: Option<String>,
    /// The instruments were asked for, and the answer is still to come.
    fetching: bool,
    hours: Hours,
    backoff: Backoff,
    link: Link,
}

/// What is known of one connection, and forgotten with it.
#[derive(Default)]
struct Link {
    open: bool,
    greeted: bool,
    subscribed: bool,
    /// Answers that are to come until all streams are on.
    answers_due: usize,
    /// It goes on where the one before ended.
    resuming: bool,
    requests: Requests,
    pings: u32,
    next_ping_us: u64,
    heard_us: u64,
    /// If nothing is heard until then, the connection did not survive a sleep.
    heard_by_us: Option<u64>,
}

impl Store {
    /// An empty state that will show candles of `interval`.
    pub(crate) fn new(interval: Interval) -> Self {
        Self {
            rows: Vec::new(),
            focus: Focus::new(None, interval),
            health: Health::default(),
            dirty: Dirty::default(),
            session_shown: false,
            by_symbol: FxHashMap::default(),
            epoch: None,
            fetching: false,
            hours: Hours::default(),
            backoff: Backoff::default(),
            link: Link::default(),
        }
    }

    /// A connection is being made.
    pub(crate) fn connecting(&mut self, now_us: u64, out: &mut Vec<Command>) {
        self.link = Link { open: true, heard_us: now_us, ..Link::default() };
        if self.epoch.is_none() {
            self.fetch_instruments(out);
        }
    }

    /// The instruments of the source, and which one to show: that of the link, else the first.
    /// `true` when the rows are others than before.
    pub(crate) fn set_instruments(
        &mut self,
        answer: Instruments,
        wanted: Option<&str>,
        out: &mut Vec<Command>,
    ) -> bool {
        let instruments: Vec<Instrument> =
            answer.instruments.into_iter().map(|info: InstrumentInfo| info.into()).collect();
        let changed = !self.rows.iter().map(|row| &row.instrument).eq(instruments.iter());
        if changed || self.epoch.as_ref() != Some(&answer.epoch) {
            self.rows = instruments.into_iter().map(Row::new).collect();
            self.by_symbol =
                self.rows.iter().enumerate().map(|(at, row)| (row.instrument.symbol.clone(), at)).collect();
            self.focus = Focus::new(self.pick(wanted), self.focus.interval);
            self.dirty.reset(self.rows.len());
        }
        self.epoch = Some(answer.epoch);
        self.fetching = false;
        self.subscribe(out);
        changed
    }

    /// They could not be had: [`Store::tick`] asks again.
    pub(crate) const fn instruments_failed(&mut self) {
        self.fetching = false;
    }

    fn pick(&mut self, wanted: Option<&str>) -> Option<usize> {
        let first = self.rows.first().map(|row| row.instrument.symbol.clone())?;
        if let Some(wanted) = wanted
            && !self.by_symbol.contains_key(wanted)
        {
            self.health.notice = Some(format!("{wanted} is not traded here; this is {first}."));
        }
        wanted.and_then(|wanted| self.by_symbol.get(wanted).copied()).or(Some(0))
    }

    /// The chosen symbol.
    pub(crate) fn focused(&self) -> Option<&Row> {
        self.rows.get(self.focus.row?)
    }

    /// Shows another symbol or interval.
    pub(crate) fn choose(&mut self, row: usize, interval: Interval, out: &mut Vec<Command>) {
        if row >= self.rows.len() || (self.focus.row == Some(row) && self.focus.interval == interval) {
            return;
        }
        let before = self.focus_streams();
        if self.focus.row == Some(row) {
            self.focus.set_interval(interval);
        } else {
            self.focus = Focus::new(Some(row), interval);
        }
        (self.dirty.book, self.dirty.tape, self.dirty.health) = (true, true, true);
        self.switch_streams(&before, out);
        self.fetch_latest(out);
    }

    /// The history of a symbol, unless another one was chosen since it was asked for.
    pub(crate) fn join_history(&mut self, answer: &Candles) {
        if self.shows(&answer.symbol, answer.interval) {
            self.focus.candles.join_history(&answer.candles, answer.seq);
        }
    }

    /// Once a second: pings, what is due, and whether the connection is still alive.
    pub(crate) fn tick(&mut self, now_us: u64, out: &mut Vec<Command>) {
        if !self.link.open {
            return;
        }
        if self.is_silent(now_us) {
            let silent_us = now_us.saturating_sub(self.link.heard_us);
            out.push(Command::Report {
                kind: "silent",
                detail: Detail::default().with("silent_us", silent_us),
            });
            out.push(Command::Reconnect);
            return;
        }
        if !self.link.greeted {
            return;
        }
        self.subscribe(out);
        if now_us >= self.link.next_ping_us {
            self.ping(now_us, out);
        }
        self.ask_for_what_is_due(now_us, out);
        self.want_session(now_us, out);
        self.want_exact(now_us, out);
    }

    /// The tab is looked at again, or the network is back. The socket may say that it is open and be dead all the same:
    /// it has to answer.
    pub(crate) fn wake(&mut self, now_us: u64, out: &mut Vec<Command>) {
        self.tick(now_us, out);
        if self.link.greeted && !self.is_silent(now_us) {
            self.link.heard_by_us = Some(now_us + WAKE_MICROS_MAX);
            self.ping(now_us, out);
        }
    }

    fn ping(&mut self, now_us: u64, out: &mut Vec<Command>) {
        self.link.pings += 1;
        let pause = if self.link.pings < FIRST_PINGS { SECOND / 2 } else { PING_MICROS };
        self.link.next_ping_us = now_us + pause;
        out.push(Command::Send(self.link.requests.ping(now_us)));
    }

    /// The connection ended; how long to wait before the next attempt, or `None` to make none.
    pub(crate) fn disconnected(&mut self, code: u16, random: f64, after_ms: Option<u64>) -> Option<u64> {
        self.forget_link();
        let wait_ms = after_ms.unwrap_or_else(|| self.backoff.next_ms(random));
        self.health.connection = match CloseReason::from_code(code) {
            // It was left because the server asked for that, and nothing will be missing.
            _ if after_ms.is_some() => Connection::Draining,
            Some(reason) if !reason.should_reconnect() => Connection::Closed { why: reason.text().into() },
            _ => Connection::Reconnecting { attempt: self.backoff.attempt().max(1), wait_ms },
        };
        (!matches!(self.health.connection, Connection::Closed { .. })).then_some(wait_ms)
    }

    /// What was seen stays on the screen, and where its streams are stays known: the next connection goes on there. But
    /// the book is not proved until then.
    fn forget_link(&mut self) {
        self.link = Link::default();
        self.focus.book.doubt();
        (self.dirty.book, self.dirty.health) = (true, true);
    }

    /// Subscribes once the server has greeted and the instruments are those of its epoch.
    fn subscribe(&mut self, out: &mut Vec<Command>) {
        let epoch = self.health.hello.as_ref().map(|hello| &hello.epoch);
        if !self.link.greeted || self.link.subscribed {
            return;
        }
        if self.epoch.is_none() || self.epoch.as_ref() != epoch {
            self.fetch_instruments(out);
            return;
        }
        self.start_streams(out);
    }

    fn fetch_instruments(&mut self, out: &mut Vec<Command>) {
        if !std::mem::replace(&mut self.fetching, true) {
            out.push(Command::FetchInstruments);
        }
    }

    fn fetch_latest(&self, out: &mut Vec<Command>) {
        self.fetch_candles(HISTORY_CANDLES, None, out);
    }

    fn fetch_candles(&self, count: usize, end_ts: Option<u64>, out: &mut Vec<Command>) {
        if let Some(row) = self.focused() {
            let symbol = row.instrument.symbol.clone();
            out.push(Command::FetchCandles { symbol, interval: self.focus.interval, count, end_ts });
        }
    }

    fn is_silent(&self, now_us: u64) -> bool {
        let too_late = self.link.heard_by_us.is_some_and(|by| now_us > by);
        too_late || now_us.saturating_sub(self.link.heard_us) > self.silence_max_us()
    }

    fn silence_max_us(&self) -> u64 {
        let Some(hello) = self.health.hello.as_ref().filter(|_| self.link.greeted) else {
            return GREETING_MICROS_MAX;
        };
        let heartbeat_ms = hello.heartbeat_ms;
        (SILENT_HEARTBEATS_MAX * heartbeat_ms * super::MILLI).max(SILENCE_MICROS_MIN)
    }
}
