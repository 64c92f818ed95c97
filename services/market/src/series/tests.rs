use super::*;
use crate::{Price, Qty, Side, candles_kept_max};

const START: Ts = Ts(1_700_006_400 * Ts::SECOND);
const MINUTE: u64 = 60 * Ts::SECOND;

fn trade(price: i64) -> Trade {
    Trade { price: Price(price), qty: Qty(2), taker: Side::Buy }
}

fn modelled(open_ts: Ts, price: i64) -> Candle {
    Candle { modelled: true, high: Price(price + 5), trades: 3, ..Candle::flat(open_ts, Price(price)) }
}

/// A day and a bit of modelled minutes before [`START`], and a trade after it.
fn joined() -> CandleSeries {
    let mut series = CandleSeries::new();
    for n in (1..=2_000).rev() {
        series.extend(Interval::M1, &modelled(Ts(START.0 - n * MINUTE), 1_000));
    }
    series.add(START, &trade(1_001));
    series
}

#[test]
fn intervals_without_trades_are_flat() {
    let mut series = CandleSeries::new();
    series.roll(START);
    assert_eq!(series.current(Interval::S1), None, "nothing is known before the first trade");
    series.add(START, &trade(50));
    series.add(START.plus(3 * Ts::SECOND), &trade(60));
    series.roll(START.plus(5 * Ts::SECOND));
    let seconds: Vec<_> = series.last(Interval::S1, 10).map(|c| (c.open.0, c.close.0, c.trades)).collect();
    assert_eq!(seconds, [(50, 50, 1), (50, 50, 0), (50, 50, 0), (60, 60, 1), (60, 60, 0), (60, 60, 0)]);
    let minute = series.current(Interval::M1).unwrap();
    assert_eq!((minute.open, minute.close, minute.volume), (Price(50), Price(60), Qty(4)));
}

#[test]
fn memory_is_bounded_whatever_the_gap() {
    let mut series = CandleSeries::new();
    series.add(START, &trade(50));
    for days in [1, 2, 400, 20_000] {
        series.roll(START.plus(days * 86_400 * Ts::SECOND));
        for interval in Interval::ALL {
            let candles: Vec<_> = series.last(interval, usize::MAX).collect();
            assert!(candles.len() <= candles_kept_max(interval));
            assert!(candles.windows(2).all(|two| two[1].open_ts.0 - two[0].open_ts.0 == interval.micros()));
            assert_eq!(
                candles.last().unwrap().open_ts,
                interval.floor(START.plus(days * 86_400 * Ts::SECOND))
            );
        }
    }
}

#[test]
fn ranges_are_cut_at_what_is_kept() {
    let series = joined();
    let from = Ts(START.0 - 10 * MINUTE);
    assert_eq!(series.range(Interval::M1, from, START).len(), 10);
    assert_eq!(series.range(Interval::M1, from, Ts(u64::MAX)).len(), 11);
    assert_eq!(series.range(Interval::M1, Ts(0), Ts(u64::MAX)).len(), candles_kept_max(Interval::M1));
    assert_eq!(series.range(Interval::M1, START, from).len(), 0);
    assert_eq!(series.at(Interval::M1, START.plus(5)).unwrap().open_ts, START);
}

#[test]
fn exact_candles_replace_modelled_ones_and_the_flag_tells() {
    let mut series = joined();
    let hour = Interval::H1.floor(Ts(START.0 - 1));
    assert_eq!(START, Interval::H1.floor(START), "the test needs a full hour");
    for n in 0..12 {
        assert!(series.at(Interval::H1, hour).unwrap().modelled, "{n} of 12 blocks are exact");
        let block = Block(Block::of(hour).0 + n);
        let minutes = std::array::from_fn(|m| {
            let mut candle = Candle::flat(block.start().plus(m as u64 * MINUTE), Price(900));
            candle.add(&trade(900 + i64::try_from(n).unwrap()));
            candle
        });
        let exact = InstrumentCandles::of(minutes);
        assert!(series.replace(block, &exact));
        assert_eq!(series.at(Interval::M5, block.start()), Some(&exact.block));
    }
    let exact = series.at(Interval::H1, hour).unwrap();
    assert_eq!((exact.modelled, exact.trades, exact.high, exact.low), (false, 60, Price(911), Price(900)));
    assert!(series.at(Interval::D1, hour).unwrap().modelled);
    let old = Block(Block::of(START).0 - 100_000);
    let minutes = std::array::from_fn(|m| Candle::flat(old.start().plus(m as u64 * MINUTE), Price(1)));
    assert!(!series.replace(old, &InstrumentCandles::of(minutes)), "nothing of that time is kept");
}
