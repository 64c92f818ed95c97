//! What the simulated market looks like: its books, its pace, its crashes, and the facts of real tapes.

use market::{
    Block, Body, Book, BookDelta, CandleSeries, DEFAULT_MARKET_TOML, Event, Fundamental, InstrumentId,
    Interval, Market, MarketConfig, Regime, Side, Stats, Ts, block_candles, candles_kept_max, past,
};

const BLOCK: Block = Block(5_670_000);

fn config(instruments: usize, events_per_second: f64) -> MarketConfig {
    let mut config: MarketConfig = toml::from_str(DEFAULT_MARKET_TOML).expect("the default market is valid");
    config.instruments.truncate(instruments);
    config.events_per_second = events_per_second;
    config
}

/// Runs blocks and hands every event to `take`, with the book of its instrument after it.
fn run(config: &MarketConfig, blocks: u64, mut take: impl FnMut(&Event, &Book)) -> Market {
    let mut market = Market::open(config, BLOCK).expect("the test's market is valid");
    let mut books = vec![Book::default(); config.instruments.len()];
    let mut events = Vec::new();
    while market.now() < Block(BLOCK.0 + blocks).start() {
        events.clear();
        market.advance(market.now().plus(10 * Ts::SECOND), &mut events);
        for event in &events {
            let book = &mut books[event.instrument.index()];
            if let Body::Book(delta) = &event.body {
                book.apply(delta);
            }
            take(event, book);
        }
    }
    for (id, book) in (0..).map(InstrumentId).zip(&books) {
        assert!(market.book(id).as_ref() == Some(book), "the book of events is the engine's");
    }
    market
}

#[test]
fn steps_are_whole_and_books_never_cross() {
    let mut open_step = vec![None; 20];
    run(&config(20, 2_000.0), 3, |event, book| {
        let rank = match &event.body {
            Body::Trade(_) => 0,
            Body::Book(_) => 1,
            Body::Bbo(_) | Body::Status(_) | Body::Tick => 2,
        };
        let step = &mut open_step[event.instrument.index()];
        assert!(
            step.is_none_or(|(ts, before)| ts == event.ts && before <= rank),
            "trades, book, best prices"
        );
        *step = (!event.step_end).then_some((event.ts, rank));
        if let Body::Bbo(bbo) = &event.body {
            assert_eq!(*bbo, book.bbo());
        }
        if event.step_end {
            assert!(!book.is_crossed() && book.bbo().bid.is_some() && book.bbo().ask.is_some());
            assert!(book.side(Side::Buy).len() <= 300 && book.side(Side::Sell).len() <= 300);
        }
    });
}

#[test]
fn the_pace_is_the_configured_one() {
    for (instruments, rate) in [(20, 2_000.0), (20, 200.0)] {
        let (mut count, mut trades) = (0_u64, 0_u64);
        run(&config(instruments, rate), 6, |event, _| {
            count += u64::from(event.body != Body::Tick);
            trades += u64::from(matches!(event.body, Body::Trade(_)));
        });
        let measured = count as f64 / 1_800.0;
        println!(
            "{rate} events/s asked for: {measured:.0}, of them {:.3} trades",
            trades as f64 / count as f64
        );
        assert!((0.6..1.6).contains(&(measured / rate)), "{measured} events/s");
        assert!((0.05..0.3).contains(&(trades as f64 / count as f64)));
    }
}

/// Levels, lots of the best ten and spread, of both sides together.
fn shape(book: &Book) -> [f64; 3] {
    let levels = book.side(Side::Buy).len() + book.side(Side::Sell).len();
    let lots: u64 =
        [Side::Buy, Side::Sell].iter().flat_map(|side| book.side(*side).take(10)).map(|l| l.qty.0).sum();
    let best = |side| book.level(side, 0).map_or(f64::NAN, |level| level.price.0 as f64);
    [levels as f64, lots as f64, best(Side::Sell) - best(Side::Buy)]
}

