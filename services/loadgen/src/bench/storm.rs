//! All clients drop at once and come back: how long until all are served again, without a step missing.

use super::Context;
use super::fanout::path_arguments;
use super::figures::Spread;
use super::report::{Section, Verdict};
use super::server::{self, GATEWAY, Server};
use crate::drive::Paths;
use crate::storm::Storming;
use crate::thousands;

const CLIENTS: usize = 10_000;
const SECONDS_MAX: f64 = 3.0;

pub(super) fn run(context: &Context<'_>) -> anyhow::Result<Section> {
    let mut rounds = Vec::new();
    for round in 1..=context.bench.rounds {
        eprintln!("storm: round {round}");
        rounds.push(measure(context)?);
    }
    Ok(section(&rounds))
}

/// Server and clients share both cores: there is no more to be had, and a storm is short.
fn measure(context: &Context<'_>) -> anyhow::Result<Storming> {
    let config = context.bench.configs.join("storm.toml");
    let _server = Server::gateway(&context.bench.tickwire, &config, None)?;
    let paths = Paths { path: "/ws".to_owned(), take: 2, symbols: 50, seed: 1 };
    let mut command = server::clients(false)?;
    command
        .args(["storm", "--server", GATEWAY, "--clients", &CLIENTS.to_string()])
        .args(path_arguments(&paths));
    server::figures(&mut command)
}

fn is_whole(round: &Storming) -> bool {
    round.consistent == round.clients && round.faults == 0 && round.lost == 0
}

#[allow(clippy::cast_precision_loss, reason = "a figure for people")]
fn section(rounds: &[Storming]) -> Section {
    let row = |name: &str, digits: usize, of: fn(&Storming) -> f64| {
        vec![name.to_owned(), format!("{:.digits$}", Spread::of(rounds.iter().map(of)))]
    };
    let whole = rounds.iter().all(is_whole);
    let all = Spread::of(rounds.iter().map(|round| round.all_seconds));
    let said = rounds.iter().filter_map(|round| round.first_fault.clone());
    Section {
        title: format!("storm, {} clients", thousands(CLIENTS)),
        about: "50 symbols, 150 `ticker` updates a second; each client takes 2 symbols. All drop at once and come back with \
                `resume`; server and clients on the same 2 cores."
            .to_owned(),
        header: vec!["figure", "median"],
        rows: vec![
            row("clients resumed", 0, |round| round.resumed as f64),
            row("clients whose streams all went on without a gap", 0, |round| round.consistent as f64),
            row("faults: gaps, new starts, refusals", 0, |round| round.faults as f64),
            row("connections lost", 0, |round| round.lost as f64),
            row("seconds until the last was answered", 2, |round| round.resumed_seconds),
            row("seconds until half were consistent", 2, |round| round.half_seconds),
            row("seconds until all were consistent", 2, |round| round.all_seconds),
        ],
        verdicts: vec![Verdict {
            what: "seconds until all were consistent".to_owned(),
            target: format!("<= {SECONDS_MAX:.0}"),
            found: if whole { all.to_string() } else { "not all came back whole".to_owned() },
            met: Some(whole && all.middle <= SECONDS_MAX),
        }],
        remarks: said.collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_single_gap_spoils_the_figure() {
        let round =
            Storming { clients: 3, resumed: 3, consistent: 3, all_seconds: 1.5, ..Storming::default() };
        assert_eq!(section(std::slice::from_ref(&round)).verdicts[0].met, Some(true));
        let broken =
            Storming { faults: 1, first_fault: Some("client 2: a step is missing".to_owned()), ..round };
        let section = section(&[broken]);
        assert_eq!(section.verdicts[0].met, Some(false));
        assert_eq!(section.remarks, ["client 2: a step is missing"]);
    }
}
