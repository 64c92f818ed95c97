//! Workloads in which many clients get events: the gateway, the floor and the others in turn, round after round.

use std::path::{Path, PathBuf};

use super::Context;
use super::figures::{Rounds, Spread, percent, undisturbed};
use super::peers::Peer;
use super::report::{Section, Verdict};
use super::server::{self, FLOOR, GATEWAY, NAIVE, SERVER_CORE, Server};
use super::workload::{FanOut, Others};
use crate::drive::{Measured, Paths};
use crate::thousands;

/// Less than the whole is not all of it: what is rounded to 100 %.
const ALL_DELIVERED: f64 = 0.9995;
const BUN: &str = "Bun pub/sub";

/// Who is measured.
enum Contender<'a> {
    Gateway,
    Floor,
    Naive(&'a Path),
    Peer(&'a Peer),
}

pub(super) fn run(context: &Context<'_>, workload: &FanOut) -> anyhow::Result<Section> {
    let contenders = contenders(context, workload);
    let mut all: Vec<Rounds> =
        contenders.iter().map(|contender| Rounds::new(contender.name().to_owned())).collect();
    for round in 1..=context.bench.rounds {
        for (contender, rounds) in contenders.iter().zip(&mut all) {
            eprintln!("{} {}: round {round}, {}", workload.config, workload.clients, contender.name());
            match undisturbed(|| contender.measure(context, workload)) {
                Ok(measured) => rounds.rounds.push(measured),
                // The gateway and the floor must work; of the others the report says that they did not.
                Err(error) if matches!(contender, Contender::Gateway | Contender::Floor) => {
                    return Err(error);
                }
                Err(error) => rounds.failed = Some(format!("{error:#}")),
            }
        }
    }
    Ok(section(workload, &all))
}

fn contenders<'a>(context: &'a Context<'_>, workload: &FanOut) -> Vec<Contender<'a>> {
    let mut contenders = vec![Contender::Gateway, Contender::Floor];
    if workload.others != Others::None {
        contenders.extend(context.bench.naive.as_deref().map(Contender::Naive));
    }
    if workload.others == Others::All {
        contenders.extend(context.peers.iter().map(Contender::Peer));
    }
    contenders
}

impl Contender<'_> {
    fn name(&self) -> &str {
        match self {
            Self::Gateway => "tickwire",
            Self::Floor => "floor",
            Self::Naive(_) => "axum + broadcast channel",
            Self::Peer(peer) => peer.name,
        }
    }

    fn measure(&self, context: &Context<'_>, workload: &FanOut) -> anyhow::Result<Measured> {
        let recording = context.bench.scratch.join(format!("{}.json", workload.config));
        match self {
            Self::Gateway => {
                let config = context.bench.configs.join(format!("{}.toml", workload.config));
                let server = Server::gateway(&context.bench.tickwire, &config, Some(SERVER_CORE))?;
                Drive {
                    workload,
                    address: GATEWAY,
                    paths: &workload.paths,
                    say: None,
                    record: Some(recording),
                }
                .run(&server)
            }
            Self::Floor => {
                let server = floor(workload, &recording)?;
                let paths = Paths::all("/");
                Drive { workload, address: FLOOR, paths: &paths, say: None, record: None }.run(&server)
            }
            Self::Naive(program) => {
                let mut command = server::bound(Some(SERVER_CORE), program);
                let mut server = Server::start(command.args(["naive", "--listen", NAIVE]))?;
                server.wait_for_port("the axum server", NAIVE)?;
                let paths = Paths::all("/ws");
                Drive { workload, address: NAIVE, paths: &paths, say: None, record: None }.run(&server)
            }
            Self::Peer(peer) => {
                let server = peer.start(SERVER_CORE)?;
                let paths = Paths::all("/ws");
                Drive { workload, address: &peer.address, paths: &paths, say: peer.say, record: None }
                    .run(&server)
            }
        }
    }
}

fn floor(workload: &FanOut, recording: &Path) -> anyhow::Result<Server> {
    let mut command = server::bound(Some(SERVER_CORE), &std::env::current_exe()?);
    command.args(["floor", "--listen", FLOOR, "--clients", &workload.clients.to_string()]);
    command.args(["--flush-ms", &workload.flush_ms.to_string(), "--frames"]).arg(recording);
    let mut server = Server::start(&mut command)?;
    server.wait_for_port("the floor", FLOOR)?;
    Ok(server)
}

