//! The hub: turns what the market says into events of streams, each encoded once, and knows the state of every stream.

use std::sync::Arc;

use bytes::Bytes;
use market::{Block, CandleSeries, Event, InstrumentCandles, InstrumentId, Interval, Ts};
use protocol::{Candle, Channel, ErrorBody, rest};

use crate::batch::{Batch, BatchBuilder, Draft};
use crate::board::{Board, Sink};
use crate::{Directory, StreamId};

/// The state of a stream, encoded.
#[derive(Debug)]
pub struct Snapshot {
    /// The stream.
    pub stream: StreamId,
    /// The `seq` as of which it is.
    pub seq: u64,
    /// The JSON object of the event.
    pub json: Bytes,
}

/// The state of all streams.
#[derive(Debug)]
pub struct Hub {
    directory: Arc<Directory>,
    boards: Vec<Board>,
    builder: BatchBuilder,
    /// Encoded snapshots, until the next event of their stream.
    snapshots: Vec<Option<Arc<Snapshot>>>,
}

/// Encodes the events of streams.
struct Encoding<'a> {
    directory: &'a Directory,
    builder: &'a mut BatchBuilder,
    snapshots: &'a mut [Option<Arc<Snapshot>>],
}

impl Sink for Encoding<'_> {
    fn is_wanted(&self) -> bool {
        true
    }

    fn emit(&mut self, draft: Draft) {
        self.snapshots[draft.stream.index()] = None;
        self.builder.push(self.directory, draft);
    }
}

/// Keeps the state up to date, and nobody listens.
struct CatchUp;

impl Sink for CatchUp {
    fn is_wanted(&self) -> bool {
        false
    }

    fn emit(&mut self, _: Draft) {}
}

impl Hub {
    /// A hub that knows the past candles of each instrument, and nothing else yet. The snapshot of a `trades` stream
    /// shows `trades_recent` trades before the last one.
    #[must_use]
    pub fn new(directory: Arc<Directory>, past: Vec<CandleSeries>, trades_recent: usize) -> Self {
        let boards = (0..=u16::MAX)
            .map(InstrumentId)
            .zip(directory.instruments())
            .zip(past)
            .map(|((id, instrument), candles)| Board::new(id, instrument.clone(), candles, trades_recent))
            .collect();
        let snapshots = vec![None; directory.streams()];
        Self { directory, boards, builder: BatchBuilder::default(), snapshots }
    }

    /// Takes in events from before anybody listened.
    pub fn catch_up(&mut self, events: &[Event]) {
        for event in events {
            self.boards[event.instrument.index()].apply(event, &mut CatchUp);
        }
        if !events.is_empty() {
            self.snapshots.fill(None);
        }
    }

    /// Takes in events, and gives those of the streams. `engine_ts` is the server's clock in microseconds since 1970.
    pub fn publish(&mut self, events: &[Event], engine_ts: u64) -> Batch {
        let Self { directory, boards, builder, snapshots } = self;
        let mut sink = Encoding { directory, builder, snapshots };
        for event in events {
            boards[event.instrument.index()].apply(event, &mut sink);
        }
        self.builder.finish(engine_ts)
    }

    /// The state of a stream, as of the events published so far.
    pub fn snapshot(&mut self, stream: StreamId) -> Arc<Snapshot> {
        if let Some(snapshot) = &self.snapshots[stream.index()] {
            return Arc::clone(snapshot);
        }
        let draft = self.boards[stream.instrument().index()].snapshot(stream.channel());
        let seq = draft.seq;
        let mut json = Vec::new();
        draft.encode(&self.directory, &mut json);
        let snapshot = Arc::new(Snapshot { stream, seq, json: json.into() });
        self.snapshots[stream.index()] = Some(Arc::clone(&snapshot));
        snapshot
    }

    /// Puts the exact candles of an instrument's block in the place of modelled ones.
    pub fn replace_candles(&mut self, instrument: InstrumentId, block: Block, exact: &InstrumentCandles) {
        if self.boards[instrument.index()].candles.replace(block, exact) {
            for channel in Channel::ALL {
                self.snapshots[StreamId::new(instrument, channel).index()] = None;
            }
        }
    }

