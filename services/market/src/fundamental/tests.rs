use super::*;

const FROM: Ts = Ts(1_700_000_040 * Ts::SECOND);
const MINUTE: u64 = 60 * Ts::SECOND;

fn bitcoin() -> InstrumentConfig {
    InstrumentConfig {
        symbol: "BTC-USDT".into(),
        kind: InstrumentKind::Crypto,
        tick_size: "0.1".parse().unwrap(),
        lot_size: "0.00001".parse().unwrap(),
        price: "64000".parse().unwrap(),
        daily_volatility: 0.03,
        activity: 1.0,
        correlation: 0.5,
        order_value: 2_000.0,
        crashes_per_day: 1.0,
    }
}

fn minute_returns(days: usize) -> Vec<f64> {
    let logs: Vec<f64> =
        Fundamental::new(1, &bitcoin()).path(FROM, MINUTE).take(days * 1440 + 1).map(libm::log).collect();
    logs.windows(2).map(|pair| pair[1] - pair[0]).collect()
}

fn autocorrelation(values: &[f64], lag: usize) -> f64 {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let variance: f64 = values.iter().map(|v| (v - mean) * (v - mean)).sum();
    let covariance: f64 = values.iter().zip(&values[lag..]).map(|(a, b)| (a - mean) * (b - mean)).sum();
    covariance / variance
}

#[test]
fn a_path_is_the_values_of_its_moments() {
    let value = Fundamental::new(7, &bitcoin());
    for step in [1, 1_000, 234_375, 250_000, MINUTE, 77 * MINUTE, 20_000 * MINUTE] {
        for (n, on_path) in value.path(FROM, step).take(200).enumerate() {
            let alone = value.value(FROM.plus(step * n as u64));
            assert_eq!(on_path.to_bits(), alone.to_bits(), "step {step}, {n}");
        }
    }
}

#[test]
fn minutes_know_what_leaves_know() {
    let value = Fundamental::new(7, &bitcoin());
    let mut path = value.walk(MINUTE_DEPTH, FROM.0 / MINUTE);
    for minute in 0..50 {
        path.seek(FROM.0 / MINUTE + minute);
        assert_eq!(path.cell().open.to_bits(), value.value(FROM.plus(minute * MINUTE)).to_bits());
    }
}

#[test]
fn it_is_continuous_and_stays_plausible_for_ever() {
    let value = Fundamental::new(1, &bitcoin());
    for century in 0..200_u64 {
        let top_edge = Ts((century * 7 + 1) * (MINUTE << MINUTE_DEPTH));
        let (before, after) = (value.value(Ts(top_edge.0 - 1)), value.value(top_edge));
        assert!((after / before - 1.0).abs() < 1e-6, "a seam at a top cell: {before} {after}");
        assert!((0.3..3.0).contains(&(after / 640_000.0)), "{after}");
    }
}

#[test]
fn seeds_and_symbols_make_other_values() {
    let other_name = InstrumentConfig { symbol: "BTC-EUR".into(), ..bitcoin() };
    let values = [(1, bitcoin()), (2, bitcoin()), (1, other_name)]
        .map(|(seed, config)| Fundamental::new(seed, &config).value(FROM).to_bits());
    assert!(values[0] != values[1] && values[0] != values[2]);
}

#[test]
fn returns_have_fat_tails_and_clustered_size() {
    let returns = minute_returns(91);
    let variance = returns.iter().map(|r| r * r).sum::<f64>() / returns.len() as f64;
    let kurtosis =
        returns.iter().map(|r| r * r * r * r).sum::<f64>() / returns.len() as f64 / (variance * variance);
    let sizes: Vec<f64> = returns.iter().map(|r| r.abs()).collect();
    let (near, far) = (autocorrelation(&sizes, 1), autocorrelation(&sizes, 100));
    println!("daily sd {:.4}, kurtosis {kurtosis:.2}, |r| {near:.3} to {far:.3}", (variance * 1440.0).sqrt());
    assert!((0.02..0.045).contains(&(variance * 1440.0).sqrt()));
    assert!((4.5..9.0).contains(&kurtosis), "{kurtosis}");
    assert!(near > 0.12 && far > 0.04 && near > far, "{near} {far}");
    for lag in [1, 2, 5, 20] {
        assert!(autocorrelation(&returns, lag).abs() < 0.02, "lag {lag}: {}", autocorrelation(&returns, lag));
    }
}

#[test]
fn instruments_of_a_kind_move_together() {
    let ether = InstrumentConfig { symbol: "ETH-USDT".into(), ..bitcoin() };
    let returns = |config: &InstrumentConfig| {
        let values: Vec<f64> = Fundamental::new(1, config).path(FROM, MINUTE).take(20_000).collect();
        values.windows(2).map(|pair| pair[1] / pair[0] - 1.0).collect::<Vec<_>>()
    };
    let (a, b) = (returns(&bitcoin()), returns(&ether));
    let dot = |x: &[f64], y: &[f64]| x.iter().zip(y).map(|(x, y)| x * y).sum::<f64>();
    let correlation = dot(&a, &b) / (dot(&a, &a) * dot(&b, &b)).sqrt();
    assert!((0.3..0.7).contains(&correlation), "{correlation}");
}