/// The clients of one run.
struct Drive<'a> {
    workload: &'a FanOut,
    address: &'a str,
    paths: &'a Paths,
    say: Option<&'a str>,
    record: Option<PathBuf>,
}

impl Drive<'_> {
    fn run(&self, server: &Server) -> anyhow::Result<Measured> {
        let mut command = server::clients(true)?;
        command.args(["drive", "--server", self.address]).args(path_arguments(self.paths));
        command.args(["--clients", &self.workload.clients.to_string()]);
        command.args(["--rate", &self.workload.rate.to_string(), "--pid", &server.pid().to_string()]);
        command.args(server::core_arguments());
        if let Some(say) = self.say {
            command.args(["--say", say]);
        }
        if let Some(path) = &self.record {
            command.args(["--record-clients", &self.workload.scripts.to_string(), "--record"]).arg(path);
        }
        server::figures(&mut command)
    }
}

pub(super) fn path_arguments(paths: &Paths) -> Vec<String> {
    let Paths { path, take, symbols, seed } = paths;
    [
        ("--path", path.clone()),
        ("--take", take.to_string()),
        ("--symbols", symbols.to_string()),
        ("--seed", seed.to_string()),
    ]
    .into_iter()
    .flat_map(|(name, value)| [name.to_owned(), value])
    .collect()
}

fn section(workload: &FanOut, all: &[Rounds]) -> Section {
    let [ours, floor, others @ ..] = all else { return Section::default() };
    Section {
        title: format!("{}, {} clients", workload.config, thousands(workload.clients)),
        about: workload.about.to_owned(),
        header: vec![
            "server",
            "CPU µs/update",
            "to the floor",
            "core used",
            "delivered",
            "age p50 ms",
            "age p99 ms",
            "updates/frame",
            "bytes/update",
            "clients' core",
        ],
        rows: all.iter().map(|rounds| row(rounds, floor)).collect(),
        verdicts: verdicts(workload, ours, floor, others),
        remarks: all.iter().flat_map(Rounds::remarks).collect(),
    }
}

fn row(rounds: &Rounds, floor: &Rounds) -> Vec<String> {
    let shown = |spread: Option<Spread>, digits: usize| {
        spread.map_or_else(|| "-".to_owned(), |spread| format!("{spread:.digits$}"))
    };
    let share = |figure: fn(&Measured) -> f64| {
        rounds.spread(figure).map_or_else(|| "-".to_owned(), |spread| percent(spread.middle))
    };
    vec![
        rounds.name.clone(),
        shown(rounds.spread(Measured::micros_per_update), 2),
        shown(rounds.ratio(floor, Measured::micros_per_update), 2),
        share(Measured::server_busy),
        delivered(rounds).map_or_else(|| "-".to_owned(), |share| format!("{:.1} %", share.middle * 100.0)),
        shown(rounds.spread(age_p50), 1),
        shown(rounds.spread(age_p99), 1),
        shown(
            rounds.spread(Measured::updates_per_frame).map(|s| Spread {
                least: s.middle,
                most: s.middle,
                ..s
            }),
            1,
        ),
        shown(
            rounds.spread(Measured::bytes_per_update).map(|s| Spread {
                least: s.middle,
                most: s.middle,
                ..s
            }),
            0,
        ),
        share(Measured::clients_busy),
    ]
}

fn verdicts(workload: &FanOut, ours: &Rounds, floor: &Rounds, others: &[Rounds]) -> Vec<Verdict> {
    let mut verdicts = vec![all_delivered(ours)];
    let judge = |against: &Rounds| !ours.is_worthless() && !against.is_worthless();
    let cpu = |against: &Rounds, most: f64| {
        let ratio = ours.ratio(against, Measured::micros_per_update);
        at_most(format!("CPU per update, to {}", against.name), ratio, most, judge(against))
    };
    verdicts.push(cpu(floor, workload.floor_max));
    if workload.flush_ms > 0 {
        let most =
            millis(2 * workload.flush_ms * 1_000) + floor.spread(age_p99).map_or(0.0, |age| age.middle);
        let mut verdict = at_most("age p99, ms".to_owned(), ours.spread(age_p99), most, judge(floor));
        verdict.target = format!("<= {most:.1}: two flushes and the floor's own");
        verdicts.push(verdict);
    } else if let Some(axum) = others.first() {
        let ratio = ours.ratio(axum, age_p99);
        let mut verdict = at_most("age p99, to axum".to_owned(), ratio, 1.0, judge(axum));
        verdict.target = "< 1.00".to_owned();
        verdicts.push(verdict);
    }
    if let (Some(target), Some(bun)) = (workload.bun, others.iter().find(|rounds| rounds.name == BUN)) {
        verdicts.push(cpu(bun, target.cpu_max));
        let age = |most| at_most("age p99, to Bun".to_owned(), ours.ratio(bun, age_p99), most, judge(bun));
        verdicts.extend(target.age_max.map(age));
    }
    verdicts
}

