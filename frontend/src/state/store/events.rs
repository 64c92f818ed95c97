//! Events: each goes to the row or panel that it belongs to.

use protocol::{Book, Candle, Channel, Depth, Event, Link, Payload, Ticker, read_frame};

use super::{Command, Store};
use crate::state::book::Fault;
use crate::state::report::Detail;
use crate::state::request::stream;

/// How much of a bad frame the console shows, in characters.
const EXCERPT_CHARS_MAX: usize = 200;

impl Store {
    /// Takes in a text frame.
    pub(crate) fn on_text(&mut self, text: &str, now_us: u64, out: &mut Vec<Command>) {
        self.health.bytes.add(u32::try_from(text.len()).unwrap_or(u32::MAX), now_us);
        (self.link.heard_us, self.health.heard_us, self.link.heard_by_us) = (now_us, now_us, None);
        match read_frame(text, &mut |event| self.on_event(&event, now_us, out)) {
            Ok(None) => {}
            Ok(Some(message)) => self.on_control(*message, now_us, out),
            Err(error) => {
                self.tell("The server sent a message that this page can't read; the console has it.");
                let excerpt: String = text.chars().take(EXCERPT_CHARS_MAX).collect();
                let detail = Detail::default().with("error", error).with("frame", excerpt);
                out.push(Command::Report { kind: "bad frame", detail });
            }
        }
    }

    fn on_event(&mut self, event: &Event<'_>, now_us: u64, out: &mut Vec<Command>) {
        self.health.observe(event, now_us);
        let Some(row) = self.by_symbol.get(event.sym.as_ref()).copied() else { return };
        let is_focus = self.focus.row == Some(row);
        match &event.payload {
            Payload::Ticker(ticker) => self.on_ticker(row, event, *ticker, now_us),
            Payload::Stats(stats) => {
                self.rows[row].stats = Some(*stats);
                self.rows[row].chains.stats.rejoin(event.seq);
                self.dirty.mark(row);
            }
            Payload::Status(status) => {
                self.rows[row].status = Some(*status);
                self.rows[row].chains.status.rejoin(event.seq);
                self.dirty.mark(row);
            }
            Payload::Book(book) if is_focus && event.ch == Channel::Book(Depth::Full) => {
                self.on_book(row, event, book, now_us, out);
            }
            Payload::Trade { trade, recent } if is_focus => {
                let link = self.focus.tape.apply(event, Some(*trade), recent);
                self.on_tape(link, now_us, out);
            }
            Payload::Nothing if is_focus && event.ch == Channel::Trades => {
                let link = self.focus.tape.apply(event, None, &[]);
                self.on_tape(link, now_us, out);
            }
            Payload::Skipped(skipped) if is_focus => {
                self.health.skipped += skipped.count;
                let link = self.focus.tape.skip(event, skipped.count);
                self.on_tape(link, now_us, out);
            }
            Payload::Candle(candle) if is_focus && event.ch == Channel::Candles(self.focus.interval) => {
                self.on_candle(*candle, event.seq, now_us, out);
            }
            Payload::Nothing if event.ch == Channel::Stats => self.rows[row].chains.stats.rejoin(event.seq),
            _ => {}
        }
    }

    fn on_ticker(&mut self, at: usize, event: &Event<'_>, ticker: Ticker, now_us: u64) {
        let row = &mut self.rows[at];
        match row.chains.ticker.take(event) {
            Link::Early => return,
            Link::Gap => {
                // A ticker is whole in itself: what was missed is counted, and this one holds.
                row.chains.ticker.rejoin(event.seq);
                self.health.gaps += 1;
            }
            Link::Snapshot | Link::Next => {}
        }
        row.set_ticker(ticker, event.ts, now_us);
        self.dirty.mark(at);
    }

    fn on_book(&mut self, row: usize, event: &Event<'_>, book: &Book, now_us: u64, out: &mut Vec<Command>) {
        let applied = self.focus.book.apply(event, book, &self.rows[row].instrument);
        self.dirty.book = true;
        match applied {
            Ok(true) => self.health.verified += 1,
            Ok(false) => {}
            Err(fault) => {
                let seq = event.seq;
                match &fault {
                    Fault::Gap => self.health.gaps += 1,
                    Fault::Checksum { .. } | Fault::Level { .. } => self.health.checksum_failures += 1,
                }
                let detail = Detail::default().with("symbol", &event.sym).with("seq", seq);
                let detail = detail.with("fault", format_args!("{fault:?}"));
                out.push(Command::Report { kind: "book", detail });
                self.focus.book_resync.want();
                self.ask_for_what_is_due(now_us, out);
            }
        }
    }

    fn on_tape(&mut self, link: Link, now_us: u64, out: &mut Vec<Command>) {
        self.dirty.tape = true;
        if link == Link::Gap {
            self.health.gaps += 1;
            self.focus.tape_resync.want();
            self.ask_for_what_is_due(now_us, out);
        }
    }

    fn on_candle(&mut self, candle: Candle, seq: u64, now_us: u64, out: &mut Vec<Command>) {
        self.focus.candles_chain.rejoin(seq);
        if self.focus.candles.join_live(candle, seq) {
            self.focus.history.want();
            self.ask_for_what_is_due(now_us, out);
        }
    }

    pub(super) fn ask_for_what_is_due(&mut self, now_us: u64, out: &mut Vec<Command>) {
        let Some(symbol) = self.focused().map(|row| row.instrument.symbol.clone()) else { return };
        let mut streams = Vec::new();
        if self.focus.book_resync.take(now_us) {
            self.focus.book.expect_snapshot();
            streams.push(stream(Channel::Book(Depth::Full), &symbol));
        }
        if self.focus.tape_resync.take(now_us) {
            streams.push(stream(Channel::Trades, &symbol));
        }
        if !streams.is_empty() {
            self.health.resyncs += streams.len() as u64;
            out.push(Command::Send(self.link.requests.resync(&streams)));
        }
        if self.focus.history.take(now_us) {
            self.fetch_latest(out);
        }
    }
}
