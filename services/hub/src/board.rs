//! A board: all that is known of one instrument, and the events that its streams get from what the market says.

use std::collections::VecDeque;

use market::{
    Bbo, Body, BookDelta, CandleSeries, Event, Instrument, InstrumentId, Interval, LevelChange, Side, Ts,
};
use protocol::{Book, Candle, Channel, Depth, Payload, Quote, Stats, Status, Ticker, Trade, WireLevel};

use crate::StreamId;
use crate::batch::{Draft, Item};
use crate::depth::{self, View};

/// Trades kept of each instrument, for REST; a snapshot shows the latest of them.
pub(crate) const TRADES_KEPT_MAX: usize = 500;

/// The depths of book streams that do not show the whole book.
const VIEWS: [Depth; 2] = [Depth::Top10, Depth::Top50];

/// Receives the events of streams. What an event holds is only worked out if it is wanted.
pub(crate) trait Sink {
    fn emit(&mut self, draft: Draft);
    fn is_wanted(&self) -> bool;
}

/// All that is known of one instrument.
#[derive(Debug)]
pub(crate) struct Board {
    id: InstrumentId,
    pub(crate) instrument: Instrument,
    pub(crate) book: market::Book,
    pub(crate) candles: CandleSeries,
    views: [View; VIEWS.len()],
    bbo: Bbo,
    status: market::Status,
    /// The latest trades, oldest first.
    pub(crate) trades: VecDeque<Trade>,
    /// How many of them a snapshot shows before the last one.
    trades_recent: usize,
    /// The `seq` and `ts` of the latest event of each channel.
    marks: [Mark; Channel::COUNT],
    /// The `seq` and `ts` of the latest event of the instrument.
    pub(crate) latest: Mark,
    ticker_due: bool,
    /// Which candles changed since they were last sent.
    candles_due: [bool; Interval::ALL.len()],
}

/// A place in a stream.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Mark {
    pub(crate) seq: u64,
    pub(crate) ts: u64,
}

impl Board {
    pub(crate) fn new(
        id: InstrumentId,
        instrument: Instrument,
        candles: CandleSeries,
        trades_recent: usize,
    ) -> Self {
        Self {
            id,
            instrument,
            book: market::Book::default(),
            candles,
            views: VIEWS.map(|depth| View::new(depth.levels().expect("views are limited"))),
            bbo: Bbo::default(),
            status: market::Status::default(),
            trades: VecDeque::new(),
            trades_recent,
            marks: [Mark::default(); Channel::COUNT],
            latest: Mark::default(),
            ticker_due: false,
            candles_due: [false; Interval::ALL.len()],
        }
    }

    /// Takes in an event of the market, and gives the streams theirs.
    pub(crate) fn apply(&mut self, event: &Event, sink: &mut impl Sink) {
        let mark = Mark { seq: event.seq.0, ts: event.ts.0 };
        self.latest = mark;
        match &event.body {
            Body::Trade(trade) => self.trade(trade, mark, sink),
            Body::Book(delta) => self.book_changed(delta, mark, sink),
            Body::Bbo(bbo) => {
                self.bbo = *bbo;
                self.ticker_due = true;
                self.emit(Channel::Bbo, mark, sink, |board| Payload::Bbo(board.quote()));
            }
            Body::Status(status) => {
                self.status = *status;
                self.emit(Channel::Status, mark, sink, Self::status);
            }
            Body::Tick => self.tick(event.ts, mark, sink),
        }
        if event.step_end && std::mem::take(&mut self.ticker_due) {
            self.emit(Channel::Ticker, mark, sink, |board| Payload::Ticker(board.ticker()));
        }
    }

    /// The state of a stream as one event.
    pub(crate) fn snapshot(&self, channel: Channel) -> Draft {
        let mark = self.marks[channel.index()];
        let payload = match channel {
            Channel::Ticker => Payload::Ticker(self.ticker()),
            Channel::Bbo => Payload::Bbo(self.quote()),
            Channel::Trades => {
                let shown = self.trades.len().saturating_sub(self.trades_recent + 1);
                let mut recent: Vec<Trade> = self.trades.range(shown..).copied().collect();
                match recent.pop() {
                    Some(trade) => Payload::Trade { trade, recent },
                    None => Payload::Nothing,
                }
            }
            Channel::Book(depth) => Payload::Book(self.top(depth.levels().unwrap_or(usize::MAX))),
            Channel::Candles(interval) => self.candle(interval),
            Channel::Stats => self.stats().map_or(Payload::Nothing, Payload::Stats),
            Channel::Status => self.status(),
        };
        let item = self.item(channel, mark, 0);
        Draft { item, snapshot: true, payload }
    }

    /// The best `depth` levels of both sides, best first.
    pub(crate) fn top(&self, depth: usize) -> Book {
        let side = |side| {
            self.book
                .side(side)
                .take(depth)
                .map(|level| {
                    (self.instrument.price_decimal(level.price), self.instrument.qty_decimal(level.qty))
                })
                .collect()
        };
        Book { bids: side(Side::Buy), asks: side(Side::Sell), checksum: self.book.checksum(&self.instrument) }
    }

    pub(crate) fn ticker(&self) -> Ticker {
        let last = self.trades.back();
        Ticker {
            last: last.map(|trade| trade.price),
            last_qty: last.map(|trade| trade.qty),
            quote: self.quote(),
        }
    }

    pub(crate) fn mark(&self, channel: Channel) -> Mark {
        self.marks[channel.index()]
    }

