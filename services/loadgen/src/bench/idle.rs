//! Many connections and next to no events: what one costs in memory.

use super::Context;
use super::fanout::path_arguments;
use super::figures::{Spread, percent};
use super::report::{Section, Verdict};
use super::server::{self, GATEWAY, SERVER_CORE, Server};
use crate::drive::{Measured, Paths};
use crate::memory::Memory;
use crate::thousands;

const CLIENTS: usize = 10_000;
/// Resident memory of the server for a connection.
const KIB_MAX: f64 = 10.0;
/// Long enough for a heartbeat to each, so that all buffers have been used.
const WARM_UP_SECONDS: u64 = 7;

pub(super) fn run(context: &Context<'_>) -> anyhow::Result<Section> {
    let mut rounds = Vec::new();
    for round in 1..=context.bench.rounds {
        eprintln!("idle: round {round}");
        rounds.push(measure(context)?);
    }
    Ok(section(&rounds))
}

fn measure(context: &Context<'_>) -> anyhow::Result<Measured> {
    let config = context.bench.configs.join("idle.toml");
    let server = Server::gateway(&context.bench.tickwire, &config, Some(SERVER_CORE))?;
    let paths = Paths { path: "/ws".to_owned(), take: 10, symbols: 500, seed: 1 };
    let mut command = server::clients(true)?;
    command.args(["drive", "--server", GATEWAY]).args(path_arguments(&paths));
    command.args(["--clients", &CLIENTS.to_string(), "--warm-up", &WARM_UP_SECONDS.to_string()]);
    command.args(["--pid", &server.pid().to_string()]).args(server::core_arguments());
    server::figures(&mut command)
}

#[allow(clippy::cast_precision_loss, reason = "a figure for people")]
fn kib_each(measured: &Measured, of: fn(&Memory) -> u64) -> f64 {
    let grown = of(&measured.memory_after).saturating_sub(of(&measured.memory_before));
    grown as f64 / measured.clients as f64
}

fn section(rounds: &[Measured]) -> Section {
    let spread = |of: fn(&Memory) -> u64| Spread::of(rounds.iter().map(|round| kib_each(round, of)));
    let total = |of: fn(&Measured) -> u64| Spread::of(rounds.iter().map(|round| mebibytes(of(round))));
    let rss = spread(|memory| memory.rss_kb);
    let lost: usize = rounds.iter().map(|round| round.lost_clients).sum();
    let mut remarks =
        vec!["What the kernel keeps for a socket is not in it; it is the same for all servers.".to_owned()];
    if lost > 0 {
        remarks.push(format!("worthless: {lost} clients were cut off or not let in"));
    }
    let busy = Spread::of(rounds.iter().map(Measured::server_busy));
    Section {
        title: format!("idle, {} clients", thousands(CLIENTS)),
        about:
            "500 symbols, one update a second in all; each client takes the `ticker` of its own 10 symbols."
                .to_owned(),
        header: vec!["figure", "median"],
        rows: vec![
            vec!["resident KiB a connection".to_owned(), format!("{rss:.1}")],
            vec![
                "proportional (PSS) KiB a connection".to_owned(),
                format!("{:.1}", spread(|memory| memory.pss_kb)),
            ],
            vec!["private KiB a connection".to_owned(), format!("{:.1}", spread(|memory| memory.private_kb))],
            vec![
                "resident MiB before".to_owned(),
                format!("{:.1}", total(|round| round.memory_before.rss_kb)),
            ],
            vec![
                "resident MiB with all".to_owned(),
                format!("{:.1}", total(|round| round.memory_after.rss_kb)),
            ],
            vec!["the server's core".to_owned(), percent(busy.middle)],
        ],
        verdicts: vec![Verdict {
            what: "resident KiB a connection".to_owned(),
            target: format!("<= {KIB_MAX:.0}"),
            found: format!("{rss:.1}"),
            met: (lost == 0).then_some(rss.middle <= KIB_MAX),
        }],
        remarks,
    }
}

#[allow(clippy::cast_precision_loss, reason = "a figure for people")]
pub(super) fn mebibytes(kib: u64) -> f64 {
    kib as f64 / 1_024.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_grown_is_shared_by_all() {
        let memory = |kb| Memory { rss_kb: kb, pss_kb: kb, private_kb: kb };
        let measured = Measured {
            clients: 1_000,
            seconds: 1.0,
            memory_before: memory(10_000),
            memory_after: memory(22_000),
            ..Measured::default()
        };
        let section = section(std::slice::from_ref(&measured));
        assert_eq!(section.verdicts[0].found, "12.0");
        assert_eq!(section.verdicts[0].met, Some(false));
        let lost = super::section(&[Measured { lost_clients: 1, ..measured }]);
        assert_eq!(lost.verdicts[0].met, None);
    }
}
