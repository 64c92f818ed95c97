//! Several rounds of one server: the middle, the spread, and what makes a figure worth nothing.

use std::fmt;

use crate::drive::Measured;

/// Clients that use more of their core may be the bottleneck.
const CLIENTS_BUSY_MAX: f64 = 0.9;
/// Others that use more of a core disturb the run: it is repeated, and said if that did not help.
const OTHERS_BUSY_MAX: f64 = 0.1;
/// With more, it is worth nothing.
const OTHERS_BUSY_WORTHLESS: f64 = 0.3;
/// How often a disturbed run is repeated.
const REPEATS_MAX: usize = 3;

/// The middle of some rounds, and the ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Spread {
    pub(super) middle: f64,
    pub(super) least: f64,
    pub(super) most: f64,
}

impl Spread {
    /// # Panics
    /// Without a value.
    pub(super) fn of(values: impl IntoIterator<Item = f64>) -> Self {
        let mut values: Vec<f64> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        Self { middle: values[values.len() / 2], least: values[0], most: values[values.len() - 1] }
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = f.precision().unwrap_or(2);
        let Self { middle, least, most } = self;
        write!(f, "{middle:.digits$}")?;
        if format!("{least:.digits$}") == format!("{most:.digits$}") {
            return Ok(());
        }
        write!(f, " ({least:.digits$} to {most:.digits$})")
    }
}

/// All rounds of one server.
#[derive(Debug)]
pub(super) struct Rounds {
    pub(super) name: String,
    pub(super) rounds: Vec<Measured>,
    /// Why it could not be measured, if so.
    pub(super) failed: Option<String>,
}

impl Rounds {
    pub(super) fn new(name: String) -> Self {
        Self { name, rounds: Vec::new(), failed: None }
    }

    /// None, if no round has an event.
    pub(super) fn spread(&self, figure: impl Fn(&Measured) -> f64) -> Option<Spread> {
        let counted: Vec<f64> = self.rounds.iter().filter(|round| round.events > 0).map(figure).collect();
        (!counted.is_empty()).then(|| Spread::of(counted))
    }

    /// Round by round, this one's figure over the other's.
    pub(super) fn ratio(&self, to: &Self, figure: impl Fn(&Measured) -> f64) -> Option<Spread> {
        let pairs = self.rounds.iter().zip(&to.rounds).filter(|(a, b)| a.events > 0 && b.events > 0);
        let ratios: Vec<f64> = pairs.map(|(a, b)| figure(a) / figure(b)).collect();
        (!ratios.is_empty()).then(|| Spread::of(ratios))
    }

    /// Whether most rounds say nothing about the server.
    pub(super) fn is_worthless(&self) -> bool {
        let bad = self.rounds.iter().filter(|round| worthless(round).is_some()).count();
        self.failed.is_some() || self.rounds.is_empty() || bad * 2 > self.rounds.len()
    }

    /// What is to be known beside the figures.
    pub(super) fn remarks(&self) -> Vec<String> {
        let mut remarks: Vec<String> =
            self.failed.iter().map(|why| format!("{}: not measured: {why}", self.name)).collect();
        for (at, round) in self.rounds.iter().enumerate() {
            let said = worthless(round).map(|why| format!("worthless: {why}")).or_else(|| disturbed(round));
            remarks.extend(said.map(|why| format!("{}, round {}: {why}", self.name, at + 1)));
        }
        remarks
    }
}

/// Why a round says nothing about the server.
pub(super) fn worthless(round: &Measured) -> Option<String> {
    if round.lost_clients > 0 {
        return Some(format!("{} clients were cut off or not let in", round.lost_clients));
    }
    if round.events == 0 {
        return Some("nothing came".to_owned());
    }
    let busy = round.clients_busy();
    if busy > CLIENTS_BUSY_MAX {
        return Some(format!("the clients used {} of their core", percent(busy)));
    }
    disturbed(round).filter(|_| round.others_busy() > OTHERS_BUSY_WORTHLESS)
}

