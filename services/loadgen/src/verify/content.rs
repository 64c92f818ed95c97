//! What an event says, as a number: the same on every replica and in every encoding.

use std::hash::{Hash as _, Hasher};

use protocol::{Event, Payload, Quote, Trade, WireLevel};
use rustc_hash::FxHasher;

/// The content of an event that is the same for everybody who gets that `seq`; `None` for others.
///
/// Those are steps, and where each event replaces the last also what was merged into it and snapshots of what changes
/// with events alone. Not compared: what is partly modelled, which every replica makes exact in its own time; and books
/// that come at a rate (`is_paced`), where a client that joins late also gets levels that it has.
pub(crate) fn content(event: &Event<'_>, is_paced: bool) -> Option<u64> {
    let is_same_for_all = match &event.payload {
        Payload::Ticker(_) | Payload::Bbo(_) | Payload::Status(_) => true,
        Payload::Trade { .. } => is_step(event),
        Payload::Book(_) => is_step(event) && !is_paced,
        Payload::Candle(candle) => !event.snapshot && !candle.modelled,
        Payload::Stats(stats) => !event.snapshot && !stats.modelled,
        Payload::Skipped(_) | Payload::Nothing => false,
    };
    is_same_for_all.then(|| {
        let mut hasher = FxHasher::default();
        event.ts.hash(&mut hasher);
        hash(&event.payload, &mut hasher);
        hasher.finish()
    })
}

/// Whether an event stands for itself alone, so that its `prev_seq` is everybody's.
pub(crate) fn is_step(event: &Event<'_>) -> bool {
    !event.snapshot && event.conflated == 0 && !matches!(event.payload, Payload::Skipped(_))
}

fn hash(payload: &Payload, hasher: &mut impl Hasher) {
    match payload {
        Payload::Ticker(ticker) => {
            (ticker.last, ticker.last_qty).hash(hasher);
            quote(&ticker.quote, hasher);
        }
        Payload::Bbo(best) => quote(best, hasher),
        Payload::Trade { trade: Trade { id, ts, price, qty, side }, .. } => {
            (id, ts, price, qty, side).hash(hasher);
        }
        Payload::Book(book) => (levels(&book.bids), levels(&book.asks), book.checksum).hash(hasher),
        Payload::Candle(candle) => {
            (candle.open_ts, candle.open, candle.high, candle.low, candle.close).hash(hasher);
            (candle.volume, candle.quote_volume, candle.trades, candle.closed).hash(hasher);
        }
        Payload::Stats(stats) => {
            (stats.open, stats.high, stats.low, stats.last, stats.trades).hash(hasher);
            (stats.change, stats.change_percent, stats.volume, stats.quote_volume).hash(hasher);
        }
        Payload::Status(status) => (status.halted, status.regime as u8).hash(hasher),
        Payload::Skipped(_) | Payload::Nothing => {}
    }
}

/// The order of the levels means nothing.
fn levels(levels: &[WireLevel]) -> u64 {
    let one = |level: &WireLevel| {
        let mut hasher = FxHasher::default();
        level.hash(&mut hasher);
        hasher.finish()
    };
    levels.iter().map(one).fold(0, u64::wrapping_add)
}

fn quote(quote: &Quote, hasher: &mut impl Hasher) {
    (quote.bid, quote.bid_qty, quote.ask, quote.ask_qty).hash(hasher);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(json: &str) -> Option<u64> {
        content(&serde_json::from_str(json).unwrap(), false)
    }

    #[test]
    fn content_is_what_was_said_and_not_how() {
        let step = r#"{"ch":"bbo","sym":"A","seq":9,"prev_seq":8,"ts":5,"bid":"1.0","bid_qty":"2"}"#;
        let merged =
            r#"{"ch":"bbo","sym":"A","seq":9,"prev_seq":4,"ts":5,"conflated":3,"bid":"1.0","bid_qty":"2"}"#;
        let other = r#"{"ch":"bbo","sym":"A","seq":9,"prev_seq":8,"ts":5,"bid":"1.0","bid_qty":"3"}"#;
        assert!(of(step).is_some());
        assert_eq!(of(step), of(merged));
        assert_ne!(of(step), of(other));
    }

    #[test]
    fn the_order_of_levels_means_nothing() {
        let book = |bids: &str| {
            of(&format!(
                r#"{{"ch":"book","sym":"A","seq":9,"prev_seq":4,"ts":5,"bids":[{bids}],"asks":[],"checksum":1}}"#
            ))
        };
        let (low, high) = (r#"["1.0","2"]"#, r#"["1.5","3"]"#);
        assert_eq!(book(&format!("{low},{high}")), book(&format!("{high},{low}")));
        assert_ne!(book(low), book(high));
    }

    #[test]
    fn what_differs_between_clients_is_not_compared() {
        let book = r#""ch":"book","sym":"A","seq":9,"prev_seq":4,"ts":5,"bids":[],"asks":[],"checksum":1"#;
        assert!(of(&format!("{{{book}}}")).is_some());
        assert_eq!(of(&format!("{{{book},\"conflated\":1}}")), None);
        assert_eq!(of(&format!("{{{book},\"snapshot\":true}}")), None);
        let book = format!("{{{book}}}");
        assert_eq!(content(&serde_json::from_str(&book).unwrap(), true), None);
        let skipped = r#""skipped":{"from":1,"to":9,"count":3}"#;
        assert_eq!(
            of(&format!(r#"{{"ch":"trades","sym":"A","seq":9,"prev_seq":0,"ts":5,{skipped}}}"#)),
            None
        );
    }
}
