//! What REST answers out of the state.

use market::{Interval, Ts};
use protocol::{Candle, Channel, ErrorBody, rest};

use super::Hub;
use crate::board::Board;

impl Hub {
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
