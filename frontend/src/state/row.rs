//! A symbol of the watchlist: what is known of it, and what is shown of that.

use market::{Decimal, Instrument, Regime};
use protocol::{Chain, Channel, Stats, Status, Ticker};

use super::flash::{Direction, Flash};
use super::format;
use super::sparkline::Sparkline;

/// A symbol of the watchlist.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    /// Its name and units.
    pub(crate) instrument: Instrument,
    /// The latest prices.
    pub(crate) ticker: Ticker,
    /// The rolling 24 hours.
    pub(crate) stats: Option<Stats>,
    /// Whether it trades.
    pub(crate) status: Option<Status>,
    /// Where its streams are.
    pub(crate) chains: RowChains,
    /// The last move of the last price.
    pub(crate) flash: Flash,
    /// The last hour.
    pub(crate) spark: Sparkline,
    /// The line changed since it was drawn.
    pub(crate) spark_dirty: bool,
    /// The part of it before the page was opened was asked for.
    pub(crate) hour_asked: bool,
}

/// Where the streams of a row are.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct RowChains {
    /// Of the prices.
    pub(crate) ticker: Chain,
    /// Of the 24 hours.
    pub(crate) stats: Chain,
    /// Of the status.
    pub(crate) status: Chain,
}

impl RowChains {
    /// All of them, with their channels.
    pub(crate) const fn each(self) -> [(Channel, Chain); 3] {
        [(Channel::Ticker, self.ticker), (Channel::Stats, self.stats), (Channel::Status, self.status)]
    }
}

/// A row as it is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct RowView {
    /// The last price.
    pub(crate) last: String,
    /// Where it went.
    pub(crate) direction: Direction,
    /// How much it is highlighted, from 0 to 3.
    pub(crate) lit: u8,
    /// The change over 24 hours.
    pub(crate) change: String,
    /// Its sign.
    pub(crate) change_direction: Direction,
    /// The best bid.
    pub(crate) bid: String,
    /// The best ask.
    pub(crate) ask: String,
    /// The turnover of 24 hours.
    pub(crate) volume: String,
    /// A word if it does not trade as on most days.
    pub(crate) mood: &'static str,
}

impl RowView {
    /// Whether a price is known.
    pub(crate) fn has_price(&self) -> bool {
        self.last.bytes().any(|byte| byte.is_ascii_digit())
    }
}

impl Row {
    /// A symbol of which nothing is known yet.
    pub(crate) fn new(instrument: Instrument) -> Self {
        Self {
            instrument,
            ticker: Ticker::default(),
            stats: None,
            status: None,
            chains: RowChains::default(),
            flash: Flash::default(),
            spark: Sparkline::default(),
            spark_dirty: true,
            hour_asked: false,
        }
    }

    /// New prices at `ts` of market time; `true` when the last price moved.
    pub(crate) fn set_ticker(&mut self, ticker: Ticker, ts: u64, now_us: u64) -> bool {
        let before = std::mem::replace(&mut self.ticker, ticker).last;
        let Some(last) = ticker.last else { return false };
        let direction = match before {
            // Equal in most events: nothing else to do.
            Some(before) if before == last => Direction::None,
            Some(before) => Direction::between(before.to_f64(), last.to_f64()),
            None => Direction::None,
        };
        self.spark_dirty |= self.spark.push(ts, last.to_f64());
        let moved = direction != Direction::None;
        if moved {
            self.flash.start(direction, now_us);
        }
        moved
    }

    /// The change over 24 hours in hundredths of a percent: of the last price, which is ahead of the statistics.
    pub(crate) fn change_bp(&self) -> Option<i64> {
        let stats = self.stats?;
        let (open, last) = common_scale(stats.open, self.ticker.last)?;
        let change_bp = match open {
            1.. => (last - open).checked_mul(10_000)? / open,
            _ => stats.change_percent.rescale(2)?.mantissa,
        };
        i64::try_from(change_bp).ok()
    }

    /// The turnover of 24 hours, for sorting and as text.
    pub(crate) fn turnover(&self) -> Option<f64> {
        self.stats.map(|stats| stats.quote_volume.to_f64())
    }

    /// A word if it does not trade as on most days.
    pub(crate) fn mood(&self) -> &'static str {
        match self.status {
            Some(Status { halted: true, .. }) => "halted",
            Some(Status { regime: Regime::Volatile, .. }) => "volatile",
            Some(Status { regime: Regime::Crash, .. }) => "crash",
            _ => "",
        }
    }

    /// The row as it is shown.
    pub(crate) fn view(&self, now_us: u64) -> RowView {
        let change_bp = self.change_bp();
        RowView {
            last: format::optional(self.ticker.last),
            direction: self.flash.direction(),
            lit: self.flash.strength(now_us),
            change: change_bp.map_or_else(|| format::NONE.into(), format::percent),
            change_direction: change_bp.map_or(Direction::None, Direction::of),
            bid: format::optional(self.ticker.quote.bid),
            ask: format::optional(self.ticker.quote.ask),
            volume: self.turnover().map_or_else(|| format::NONE.into(), format::compact),
            mood: self.mood(),
        }
    }
}

/// The mantissas of both at the finer scale of the two.
fn common_scale(open: Decimal, last: Option<Decimal>) -> Option<(i128, i128)> {
    let last = last?;
    let scale = open.scale.max(last.scale);
    Some((open.rescale(scale)?.mantissa, last.rescale(scale)?.mantissa))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::fixture::instrument;

    fn ticker(last: &str) -> Ticker {
        Ticker { last: Some(last.parse().unwrap()), ..Ticker::default() }
    }

    fn stats(open: &str) -> Stats {
        let price = |text: &str| text.parse::<Decimal>().unwrap();
        Stats {
            open: price(open),
            high: price(open),
            low: price(open),
            last: price(open),
            change: price("0.00"),
            change_percent: price("0.07"),
            volume: price("10"),
            quote_volume: price("1500000.00"),
            trades: 3,
            modelled: false,
        }
    }

    #[test]
    fn a_moved_price_flashes_and_an_unmoved_one_does_not() {
        let mut row = Row::new(instrument());
        assert!(!row.set_ticker(ticker("10.00"), 0, 100), "the first price is no move");
        assert!(!row.set_ticker(ticker("10.00"), 1, 200));
        assert_eq!(row.view(200).lit, 0);
        assert!(row.set_ticker(ticker("9.99"), 2, 300));
        let view = row.view(300);
        assert_eq!((view.last.as_str(), view.direction, view.lit), ("9.99", Direction::Down, 3));
    }

    #[test]
    fn the_change_follows_the_last_price() {
        let mut row = Row::new(instrument());
        assert_eq!(row.view(0).change, "\u{2013}");
        row.stats = Some(stats("10.00"));
        row.set_ticker(ticker("10.55"), 0, 0);
        let view = row.view(0);
        assert_eq!((view.change.as_str(), view.change_direction), ("+5.50%", Direction::Up));
        assert_eq!(view.volume, "1.50M");
        row.stats = Some(stats("0.00"));
        assert_eq!(row.view(0).change, "+0.07%", "of nothing no share can be taken: the server's word");
    }

    #[test]
    fn moods_are_named() {
        let mut row = Row::new(instrument());
        for (halted, regime, word) in
            [(false, Regime::Calm, ""), (false, Regime::Crash, "crash"), (true, Regime::Volatile, "halted")]
        {
            row.status = Some(Status { halted, regime });
            assert_eq!(row.mood(), word);
        }
    }
}
