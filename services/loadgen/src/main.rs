//! `loadgen`: many clients against a server, and the floor that no server gets under.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command-line tool: its output is its result"
)]

mod bench;
mod cpu;
mod drive;
mod floor;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

/// Load on a Tickwire server.
#[derive(Parser)]
#[command(version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Connect many clients and print as JSON what they got.
    Drive(drive::Drive),
    /// Serve recorded frames with nothing but write(2): the least that any server pays.
    Floor(floor::Floor),
    /// Measure a workload on the gateway and on the floor, in turn, and print the ratio.
    Bench {
        /// The `tickwire` binary.
        #[arg(long)]
        tickwire: PathBuf,
        /// The workload: a configuration of the gateway.
        #[arg(long, default_value = "infra/bench/broadcast.toml")]
        config: PathBuf,
        /// How many clients.
        #[arg(long, default_value_t = 200)]
        clients: usize,
        /// How many rounds; the middle one counts.
        #[arg(long, default_value_t = 3)]
        rounds: usize,
    },
}

fn main() -> anyhow::Result<()> {
    match Cli::parse().command {
        Command::Drive(drive) => drive.run(),
        Command::Floor(floor) => floor.run(),
        Command::Bench { tickwire, config, clients, rounds } => {
            bench::Bench { tickwire, config, clients, rounds }.run()
        }
    }
}