    /// `GET /api/v1/ticker`
    ///
    /// # Errors
    /// `unknown_symbol`.
    pub fn tickers(&self, symbol: Option<&str>) -> Result<Vec<rest::TickerRow>, ErrorBody> {
        let row = |board: &Board| {
            let mark = board.mark(Channel::Ticker);
            rest::TickerRow {
                symbol: board.instrument.symbol.clone(),
                seq: mark.seq,
                ts: mark.ts,
                ticker: board.ticker().into(),
                stats: board.stats(),
            }
        };
        Ok(match symbol {
            Some(symbol) => vec![row(self.board(symbol)?)],
            None => self.boards.iter().map(row).collect(),
        })
    }

    /// `GET /api/v1/book`
    ///
    /// # Errors
    /// `unknown_symbol`.
    pub fn book(&self, symbol: &str, depth: usize) -> Result<rest::BookView, ErrorBody> {
        let board = self.board(symbol)?;
        let mark = board.mark(Channel::Book(protocol::Depth::Full));
        let protocol::Book { bids, asks, checksum } = board.top(depth);
        Ok(rest::BookView { symbol: symbol.into(), seq: mark.seq, ts: mark.ts, bids, asks, checksum })
    }

    /// `GET /api/v1/trades`
    ///
    /// # Errors
    /// `unknown_symbol`.
    pub fn trades(&self, symbol: &str, limit: usize) -> Result<rest::Trades, ErrorBody> {
        let trades = &self.board(symbol)?.trades;
        let trades = trades.range(trades.len().saturating_sub(limit)..).copied().collect();
        Ok(rest::Trades { symbol: symbol.into(), trades })
    }

    /// `GET /api/v1/candles`: the last `limit` candles that open before `end`.
    ///
    /// # Errors
    /// `unknown_symbol`.
    pub fn candles(
        &self,
        symbol: &str,
        interval: Interval,
        end: Option<Ts>,
        limit: usize,
    ) -> Result<rest::Candles, ErrorBody> {
        let board = self.board(symbol)?;
        let now = Ts(board.latest.ts);
        let candles = board
            .candles
            .range(interval, Ts(0), end.unwrap_or(Ts(u64::MAX)))
            .rev()
            .take(limit)
            .rev()
            .map(|candle| {
                Candle::new(&board.instrument, candle, candle.open_ts.plus(interval.micros()) <= now)
            })
            .collect();
        Ok(rest::Candles { symbol: symbol.into(), interval, seq: board.latest.seq, candles })
    }

    fn board(&self, symbol: &str) -> Result<&Board, ErrorBody> {
        Ok(&self.boards[self.directory.find(symbol)?.index()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use market::{Body, Instrument, InstrumentKind, Price, Qty, Seq, Side, Status, Trade};

    fn hub(past: CandleSeries) -> Hub {
        let (tick_size, lot_size) = (market::Decimal::new(1, 0), market::Decimal::new(1, 0));
        let instrument = Instrument { symbol: "A".into(), kind: InstrumentKind::Crypto, tick_size, lot_size };
        Hub::new(Arc::new(Directory::new(vec![instrument])), vec![past], 1)
    }

    fn event(seq: u64, body: Body) -> Event {
        Event { instrument: InstrumentId(0), seq: Seq(seq), ts: Ts(seq * Ts::SECOND), step_end: true, body }
    }

    /// After the machine slept every client gets new snapshots: they must not be those from before.
    #[test]
    fn what_was_caught_up_with_is_in_the_snapshots() {
        let mut hub = hub(CandleSeries::default());
        hub.publish(&[event(1, Body::Status(Status::default()))], 0);
        let status = StreamId::new(InstrumentId(0), Channel::Status);
        assert_eq!(hub.snapshot(status).seq, 1);
        hub.catch_up(&[event(2, Body::Status(Status::default()))]);
        assert_eq!(hub.snapshot(status).seq, 2);
    }

    /// A replica that saw no trade since it started tells of statistics when those that did tell of them.
    #[test]
    fn statistics_need_a_price_and_no_trade_of_our_own() {
        let stats = |hub: &mut Hub| {
            let batch = hub.publish(&[event(2, Body::Tick)], 0);
            batch.items().iter().filter(|item| item.stream.channel() == Channel::Stats).count()
        };
        let mut past = CandleSeries::default();
        past.add(Ts(0), &Trade { price: Price(5), qty: Qty(1), taker: Side::Buy });
        assert_eq!(stats(&mut hub(past)), 1);
        assert_eq!(stats(&mut hub(CandleSeries::default())), 0);
    }
}
