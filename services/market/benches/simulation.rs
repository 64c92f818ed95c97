//! How fast the default market makes events, and how long a start takes.

use divan::Bencher;
use divan::counter::ItemsCount;
use market::{Block, Body, DEFAULT_MARKET_TOML, Event, Market, MarketConfig, past};

const BLOCK: Block = Block(5_670_000);

fn main() {
    divan::main();
}

fn config() -> MarketConfig {
    toml::from_str(DEFAULT_MARKET_TOML).expect("the default market is tested")
}

/// One block of all instruments, in slices as a live feed takes them; items are events without ticks.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn block(bencher: Bencher<'_, '_>) {
    let run = |mut market: Market| {
        let (mut events, mut count) = (Vec::<Event>::new(), 0_usize);
        while market.next_ts() < BLOCK.end() {
            events.clear();
            market.advance(market.now().plus(10_000), &mut events);
            count += events.iter().filter(|event| event.body != Body::Tick).count();
        }
        count
    };
    let open = || Market::open(&config(), BLOCK).expect("the default market is tested");
    let count = run(open());
    bencher.counter(ItemsCount::new(count)).with_inputs(open).bench_values(run);
}

/// From nothing to the end of the second block: the longest that a start takes.
#[divan::bench(sample_count = 3, sample_size = 1)]
fn start(bencher: Bencher<'_, '_>) {
    let config = config();
    bencher.bench(|| {
        let end = BLOCK.end();
        let mut market = Market::start(&config, end).expect("the default market is tested");
        let mut events = Vec::new();
        market.advance(BLOCK.next().end(), &mut events);
        events.len()
    });
}

/// The modelled past of all instruments.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn modelled_past(bencher: Bencher<'_, '_>) {
    let config = config();
    bencher.bench(|| past(&config, BLOCK.start()).expect("the default market is tested").len());
}