#[test]
fn an_opening_looks_like_the_running_book() {
    let config = config(20, 2_000.0);
    let values: Vec<_> = config.instruments.iter().map(|i| Fundamental::new(config.seed, i)).collect();
    let mut shapes = vec![[[0.0; 3]; 2]; 20];
    run(&config, 12, |event, book| {
        let into = event.ts.since(Block::of(event.ts).start());
        let after = usize::from(into < 10 * Ts::SECOND);
        if event.body == Body::Tick && event.ts > BLOCK.end() && (after == 1 || into >= 290 * Ts::SECOND) {
            let sums = &mut shapes[event.instrument.index()][after];
            sums.iter_mut().zip(shape(book)).for_each(|(sum, value)| *sum += value);
        }
        if event.body == Body::Tick && into == 0 {
            let (bid, ask) = (book.level(Side::Buy, 0).unwrap(), book.level(Side::Sell, 0).unwrap());
            let mid = (bid.price.0 + ask.price.0) as f64 / 2.0;
            let off = (mid / values[event.instrument.index()].value(event.ts) - 1.0).abs();
            assert!(off < 0.002, "{:?} opens {off} off its value", event.instrument);
        }
    });
    // Of the last 10 s before and the first 10 s after 11 boundaries; the last block has no boundary after it.
    for (config, [before, after]) in config.instruments.iter().zip(&shapes) {
        let ratio = |n: usize| after[n] / before[n];
        println!(
            "{:10} levels x {:.2}, lots x {:.2}, spread x {:.2}",
            config.symbol,
            ratio(0),
            ratio(1),
            ratio(2)
        );
        assert!((0.8..1.25).contains(&ratio(0)), "{}: levels x {}", config.symbol, ratio(0));
        assert!((0.6..1.6).contains(&ratio(1)), "{}: lots x {}", config.symbol, ratio(1));
        assert!((0.6..1.6).contains(&ratio(2)), "{}: spread x {}", config.symbol, ratio(2));
    }
}

#[test]
fn crashes_fall_fast_halt_inside_their_block_and_recover() {
    let mut config = config(3, 300.0);
    config.instruments.iter_mut().for_each(|instrument| instrument.crashes_per_day = 288.0);
    let mut halted = [None; 3];
    let (mut halts, mut crashes) = (0, 0);
    run(&config, 12, |event, _| {
        let since = &mut halted[event.instrument.index()];
        match &event.body {
            Body::Status(status) => {
                assert!(!(status.halted && event.ts == Block::of(event.ts).start()));
                crashes += u32::from(status.regime == Regime::Crash && !status.halted);
                halts += u32::from(status.halted);
                *since = status.halted.then_some(event.ts);
            }
            Body::Tick => {}
            _ => assert_eq!(*since, None, "nothing happens while trading is halted"),
        }
        assert!(since.is_none_or(|since| Block::of(since) == Block::of(event.ts)));
    });
    assert_eq!(crashes, 36);
    assert!((5..30).contains(&halts), "{halts}");
}

fn autocorrelation(values: &[f64], lag: usize) -> f64 {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let variance: f64 = values.iter().map(|v| (v - mean) * (v - mean)).sum();
    let covariance: f64 = values.iter().zip(&values[lag..]).map(|(a, b)| (a - mean) * (b - mean)).sum();
    covariance / variance
}

/// The stylised facts of Cont (2001), on the 1-minute candles of two days of one instrument's tape.
#[test]
fn the_tape_shows_the_stylised_facts() {
    let mut series = CandleSeries::new();
    let (mut returns, mut volumes, mut last) = (Vec::new(), Vec::new(), 0.0);
    let (mut spreads, mut regime) = ([(0.0, 0.0); 2], Regime::Calm);
    run(&config(1, 60.0), 576, |event, book| {
        series.take(event);
        match &event.body {
            Body::Status(status) => regime = status.regime,
            Body::Tick if event.ts.0 % Interval::M1.micros() == 0 && event.ts > BLOCK.start() => {
                let minute = series.at(Interval::M1, Ts(event.ts.0 - 1)).unwrap();
                returns.push(libm::log(minute.close.0 as f64) - last);
                last = libm::log(minute.close.0 as f64);
                volumes.push(minute.volume.0 as f64);
                let of_regime = &mut spreads[usize::from(regime != Regime::Calm)];
                *of_regime = (of_regime.0 + shape(book)[2], of_regime.1 + 1.0);
            }
            _ => {}
        }
    });
    let returns = &returns[1..];
    let variance = returns.iter().map(|r| r * r).sum::<f64>() / returns.len() as f64;
    let kurtosis =
        returns.iter().map(|r| r * r * r * r).sum::<f64>() / returns.len() as f64 / (variance * variance);
    let sizes: Vec<f64> = returns.iter().map(|r| r.abs()).collect();
    let [linear, near, far, volume] = [
        autocorrelation(returns, 1),
        autocorrelation(&sizes, 1),
        autocorrelation(&sizes, 30),
        autocorrelation(&volumes, 1),
    ];
    let [calm, stress] = spreads.map(|(sum, count)| sum / count);
    println!(
        "kurtosis {kurtosis:.1}, r {linear:.3}, |r| {near:.3} to {far:.3}, volume {volume:.3}, spread {calm:.1} {stress:.1}"
    );
    assert!(kurtosis > 3.5, "fat tails: {kurtosis}");
    assert!(linear.abs() < 0.1, "no linear autocorrelation: {linear}");
    assert!(near > 0.05 && near > far - 0.05, "clustered volatility: {near} {far}");
    assert!(volume > 0.1, "clustered volume: {volume}");
    assert!(stress > 1.2 * calm, "wider spreads in stress: {calm} {stress}");
}

