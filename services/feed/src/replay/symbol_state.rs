//! One symbol of a recording while it is read: its local book, kept by the algorithm that Binance documents ("How to
//! manage a local order book correctly"), and its best prices, which `@bookTicker` tells earlier than `@depth`.
//!
//! All numbers are in units of 10^-8.

use std::collections::VecDeque;
use std::mem;

use market::{Bbo, Body, Book, BookDelta, Decimal, Level, LevelChange, Side};

use super::binance::{BookTicker, DepthUpdate, Snapshot, Trade};
use super::precision::Precision;
use super::{Damage, PENDING_DIFFS_MAX};

/// What is known of a symbol at a line.
#[derive(Default)]
pub(super) struct SymbolState {
    /// As Binance writes it: `BTCUSDT`.
    pub(super) symbol: String,
    /// Of prices.
    pub(super) ticks: Precision,
    /// Of quantities.
    pub(super) lots: Precision,
    /// Empty until the first snapshot.
    pub(super) book: Book,
    /// As last told.
    pub(super) bbo: Bbo,
    /// The last update in the book, `None` until the first snapshot.
    book_id: Option<u64>,
    /// The last update in `bbo`.
    bbo_id: u64,
    /// The highest update id seen: tells whose a snapshot is.
    pub(super) latest_id: u64,
    /// Updates that came before the first snapshot.
    pending: VecDeque<Update>,
}

struct Update {
    first_id: u64,
    last_id: u64,
    levels: Vec<LevelChange>,
}

impl SymbolState {
    pub(super) fn new(symbol: String) -> Self {
        Self { symbol, ..Self::default() }
    }

    pub(super) fn trade(&mut self, trade: &Trade, out: &mut Vec<Body>) -> Result<(), Damage> {
        let price = self.ticks.price("the price of the trade", trade.price)?;
        let qty = self.lots.qty("the quantity of the trade", trade.qty)?;
        if qty.is_zero() {
            let found = trade.qty.to_string();
            return Err(Damage::Number { what: "the quantity of the trade", found, expected: "above 0" });
        }
        let taker = if trade.buyer_is_maker { Side::Sell } else { Side::Buy };
        out.push(Body::Trade(market::Trade { price, qty, taker }));
        Ok(())
    }

    /// Tells the best prices if they are newer than what was told, and other.
    pub(super) fn book_ticker(&mut self, ticker: &BookTicker, out: &mut Vec<Body>) -> Result<(), Damage> {
        let bbo = Bbo {
            bid: self.level("the best bid", ticker.bid, ticker.bid_qty)?,
            ask: self.level("the best ask", ticker.ask, ticker.ask_qty)?,
        };
        if matches!(bbo, Bbo { bid: Some(bid), ask: Some(ask) } if bid.price >= ask.price) {
            return Err(self.crossed());
        }
        self.latest_id = self.latest_id.max(ticker.update_id);
        self.tell(bbo, ticker.update_id, out);
        Ok(())
    }

    pub(super) fn depth(&mut self, update: &DepthUpdate, out: &mut Vec<Body>) -> Result<(), Damage> {
        self.latest_id = self.latest_id.max(update.last_id);
        let levels = self.changes(&update.bids, &update.asks)?;
        let update = Update { first_id: update.first_id, last_id: update.last_id, levels };
        let Some(book_id) = self.book_id else {
            self.keep(update);
            return Ok(());
        };
        if update.last_id <= book_id {
            return Ok(());
        }
        self.check_gap(&update, book_id)?;
        let delta = apply(&mut self.book, &update.levels);
        self.settle(delta, update.last_id, out)
    }

    /// Takes in a snapshot, unless it is older than the book, and the updates that waited for it.
    pub(super) fn snapshot(&mut self, snapshot: &Snapshot, out: &mut Vec<Body>) -> Result<(), Damage> {
        let levels = self.changes(&snapshot.bids, &snapshot.asks)?;
        let mut book_id = snapshot.last_update_id;
        if self.book_id.is_some_and(|current| book_id < current) {
            return Ok(());
        }
        let mut book = Book::default();
        apply(&mut book, &levels);
        for update in mem::take(&mut self.pending) {
            if update.last_id > book_id {
                self.check_gap(&update, book_id)?;
                apply(&mut book, &update.levels);
                book_id = update.last_id;
            }
        }
        let delta = self.book.delta_to(&book);
        self.book = book;
        self.settle(delta, book_id, out)
    }

    fn keep(&mut self, update: Update) {
        if self.pending.len() == PENDING_DIFFS_MAX {
            self.pending.pop_front();
        }
        self.pending.push_back(update);
    }

    fn check_gap(&self, update: &Update, book_id: u64) -> Result<(), Damage> {
        let expected = book_id.saturating_add(1);
        if update.first_id <= expected {
            return Ok(());
        }
        Err(Damage::Gap { symbol: self.symbol.clone(), found: update.first_id, expected })
    }

    /// The book is that of `book_id` now: tells what changed.
    fn settle(&mut self, delta: BookDelta, book_id: u64, out: &mut Vec<Body>) -> Result<(), Damage> {
        if self.book.is_crossed() {
            return Err(self.crossed());
        }
        self.book_id = Some(book_id);
        if !delta.levels.is_empty() {
            out.push(Body::Book(delta));
        }
        self.tell(self.book.bbo(), book_id, out);
        Ok(())
    }

    fn tell(&mut self, bbo: Bbo, id: u64, out: &mut Vec<Body>) {
        if id < self.bbo_id {
            return;
        }
        self.bbo_id = id;
        if self.bbo != bbo {
            self.bbo = bbo;
            out.push(Body::Bbo(bbo));
        }
    }

    fn level(&mut self, what: &'static str, price: Decimal, qty: Decimal) -> Result<Option<Level>, Damage> {
        let qty = self.lots.qty(what, qty)?;
        if qty.is_zero() {
            return Ok(None);
        }
        Ok(Some(Level { price: self.ticks.price(what, price)?, qty }))
    }

    /// Each level once; where one is named twice the later total counts.
    fn changes(
        &mut self,
        bids: &[(Decimal, Decimal)],
        asks: &[(Decimal, Decimal)],
    ) -> Result<Vec<LevelChange>, Damage> {
        let mut changes = Vec::with_capacity(bids.len() + asks.len());
        for (side, levels) in [(Side::Buy, bids), (Side::Sell, asks)] {
            for (price, qty) in levels.iter().rev() {
                let price = self.ticks.price("the price of a level", *price)?;
                changes.push(LevelChange {
                    side,
                    price,
                    qty: self.lots.qty("the quantity of a level", *qty)?,
                });
            }
        }
        changes.sort_by_key(|change| (change.side, change.price));
        changes.dedup_by_key(|change| (change.side, change.price));
        Ok(changes)
    }

    fn crossed(&self) -> Damage {
        Damage::Crossed { symbol: self.symbol.clone() }
    }
}

/// Sets levels; what is told is what that changed: a removal often names a level that is not there.
fn apply(book: &mut Book, levels: &[LevelChange]) -> BookDelta {
    let mut delta = BookDelta::default();
    for change in levels {
        let (rank, exists) = book.rank(change.side, change.price);
        let before = if exists { book.level(change.side, rank).map_or(0, |level| level.qty.0) } else { 0 };
        if before != change.qty.0 {
            book.set(*change);
            delta.levels.push(*change);
        }
    }
    delta
}

#[cfg(test)]
mod tests;
