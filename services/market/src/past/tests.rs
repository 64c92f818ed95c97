use super::*;
use crate::{Block, DEFAULT_MARKET_TOML, block_candles};

fn config() -> MarketConfig {
    toml::from_str(DEFAULT_MARKET_TOML).unwrap()
}

const BLOCK: Block = Block(5_670_123);

#[test]
fn everything_that_is_kept_is_modelled_without_gaps() {
    for series in past(&config(), BLOCK.start()).unwrap() {
        for interval in &Interval::ALL[1..] {
            let candles: Vec<&Candle> = series.last(*interval, usize::MAX).collect();
            assert_eq!(candles.len(), candles_kept_max(*interval), "{interval}");
            assert!(candles.iter().all(|c| c.modelled && c.low <= c.open.min(c.close) && c.volume.0 > 0));
            assert!(candles.iter().all(|c| c.high >= c.open.max(c.close)), "{interval}");
            for pair in candles.windows(2) {
                assert_eq!(pair[1].open_ts.0 - pair[0].open_ts.0, interval.micros());
                assert_eq!(pair[1].open, pair[0].close, "{interval} at {:?}", pair[1].open_ts);
            }
        }
    }
}

#[test]
fn a_minute_is_the_same_whenever_it_is_modelled() {
    let now = &past(&config(), BLOCK.start()).unwrap()[3];
    let later = &past(&config(), Block(BLOCK.0 + 50).start()).unwrap()[3];
    let from = Ts(BLOCK.start().0 - 3_600 * Ts::SECOND);
    assert!(now.range(Interval::M1, from, BLOCK.start()).eq(later.range(Interval::M1, from, BLOCK.start())));
}

#[test]
fn the_past_joins_what_is_traded() {
    let config = config();
    let modelled = past(&config, BLOCK.start()).unwrap();
    let exact = block_candles(&config, BLOCK).unwrap();
    for ((config, series), exact) in config.instruments.iter().zip(&modelled).zip(&exact.instruments) {
        let last = series.current(Interval::M5).unwrap();
        let jump = libm::log(exact.block.open.0 as f64 / last.close.0 as f64).abs();
        let minute_sd = config.daily_volatility / 1440.0_f64.sqrt();
        assert!(jump < 1.5 * minute_sd, "{}: a jump of {jump}", config.symbol);
    }
}

#[test]
fn modelled_volumes_are_like_traded_ones() {
    let config = config();
    let blocks = 6;
    let end = Block(BLOCK.0 + blocks).start();
    let modelled = past(&config, end).unwrap();
    let mut exact = vec![(0_u64, 0_u32); config.instruments.len()];
    for block in (0..blocks).map(|n| Block(BLOCK.0 + n)) {
        for (sum, candles) in exact.iter_mut().zip(block_candles(&config, block).unwrap().instruments) {
            *sum = (sum.0 + candles.block.volume.0, sum.1 + candles.block.trades);
        }
    }
    for ((config, series), (volume, trades)) in config.instruments.iter().zip(&modelled).zip(exact) {
        let candles = || series.range(Interval::M5, BLOCK.start(), end);
        let of_volume = candles().map(|c| c.volume.0).sum::<u64>() as f64 / volume as f64;
        let of_trades = f64::from(candles().map(|c| c.trades).sum::<u32>()) / f64::from(trades);
        println!("{:10} volume x {of_volume:.2}, trades x {of_trades:.2}", config.symbol);
        assert!((0.4..2.5).contains(&of_volume), "{}: volume x {of_volume}", config.symbol);
        assert!((0.4..2.5).contains(&of_trades), "{}: trades x {of_trades}", config.symbol);
    }
}