#[test]
fn live_candles_recomputed_ones_and_trades_agree() {
    let config = config(4, 100.0);
    let mut live = past(&config, BLOCK.start()).unwrap();
    let mut trades = vec![vec![]; 4];
    run(&config, 3, |event, _| {
        live[event.instrument.index()].take(event);
        if let Body::Trade(trade) = event.body {
            trades[event.instrument.index()].push((event.ts, trade));
        }
    });
    for block in (0..3).map(|n| Block(BLOCK.0 + n)) {
        for (n, exact) in block_candles(&config, block).unwrap().instruments.iter().enumerate() {
            assert_eq!(live[n].at(Interval::M5, block.start()), Some(&exact.block));
            assert!(live[n].range(Interval::M1, block.start(), block.end()).eq(&exact.minutes));
            assert!(live[n].clone().replace(block, exact));
            let of_block = trades[n].iter().filter(|(ts, _)| Block::of(*ts) == block);
            let prices: Vec<i64> = of_block.clone().map(|(_, trade)| trade.price.0).collect();
            let candle = exact.block;
            assert_eq!((candle.open.0, candle.close.0), (prices[0], prices[prices.len() - 1]));
            assert_eq!(
                (candle.high.0, candle.low.0),
                (*prices.iter().max().unwrap(), *prices.iter().min().unwrap())
            );
            assert_eq!(candle.volume.0, of_block.map(|(_, trade)| trade.qty.0).sum::<u64>());
            assert_eq!((candle.trades as usize, candle.modelled), (prices.len(), false));
        }
    }
    let stats = Stats::of(&live[0], Ts(Block(BLOCK.0 + 3).start().0 - 1)).unwrap();
    assert!(stats.modelled && stats.high >= stats.last && stats.low <= stats.last);
    assert_eq!(stats.open_ts, Ts(Block(BLOCK.0 + 3).start().0 - Interval::D1.micros()));
}

#[test]
fn exact_candles_make_the_statistics_exact() {
    let config = config(1, 20.0);
    let mut series = past(&config, BLOCK.start()).unwrap().remove(0);
    let now = Ts(BLOCK.start().0 - 1);
    for back in 1..=288 {
        assert!(Stats::of(&series, now).unwrap().modelled);
        let block = Block(BLOCK.0 - back);
        assert!(series.replace(block, &block_candles(&config, block).unwrap().instruments[0]));
    }
    assert!(!Stats::of(&series, now).unwrap().modelled);
    assert!(series.last(Interval::H1, 23).all(|hour| !hour.modelled));
    assert_eq!(series.last(Interval::M5, usize::MAX).len(), candles_kept_max(Interval::M5));
}

#[test]
fn five_hundred_instruments_work() {
    let mut config = config(20, 2_000.0);
    let some = config.instruments.clone();
    config.instruments = (0..500)
        .map(|n| market::InstrumentConfig { symbol: format!("I{n}-USD"), ..some[n % some.len()].clone() })
        .collect();
    let mut trades = vec![0; 500];
    run(&config, 2, |event, _| {
        trades[event.instrument.index()] += u32::from(matches!(event.body, Body::Trade(_)));
    });
    assert!(trades.iter().all(|trades| *trades >= 2));
}

/// The corners of what [`MarketConfig::validate`] lets through: nothing panics, both sides open quoted, trades print.
#[test]
fn odd_instruments_open_and_trade() {
    let plain = config(1, 100.0);
    let odd = |change: &dyn Fn(&mut market::InstrumentConfig, &mut f64)| {
        let mut config = plain.clone();
        change(&mut config.instruments[0], &mut config.events_per_second);
        assert_eq!(config.validate(), []);
        let mut openings = 0;
        run(&config, 3, |event, book| {
            let opens = matches!(event.body, Body::Trade(_)) && event.ts == Block::of(event.ts).start();
            openings += u32::from(opens);
            assert!(!event.step_end || !book.is_crossed());
        });
        assert!(openings >= 3, "{:?}", config.instruments[0]);
    };
    odd(&|i, _| i.price = "10.0".parse().unwrap());
    odd(&|i, _| (i.price, i.daily_volatility) = ("10.0".parse().unwrap(), 0.25));
    odd(&|i, _| (i.price, i.daily_volatility) = ("100000000000.0".parse().unwrap(), 0.25));
    odd(&|i, _| i.daily_volatility = 1e-6);
    odd(&|i, _| i.order_value = 1e12);
    odd(&|i, _| i.order_value = 1e-9);
    odd(&|i, rate| (i.daily_volatility, *rate) = (0.25, 1e-3));
    odd(&|_, rate| *rate = 5_000.0);
}

#[test]
fn a_delta_to_itself_is_empty() {
    let market = Market::open(&config(1, 100.0), BLOCK).unwrap();
    let book = market.book(InstrumentId(0)).unwrap();
    assert_eq!(book.delta_to(&book), BookDelta::default());
    assert_eq!(market.book(InstrumentId(1)), None);
}
