//! Events for people: time, channel, symbol, and what happened, in columns.

use std::io::{self, Write};

use market::{Decimal, Side};
use protocol::{Candle, Event, Payload, Quote, Stats, Trade, WireLevel};

use super::follower::SeenBook;

const GREEN: &str = "\x1b[32m";
const RED: &str = "\x1b[31m";
const FAINT: &str = "\x1b[2m";
const PLAIN: &str = "\x1b[0m";

/// Widths in characters: enough for the names and numbers of the default market.
const CHANNEL: usize = 11;
const SYMBOL: usize = 11;
const NUMBER: usize = 12;

/// Writes the line of an event; the past trades of a snapshot each have their own.
pub(super) fn write(
    out: &mut dyn Write,
    event: &Event<'_>,
    book: Option<SeenBook>,
    is_coloured: bool,
) -> io::Result<()> {
    if let Payload::Trade { recent, .. } = &event.payload {
        for past in recent {
            write_line(out, event, past.ts, &trade(past), Some(past.side), is_coloured)?;
        }
    }
    let (text, side) = match &event.payload {
        Payload::Ticker(ticker) => {
            (format!("last {} {}", pair(ticker.last, ticker.last_qty), quote(&ticker.quote)), None)
        }
        Payload::Bbo(best) => (quote(best), None),
        Payload::Trade { trade: one, .. } => (trade(one), Some(one.side)),
        Payload::Skipped(skipped) => {
            (format!("SKIPPED {} trades, {} to {}", skipped.count, skipped.from, skipped.to), None)
        }
        Payload::Book(_) => (book.map_or_else(|| "book not verified".to_owned(), top), None),
        Payload::Candle(one) => (candle(one), None),
        Payload::Stats(one) => (stats(one), None),
        Payload::Status(status) => {
            let trading = if status.halted { "halted" } else { "trading" };
            (format!("{trading} {:?}", status.regime).to_lowercase(), None)
        }
        Payload::Nothing => ("nothing yet".to_owned(), None),
    };
    write_line(out, event, event.ts, &text, side, is_coloured)
}

fn write_line(
    out: &mut dyn Write,
    event: &Event<'_>,
    ts: u64,
    text: &str,
    side: Option<Side>,
    is_coloured: bool,
) -> io::Result<()> {
    let (faint, colour, plain) = match (is_coloured, side) {
        (false, _) => ("", "", ""),
        (true, Some(Side::Buy)) => (FAINT, GREEN, PLAIN),
        (true, Some(Side::Sell)) => (FAINT, RED, PLAIN),
        (true, None) => (FAINT, "", PLAIN),
    };
    write!(
        out,
        "{faint}{}{plain} {:<CHANNEL$} {:<SYMBOL$} {colour}{text}{plain}",
        time(ts),
        event.ch,
        event.sym
    )?;
    if event.snapshot {
        write!(out, "  snapshot")?;
    }
    if event.conflated > 0 {
        write!(out, "  ({} merged)", event.conflated)?;
    }
    writeln!(out)
}

/// The time of day, UTC, in milliseconds.
fn time(ts: u64) -> String {
    let ms = ts / 1_000;
    let (s, m, h) = (ms / 1_000 % 60, ms / 60_000 % 60, ms / 3_600_000 % 24);
    format!("{h:02}:{m:02}:{s:02}.{:03}", ms % 1_000)
}

fn pair(price: Option<Decimal>, qty: Option<Decimal>) -> String {
    match (price, qty) {
        (Some(price), Some(qty)) => format!("{price:>NUMBER$} x {qty:<NUMBER$}"),
        (Some(price), None) => format!("{price:>NUMBER$}   {:<NUMBER$}", ""),
        (None, _) => format!("{:>NUMBER$}   {:<NUMBER$}", "-", ""),
    }
}

fn quote(quote: &Quote) -> String {
    format!("bid {} ask {}", pair(quote.bid, quote.bid_qty), pair(quote.ask, quote.ask_qty))
        .trim_end()
        .to_owned()
}