fn at_most(what: String, found: Option<Spread>, most: f64, judge: bool) -> Verdict {
    Verdict {
        what,
        target: format!("<= {most:.2}"),
        found: found.map_or_else(|| "-".to_owned(), |spread| spread.to_string()),
        met: found.filter(|_| judge).map(|spread| spread.middle <= most),
    }
}

fn all_delivered(ours: &Rounds) -> Verdict {
    let share = delivered(ours);
    Verdict {
        what: "delivered".to_owned(),
        target: "100.0 %".to_owned(),
        found: share.map_or_else(|| "-".to_owned(), |share| format!("{:.2} %", share.middle * 100.0)),
        met: share.filter(|_| !ours.is_worthless()).map(|share| share.middle >= ALL_DELIVERED),
    }
}

fn delivered(rounds: &Rounds) -> Option<Spread> {
    rounds.spread(|round| round.delivered().unwrap_or(f64::NAN))
}

#[allow(clippy::cast_precision_loss, reason = "a figure for people")]
pub(super) fn millis(micros: u64) -> f64 {
    micros as f64 / 1e3
}

fn age_p50(measured: &Measured) -> f64 {
    millis(measured.ages.p50)
}

pub(super) fn age_p99(measured: &Measured) -> f64 {
    millis(measured.ages.p99)
}

#[cfg(test)]
mod tests {
    use super::super::workload::BunTarget;
    use super::*;
    use crate::drive::Ages;

    fn rounds(name: &str, server_nanos: u64, p99: u64) -> Rounds {
        let measured = Measured {
            clients: 1,
            seconds: 1.0,
            events: 1_000,
            frames: 100,
            bytes: 170_000,
            expected: 1_000,
            due_arrived: 1_000,
            server_nanos,
            ages: Ages { p50: 5_000, p99, ..Ages::default() },
            ..Measured::default()
        };
        Rounds { name: name.to_owned(), rounds: vec![measured], failed: None }
    }

    fn workload(flush_ms: u64) -> FanOut {
        FanOut {
            config: "broadcast",
            about: "All.",
            clients: 1_000,
            paths: Paths::all("/ws"),
            rate: 1_000.0,
            flush_ms,
            scripts: 1,
            floor_max: 1.2,
            others: Others::All,
            bun: Some(BunTarget { cpu_max: 0.5, age_max: Some(2.0) }),
        }
    }

    fn met(section: &Section) -> Vec<(&str, Option<bool>)> {
        section.verdicts.iter().map(|verdict| (verdict.what.as_str(), verdict.met)).collect()
    }

    #[test]
    fn each_target_is_judged() {
        let all = [
            rounds("tickwire", 1_100_000, 31_000),
            rounds("floor", 1_000_000, 10_000),
            rounds(BUN, 2_000_000, 20_000),
        ];
        let section = section(&workload(10), &all);
        assert_eq!(section.title, "broadcast, 1,000 clients");
        assert_eq!(section.rows[0][..4], ["tickwire", "1.10", "1.10", "0 %"]);
        assert_eq!(
            met(&section),
            [
                ("delivered", Some(true)),
                ("CPU per update, to floor", Some(true)),
                ("age p99, ms", Some(false)),
                ("CPU per update, to Bun pub/sub", Some(false)),
                ("age p99, to Bun", Some(true)),
            ]
        );
    }

    #[test]
    fn without_gathering_axum_is_the_measure() {
        let all = [rounds("tickwire", 1, 900), rounds("floor", 1, 500), rounds("axum", 2, 1_000)];
        assert_eq!(met(&section(&workload(0), &all))[2], ("age p99, to axum", Some(true)));
    }

    #[test]
    fn a_worthless_figure_is_not_judged() {
        let mut all = [rounds("tickwire", 1, 1), rounds("floor", 1, 1)];
        all[1].rounds[0].lost_clients = 1;
        assert_eq!(met(&section(&workload(10), &all))[1], ("CPU per update, to floor", None));
    }
}
