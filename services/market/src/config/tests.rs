use super::*;

fn default_market() -> MarketConfig {
    toml::from_str(DEFAULT_MARKET_TOML).unwrap()
}

#[test]
fn the_default_market_is_valid() {
    let config = default_market();
    assert_eq!(config.validate(), []);
    assert_eq!(config.instruments.len(), 20);
    let equities = config.instruments.iter().filter(|i| i.kind == InstrumentKind::Equity).count();
    assert_eq!(equities, 6);
}

#[test]
fn all_mistakes_are_found_and_named() {
    let mut config = default_market();
    config.events_per_second = f64::NAN;
    config.instruments[1].symbol = config.instruments[0].symbol.clone();
    config.instruments[2].activity = 0.0;
    config.instruments[3].price = "1.23456789".parse().unwrap();
    config.instruments[4].tick_size = "0".parse().unwrap();
    let error = config.checked().unwrap_err();
    let text = error.to_string();
    assert_eq!(error.0.len(), 5, "{text}");
    for part in [
        "events_per_second is NaN",
        "instruments[1].symbol is `BTC-USDT` again",
        "instruments[2].activity is 0",
    ] {
        assert!(text.contains(part), "{text}");
    }
    assert_eq!(MarketConfig { instruments: vec![], ..default_market() }.validate().len(), 1);
}

#[test]
fn unknown_keys_are_refused() {
    let error = toml::from_str::<MarketConfig>("instrument = []").unwrap_err().to_string();
    assert!(error.contains("instrument"), "{error}");
}

#[test]
fn the_epoch_names_the_stream() {
    let config = default_market();
    assert_eq!(config.epoch().to_string().len(), 16);
    assert_eq!(config.epoch(), default_market().epoch());
    let mut other = default_market();
    other.instruments[19].crashes_per_day += 1.0;
    assert_ne!(config.epoch(), other.epoch());
    assert_ne!(config.epoch(), MarketConfig { seed: 2, ..default_market() }.epoch());
}
