//! The same configuration makes the same events, whenever the market was started and however its time was sliced.

use market::{Block, Body, DEFAULT_MARKET_TOML, Event, Market, MarketConfig, Seq, Ts};

const BLOCK: Block = Block(5_670_000);

/// Six of the default instruments, at a quarter of the pace.
fn config() -> MarketConfig {
    let mut config: MarketConfig = toml::from_str(DEFAULT_MARKET_TOML).expect("the default market is valid");
    config.instruments.truncate(6);
    config.events_per_second = 500.0;
    // A crash every other block, with its regimes and halts.
    config.instruments.iter_mut().for_each(|instrument| instrument.crashes_per_day = 144.0);
    config
}

fn run(from: Block, to: Ts) -> Vec<Event> {
    let mut events = Vec::new();
    Market::open(&config(), from).expect("the test's market is valid").advance(to, &mut events);
    events
}

/// All but the very first book delta of each instrument, which is the whole book where nothing came before.
fn without_first_books(mut events: Vec<Event>, block: Block) -> Vec<Event> {
    events.retain(|event| event.seq != Seq::new(block.0, 0));
    events
}

#[test]
fn a_market_started_at_any_moment_makes_the_same_events() {
    let end = Block(BLOCK.0 + 2).end();
    let through = run(BLOCK.previous(), end);
    for (n, offset) in (0..10_u64).map(|n| (n, n * 29_999_999)) {
        let at = BLOCK.next().start().plus(offset);
        let mut market = Market::start(&config(), at).unwrap();
        let mut events = Vec::new();
        market.advance(at, &mut events);
        market.advance(end, &mut events);
        let same = through.iter().filter(|event| event.ts >= BLOCK.start()).cloned().collect();
        assert!(
            without_first_books(events, BLOCK) == without_first_books(same, BLOCK),
            "started at {n} of 10"
        );
    }
}

#[test]
fn slices_make_no_difference() {
    let end = BLOCK.next().start().plus(20 * Ts::SECOND);
    let whole = run(BLOCK, end);
    for step in [1_009, 250_000, 7_777_777] {
        let mut market = Market::open(&config(), BLOCK).unwrap();
        let mut sliced = Vec::new();
        while market.now() < end {
            let until = market.now().plus(step).min(end);
            market.advance(until, &mut sliced);
            assert!(market.next_ts() >= until);
        }
        assert!(sliced == whole, "slices of {step} us");
    }
}

#[test]
fn events_are_in_order_and_numbered_without_gaps() {
    let events = run(BLOCK, Block(BLOCK.0 + 2).start());
    let key = |event: &Event| (event.ts, event.instrument, event.seq);
    assert!(events.windows(2).all(|pair| key(&pair[0]) < key(&pair[1])));
    let mut next = [Seq::new(BLOCK.0, 0); 6];
    for event in &events {
        let block = Block::of(event.ts).0;
        let expected = &mut next[event.instrument.index()];
        if expected.block() != block {
            *expected = Seq::new(block, 0);
        }
        assert_eq!(event.seq, *expected);
        expected.0 += 1;
    }
}

#[test]
fn every_stream_has_an_event_right_after_each_opening() {
    let events = run(BLOCK, Block(BLOCK.0 + 3).start());
    for block in (0..3).map(|n| Block(BLOCK.0 + n)) {
        for instrument in 0..6 {
            let of_opening =
                |event: &&Event| event.ts == block.start() && event.instrument.index() == instrument;
            let mut kinds: Vec<&str> =
                events.iter().filter(of_opening).map(|event| kind(&event.body)).collect();
            kinds.dedup();
            assert_eq!(kinds[..5], ["book", "bbo", "status", "trade", "book"], "{block} of {instrument}");
            assert!(kinds.contains(&"tick"));
        }
    }
}

#[test]
fn an_opening_is_what_a_market_that_ran_through_has() {
    for block in [BLOCK.next(), Block(BLOCK.0 + 2)] {
        let (mut through, mut opened) =
            (Market::open(&config(), BLOCK).unwrap(), Market::open(&config(), block).unwrap());
        let mut events = Vec::new();
        through.advance(block.start().plus(1), &mut events);
        opened.advance(block.start().plus(1), &mut events);
        for id in (0..6).map(market::InstrumentId) {
            assert!(through.book(id).is_some_and(|book| book.bbo().bid.is_some()));
            assert_eq!(through.book(id), opened.book(id));
        }
    }
}

#[test]
fn an_instrument_does_not_depend_on_its_neighbours() {
    let mut other = config();
    // Shares of the rate must stay: a neighbour changes all but its activity.
    other.instruments[0].daily_volatility = 0.05;
    other.instruments[0].symbol = "WBTC-USDT".into();
    let until = BLOCK.start().plus(60 * Ts::SECOND);
    let of_second = |config: &MarketConfig| {
        let mut events = Vec::new();
        Market::open(config, BLOCK).unwrap().advance(until, &mut events);
        events.retain(|event| event.instrument.index() == 1);
        events
    };
    assert!(of_second(&config()) == of_second(&other));
}

fn kind(body: &Body) -> &'static str {
    match body {
        Body::Trade(_) => "trade",
        Body::Book(_) => "book",
        Body::Bbo(_) => "bbo",
        Body::Status(_) => "status",
        Body::Tick => "tick",
    }
}
