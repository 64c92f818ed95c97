//! One client in ten stops reading: what the others notice, and what it costs in memory.

use super::Context;
use super::fanout::{age_p99, path_arguments};
use super::figures::{Spread, undisturbed, worthless};
use super::idle::mebibytes;
use super::report::{Section, Verdict};
use super::server::{self, GATEWAY, SERVER_CORE, Server};
use crate::drive::{Measured, Paths};

const READERS: usize = 180;
const DEAF: usize = 20;
/// Events that are due to a client in a second.
const RATE: u64 = 1_000;
/// The age of the others' events, with to without.
const RATIO_MAX: f64 = 1.2;
/// Until the sockets of those that do not read are full.
const WARM_UP_SECONDS: u64 = 8;

pub(super) fn run(context: &Context<'_>) -> anyhow::Result<Section> {
    let mut rounds = Vec::new();
    for round in 1..=context.bench.rounds {
        eprintln!("slow: round {round}");
        rounds.push((undisturbed(|| measure(context, 0))?, undisturbed(|| measure(context, DEAF))?));
    }
    Ok(section(&rounds))
}

fn measure(context: &Context<'_>, deaf: usize) -> anyhow::Result<Measured> {
    let config = context.bench.configs.join("slow.toml");
    let server = Server::gateway(&context.bench.tickwire, &config, Some(SERVER_CORE))?;
    let mut command = server::clients(true)?;
    command.args(["drive", "--server", GATEWAY]).args(path_arguments(&Paths::all("/ws?subscribe=ticker:*")));
    command.args([
        "--clients",
        &READERS.to_string(),
        "--deaf",
        &deaf.to_string(),
        "--rate",
        &RATE.to_string(),
    ]);
    command.args(["--warm-up", &WARM_UP_SECONDS.to_string()]);
    command.args(["--pid", &server.pid().to_string()]).args(server::core_arguments());
    server::figures(&mut command)
}

/// Each round without those that do not read, and with them.
fn section(rounds: &[(Measured, Measured)]) -> Section {
    let ratio = Spread::of(rounds.iter().map(|(without, with)| age_p99(with) / age_p99(without)));
    let figure = |name: &str, digits: usize, of: fn(&Measured) -> f64| {
        let (without, with) =
            rounds.iter().fold((Vec::new(), Vec::new()), |(mut a, mut b), (without, with)| {
                a.push(of(without));
                b.push(of(with));
                (a, b)
            });
        let shown = |values| format!("{:.digits$}", Spread::of(values));
        vec![name.to_owned(), shown(without), shown(with)]
    };
    let said: Vec<String> = rounds
        .iter()
        .flat_map(|(without, with)| [without, with])
        .filter_map(worthless)
        .map(|why| format!("worthless: {why}"))
        .collect();
    Section {
        title: format!("slow, {READERS} clients that read and {DEAF} that do not"),
        about: "As `broadcast`. Those that stop reading are conflated; the limits are those of `infra/bench/slow.toml`."
            .to_owned(),
        header: vec!["figure", "without them", "with them"],
        rows: vec![
            figure("age p50 ms of the others", 1, |round| super::fanout::millis(round.ages.p50)),
            figure("age p99 ms of the others", 1, age_p99),
            figure("delivered to the others, %", 2, |round| round.delivered().unwrap_or(f64::NAN) * 100.0),
            figure("CPU µs per update of the others", 2, Measured::micros_per_update),
            figure("most resident MiB", 1, |round| mebibytes(round.rss_max_kb)),
        ],
        verdicts: vec![Verdict {
            what: "age p99 of the others, with to without".to_owned(),
            target: format!("<= {RATIO_MAX:.2}"),
            found: ratio.to_string(),
            met: said.is_empty().then_some(ratio.middle <= RATIO_MAX),
        }],
        remarks: said,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drive::Ages;

    #[test]
    fn the_others_are_compared_with_themselves() {
        let round = |p99| Measured {
            clients: READERS,
            seconds: 1.0,
            events: 1,
            ages: Ages { p99, ..Ages::default() },
            ..Measured::default()
        };
        let section = section(&[(round(10_000), round(13_000))]);
        assert_eq!((section.verdicts[0].found.as_str(), section.verdicts[0].met), ("1.30", Some(false)));
    }
}