/// What makes a round less sure.
fn disturbed(round: &Measured) -> Option<String> {
    let others = round.others_busy();
    (others > OTHERS_BUSY_MAX).then(|| format!("others used {} of a core", percent(others)))
}

/// Measures until nobody disturbs, but not for ever. Whether to repeat is decided by what others used of the cores, never
/// by what was found.
pub(super) fn undisturbed(mut measure: impl FnMut() -> anyhow::Result<Measured>) -> anyhow::Result<Measured> {
    let mut measured = measure()?;
    for _ in 0..REPEATS_MAX {
        let Some(why) = disturbed(&measured) else { break };
        eprintln!("  again: {why}");
        measured = measure()?;
    }
    Ok(measured)
}

pub(super) fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round(micros_per_update: u64, own_nanos: u64) -> Measured {
        Measured {
            clients: 1,
            seconds: 1.0,
            events: 1_000,
            server_nanos: micros_per_update * 1_000_000,
            own_nanos,
            ..Measured::default()
        }
    }

    fn rounds(name: &str, figures: &[(u64, u64)]) -> Rounds {
        let rounds = figures.iter().map(|(micros, own)| round(*micros, *own)).collect();
        Rounds { name: name.to_owned(), rounds, failed: None }
    }

    #[test]
    fn the_middle_counts_and_the_spread_is_shown() {
        assert_eq!(Spread::of([3.0, 1.0, 2.0]), Spread { middle: 2.0, least: 1.0, most: 3.0 });
        assert_eq!(Spread::of([3.0, 1.0, 2.0]).to_string(), "2.00 (1.00 to 3.00)");
        assert_eq!(format!("{:.1}", Spread::of([1.01, 1.02])), "1.0");
    }

    #[test]
    fn ratios_are_taken_round_by_round() {
        let (ours, theirs) = (rounds("a", &[(2, 0), (6, 0), (4, 0)]), rounds("b", &[(1, 0), (2, 0), (8, 0)]));
        let ratio = ours.ratio(&theirs, Measured::micros_per_update).unwrap();
        assert_eq!(ratio, Spread { middle: 2.0, least: 0.5, most: 3.0 });
        assert_eq!(ours.ratio(&rounds("none", &[]), Measured::micros_per_update), None);
    }

    #[test]
    fn figures_of_full_clients_are_worthless() {
        assert!(!rounds("a", &[(1, 100), (1, 950_000_000), (1, 100)]).is_worthless());
        let full = rounds("a", &[(1, 100), (1, 950_000_000), (1, 950_000_000)]);
        assert!(full.is_worthless());
        assert_eq!(full.remarks()[0], "a, round 2: worthless: the clients used 95 % of their core");
        assert!(rounds("a", &[]).is_worthless());
        let lost = Measured { lost_clients: 3, ..round(1, 0) };
        assert_eq!(worthless(&lost).unwrap(), "3 clients were cut off or not let in");
    }

    #[test]
    fn noise_is_told() {
        let noisy = Measured { others_nanos: 200_000_000, ..round(1, 0) };
        assert_eq!(disturbed(&noisy).unwrap(), "others used 20 % of a core");
        assert_eq!(worthless(&noisy), None);
        let drowned = Measured { others_of_clients_nanos: 400_000_000, ..round(1, 0) };
        assert_eq!(worthless(&drowned).unwrap(), "others used 40 % of a core");
    }

    #[test]
    fn a_disturbed_run_is_repeated_until_it_is_quiet_or_hopeless() {
        let check = |noise: &[u64], expected: usize| {
            let mut runs = 0;
            let measured = undisturbed(|| {
                runs += 1;
                Ok(Measured { others_nanos: noise[(runs - 1).min(noise.len() - 1)], ..round(1, 0) })
            });
            assert_eq!((runs, measured.unwrap().others_nanos), (expected, noise[noise.len() - 1]));
        };
        check(&[0], 1);
        check(&[500_000_000, 0], 2);
        check(&[500_000_000], 1 + REPEATS_MAX);
    }
}
