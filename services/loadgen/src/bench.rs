//! The benchmark: the gateway, the floor and other servers in turn, on one core each time, with the clients on the other.
//! What counts are ratios within one run: machines differ, and this one is shared.

mod fanout;
mod figures;
mod idle;
mod machine;
mod peers;
mod report;
mod server;
mod slow;
mod storm;
mod workload;

use std::fs::File;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;

use self::machine::Machine;
use self::peers::Peer;
use self::report::Section;
use self::workload::Workload;

/// Measure the gateway beside the floor and other servers, in turn, and write a report.
#[derive(Args)]
pub(crate) struct Bench {
    /// The `tickwire` binary.
    #[arg(long)]
    tickwire: PathBuf,
    /// A `loadgen` binary with the feature `naive`; without it the axum server is left out.
    #[arg(long)]
    naive: Option<PathBuf>,
    /// The folder of the workloads' configurations.
    #[arg(long, default_value = "infra/bench")]
    configs: PathBuf,
    /// Which workloads; all if absent.
    #[arg(long, value_delimiter = ',')]
    only: Vec<Workload>,
    /// How many rounds; the middle one counts.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// A folder of other servers, as its README.md says; they are built first.
    #[arg(long)]
    peers: Option<PathBuf>,
    /// The report, in Markdown.
    #[arg(long)]
    out: Option<PathBuf>,
    /// Where other servers are built and recordings kept.
    #[arg(long, default_value = "target/bench")]
    scratch: PathBuf,
    /// What to call the command in the report.
    #[arg(long)]
    command: Option<String>,
}

/// What all workloads need.
struct Context<'a> {
    bench: &'a Bench,
    peers: Vec<Peer>,
}

/// Two at the same time would measure each other, on the same ports. The lock goes with this process.
fn alone() -> anyhow::Result<File> {
    let path = std::env::temp_dir().join("tickwire-bench.lock");
    let lock = File::create(&path).with_context(|| path.display().to_string())?;
    lock.try_lock()
        .with_context(|| format!("another benchmark runs on this machine ({})", path.display()))?;
    Ok(lock)
}

impl Bench {
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        anyhow::ensure!(self.rounds > 0, "no rounds");
        std::fs::create_dir_all(&self.scratch)?;
        let _alone = alone()?;
        let machine = Machine::look();
        print!("{}", machine.markdown(&self.said()));
        let (peers, missing) = self
            .peers
            .as_deref()
            .map_or_else(Default::default, |folder| peers::build(folder, &self.scratch.join("peers")));
        for line in &missing {
            println!("Not measured: {line}\n");
        }
        let context = Context { bench: self, peers };
        let mut sections = Vec::new();
        for workload in self.workloads() {
            for section in workload.run(&context)? {
                println!("{}", section.markdown());
                sections.push(section);
            }
        }
        if let Some(out) = &self.out {
            std::fs::write(out, self.report(&machine, &missing, &sections))?;
            println!("written to {}", out.display());
        }
        Ok(())
    }

    fn workloads(&self) -> Vec<Workload> {
        if self.only.is_empty() { Workload::ALL.to_vec() } else { self.only.clone() }
    }

    fn said(&self) -> String {
        self.command.clone().unwrap_or_else(|| std::env::args().collect::<Vec<_>>().join(" "))
    }

    fn report(&self, machine: &Machine, missing: &[String], sections: &[Section]) -> String {
        let mut text = report::opening(&machine.markdown(&self.said()), sections);
        for line in missing {
            text.push_str(&format!("Not measured: {line}\n\n"));
        }
        let sections: Vec<String> = sections.iter().map(Section::markdown).collect();
        text + &sections.join("\n")
    }
}