    fn trade(&mut self, trade: &market::Trade, mark: Mark, sink: &mut impl Sink) {
        if self.trades.len() == TRADES_KEPT_MAX {
            self.trades.pop_front();
        }
        let shown = Trade {
            id: mark.seq,
            ts: mark.ts,
            price: self.instrument.price_decimal(trade.price),
            qty: self.instrument.qty_decimal(trade.qty),
            side: trade.taker,
        };
        self.trades.push_back(shown);
        self.candles.add(Ts(mark.ts), trade);
        self.candles_due = [true; Interval::ALL.len()];
        self.ticker_due = true;
        self.emit(Channel::Trades, mark, sink, |_| Payload::Trade { trade: shown, recent: Vec::new() });
    }

    /// Limited views that show no change have no event, but for the first delta of a block: from it on, a replica that
    /// starts in this block knows their `prev_seq`.
    fn book_changed(&mut self, delta: &BookDelta, mark: Mark, sink: &mut impl Sink) {
        let before = self.marks[Channel::Book(Depth::Full).index()];
        let new_block = market::Seq(before.seq).block() != market::Seq(mark.seq).block();
        for change in &delta.levels {
            depth::apply(&mut self.book, *change, &mut self.views);
        }
        let checksum = if sink.is_wanted() { self.book.checksum(&self.instrument) } else { 0 };
        self.emit(Channel::Book(Depth::Full), mark, sink, |board| {
            Payload::Book(wire_book(&board.instrument, &delta.levels, checksum))
        });
        for (place, depth) in VIEWS.into_iter().enumerate() {
            let shown = std::mem::take(&mut self.views[place].shown);
            if new_block || !shown.levels.is_empty() {
                self.emit(Channel::Book(depth), mark, sink, |board| {
                    Payload::Book(wire_book(&board.instrument, &shown.levels, checksum))
                });
            }
        }
    }

    /// Summaries are due: candles that changed, and at each full second the rolling statistics.
    fn tick(&mut self, ts: Ts, mark: Mark, sink: &mut impl Sink) {
        self.candles.roll(ts);
        for interval in Interval::ALL {
            let channel = Channel::Candles(interval);
            let ended = interval.floor(ts) == ts;
            let due = std::mem::replace(&mut self.candles_due[interval.index()], ended);
            if ended {
                if let Some(candle) = self.candles.at(interval, Ts(ts.0.saturating_sub(1))).copied() {
                    let closed =
                        |board: &Self| Payload::Candle(Candle::new(&board.instrument, &candle, true));
                    self.emit(channel, mark, sink, closed);
                }
            } else if due {
                self.emit(channel, mark, sink, |board| board.candle(interval));
            }
        }
        if ts.0.is_multiple_of(Ts::SECOND) && self.candles.current(Interval::M1).is_some() {
            self.emit(Channel::Stats, mark, sink, |board| {
                board.stats().map_or(Payload::Nothing, Payload::Stats)
            });
        }
    }

    fn emit(
        &mut self,
        channel: Channel,
        mark: Mark,
        sink: &mut impl Sink,
        payload: impl FnOnce(&Self) -> Payload,
    ) {
        let prev_seq = std::mem::replace(&mut self.marks[channel.index()], mark).seq;
        if sink.is_wanted() {
            let item = self.item(channel, mark, prev_seq);
            sink.emit(Draft { item, snapshot: false, payload: payload(self) });
        }
    }

    const fn item(&self, channel: Channel, mark: Mark, prev_seq: u64) -> Item {
        let Mark { seq, ts } = mark;
        Item { stream: StreamId::new(self.id, channel), seq, prev_seq, ts, conflated: 0 }
    }

    fn quote(&self) -> Quote {
        let price =
            |level: Option<market::Level>| level.map(|level| self.instrument.price_decimal(level.price));
        let qty = |level: Option<market::Level>| level.map(|level| self.instrument.qty_decimal(level.qty));
        let Bbo { bid, ask } = self.bbo;
        Quote { bid: price(bid), bid_qty: qty(bid), ask: price(ask), ask_qty: qty(ask) }
    }

    fn status(&self) -> Payload {
        Payload::Status(Status { halted: self.status.halted, regime: self.status.regime })
    }

    fn candle(&self, interval: Interval) -> Payload {
        let candle = |candle| Payload::Candle(Candle::new(&self.instrument, candle, false));
        self.candles.current(interval).map_or(Payload::Nothing, candle)
    }

    /// The last 24 hours, once there is a price.
    pub(crate) fn stats(&self) -> Option<Stats> {
        let stats = market::Stats::of(&self.candles, Ts(self.latest.ts))?;
        let price = |price| self.instrument.price_decimal(price);
        Some(Stats {
            open: price(stats.open),
            high: price(stats.high),
            low: price(stats.low),
            last: price(stats.last),
            change: price(stats.change()),
            change_percent: stats.change_percent(),
            volume: self.instrument.qty_decimal(stats.volume),
            quote_volume: self.instrument.notional_decimal(stats.quote_volume),
            trades: stats.trades.into(),
            modelled: stats.modelled,
        })
    }
}

fn wire_book(instrument: &Instrument, levels: &[LevelChange], checksum: u32) -> Book {
    let side = |side: Side| -> Vec<WireLevel> {
        levels
            .iter()
            .filter(|level| level.side == side)
            .map(|level| (instrument.price_decimal(level.price), instrument.qty_decimal(level.qty)))
            .collect()
    };
    Book { bids: side(Side::Buy), asks: side(Side::Sell), checksum }
}