fn top(book: SeenBook) -> String {
    let side = |level: Option<WireLevel>| pair(level.map(|level| level.0), level.map(|level| level.1));
    let SeenBook { bid, ask, bids, asks } = book;
    format!("bid {} ask {} {bids}+{asks} levels, checksum ok", side(bid), side(ask))
}

fn trade(trade: &Trade) -> String {
    format!("{:<4} {:>NUMBER$} at {}", trade.side.to_string(), trade.qty, trade.price)
}

fn candle(candle: &Candle) -> String {
    let Candle { open_ts, open, high, low, close, volume, trades, .. } = candle;
    let closed = if candle.closed { ", closed" } else { "" };
    let modelled = if candle.modelled { ", modelled" } else { "" };
    let from = &time(*open_ts)[..8];
    format!(
        "{from} open {open} high {high} low {low} close {close} volume {volume}, {trades} trades{closed}{modelled}"
    )
}

fn stats(stats: &Stats) -> String {
    let Stats { last, change, change_percent, high, low, volume, trades, .. } = stats;
    let sign = if change_percent.mantissa < 0 { "" } else { "+" };
    let modelled = if stats.modelled { ", modelled" } else { "" };
    format!(
        "last {last} change {change} ({sign}{change_percent} %) high {high} low {low} volume {volume}, {trades} \
         trades{modelled}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(event: &str, expected: &str) {
        let event: Event<'_> = serde_json::from_str(event).unwrap();
        let mut out = Vec::new();
        write(&mut out, &event, None, false).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    #[test]
    fn lines_have_columns() {
        check(
            r#"{"ch":"ticker","sym":"BTC-USDT","seq":2,"prev_seq":1,"ts":3723004000,"last":"64000.1","last_qty":"0.5","ask":"64001.0","ask_qty":"2","conflated":3}"#,
            "01:02:03.004 ticker      BTC-USDT    last      64000.1 x 0.5          bid            -                ask      64001.0 x 2  (3 merged)\n",
        );
        check(
            r#"{"ch":"trades","sym":"A-B","seq":2,"prev_seq":0,"ts":2000,"snapshot":true,"id":2,"price":"10.5","qty":"1.0","side":"sell","recent":[{"id":1,"ts":1000,"price":"10.0","qty":"3.0","side":"buy"}]}"#,
            "00:00:00.001 trades      A-B         buy           3.0 at 10.0  snapshot\n\
             00:00:00.002 trades      A-B         sell          1.0 at 10.5  snapshot\n",
        );
        check(
            r#"{"ch":"trades","sym":"A-B","seq":9,"prev_seq":2,"ts":0,"skipped":{"from":3,"to":9,"count":4}}"#,
            "00:00:00.000 trades      A-B         SKIPPED 4 trades, 3 to 9\n",
        );
        check(
            r#"{"ch":"candles:1m","sym":"A-B","seq":9,"prev_seq":2,"ts":0,"open_ts":60000000,"open":"1","high":"3","low":"1","close":"2","volume":"7","quote_volume":"14","trades":2,"closed":true}"#,
            "00:00:00.000 candles:1m  A-B         00:01:00 open 1 high 3 low 1 close 2 volume 7, 2 trades, closed\n",
        );
        check(
            r#"{"ch":"stats","sym":"A-B","seq":9,"prev_seq":2,"ts":0,"open":"10","high":"11","low":"9","last":"9.95","change":"-0.05","change_percent":"-0.50","volume":"7","quote_volume":"70","trades":2}"#,
            "00:00:00.000 stats       A-B         last 9.95 change -0.05 (-0.50 %) high 11 low 9 volume 7, 2 trades\n",
        );
        check(
            r#"{"ch":"status","sym":"A-B","seq":9,"prev_seq":2,"ts":0,"halted":false,"regime":"volatile"}"#,
            "00:00:00.000 status      A-B         trading volatile\n",
        );
    }
}
