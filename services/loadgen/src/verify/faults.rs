//! Faults that clients make on purpose, at random moments of a seeded sequence.

use std::time::Duration;

use clap::Args;
use rand::RngExt as _;
use rand_xoshiro::Xoshiro256PlusPlus;

/// How often each client makes each fault: seconds on average, 0 for never.
#[derive(Args, Clone, Copy, Debug, PartialEq)]
pub struct FaultRates {
    /// Reads nothing for a while: seconds on average between two of a client, 0 for never.
    #[arg(long, value_name = "SECONDS", default_value_t = 40.0)]
    pub stall_every: f64,
    /// How long it reads nothing at most, in milliseconds.
    #[arg(long, value_name = "MS", default_value_t = 3_000)]
    pub stall_ms_max: u64,
    /// Drops its socket.
    #[arg(long, value_name = "SECONDS", default_value_t = 40.0)]
    pub disconnect_every: f64,
    /// Unsubscribes some streams, and subscribes them again.
    #[arg(long, value_name = "SECONDS", default_value_t = 20.0)]
    pub churn_every: f64,
    /// Asks for new snapshots.
    #[arg(long, value_name = "SECONDS", default_value_t = 30.0)]
    pub resync_every: f64,
    /// Changes rate and policy.
    #[arg(long, value_name = "SECONDS", default_value_t = 30.0)]
    pub configure_every: f64,
}

/// A fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    Stall(Duration),
    Disconnect,
    Churn,
    Resync,
    Configure,
}

impl Fault {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Stall(_) => "stall",
            Self::Disconnect => "disconnect",
            Self::Churn => "churn",
            Self::Resync => "resync",
            Self::Configure => "configure",
        }
    }
}

impl FaultRates {
    /// The next fault, and how long from now: events of a Poisson process. `None` if there are to be none.
    pub(crate) fn next(&self, rng: &mut Xoshiro256PlusPlus) -> Option<(Duration, Fault)> {
        let stall = Fault::Stall(Duration::from_millis(rng.random_range(0..=self.stall_ms_max)));
        let kinds = [
            (stall, self.stall_every),
            (Fault::Disconnect, self.disconnect_every),
            (Fault::Churn, self.churn_every),
            (Fault::Resync, self.resync_every),
            (Fault::Configure, self.configure_every),
        ];
        let rates = kinds.map(|(fault, every)| (fault, if every > 0.0 { every.recip() } else { 0.0 }));
        let sum: f64 = rates.iter().map(|(_, rate)| rate).sum();
        let mut at = rng.random_range(0.0..1.0) * sum;
        let chosen = rates.iter().find(|(_, rate)| {
            at -= rate;
            at < 0.0
        });
        let pause = -(1.0 - rng.random_range(0.0..1.0_f64)).ln() / sum;
        chosen.map(|(fault, _)| (Duration::from_secs_f64(pause), *fault))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng as _;

    const NEVER: FaultRates = FaultRates {
        stall_every: 0.0,
        stall_ms_max: 100,
        disconnect_every: 0.0,
        churn_every: 0.0,
        resync_every: 0.0,
        configure_every: 0.0,
    };

    fn many(rates: FaultRates, seed: u64) -> Vec<(Duration, Fault)> {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
        std::iter::repeat_with(|| rates.next(&mut rng)).take(10_000).flatten().collect()
    }

    #[test]
    fn faults_come_as_often_as_was_asked() {
        let rates = FaultRates { resync_every: 10.0, churn_every: 5.0, ..NEVER };
        let faults = many(rates, 1);
        let seconds: f64 = faults.iter().map(|(pause, _)| pause.as_secs_f64()).sum();
        for (fault, every) in [(Fault::Resync, 10.0), (Fault::Churn, 5.0)] {
            let count = faults.iter().filter(|(_, other)| *other == fault).count();
            let found = seconds / f64::from(u32::try_from(count).unwrap());
            assert!((found / every - 1.0).abs() < 0.1, "{fault:?} every {found} s");
        }
        assert!(faults.iter().all(|(_, fault)| matches!(fault, Fault::Resync | Fault::Churn)));
        assert_eq!(faults, many(rates, 1), "seeded");
        assert_ne!(faults, many(rates, 2));
    }

    #[test]
    fn stalls_are_bounded_and_nothing_comes_of_nothing() {
        let stalls = many(FaultRates { stall_every: 1.0, ..NEVER }, 3);
        let bounded = |fault: &Fault| matches!(fault, Fault::Stall(pause) if pause.as_millis() <= 100);
        assert!(stalls.len() == 10_000 && stalls.iter().all(|(_, fault)| bounded(fault)));
        assert!(many(NEVER, 4).is_empty());
    }
}
