//! `loadgen`: many clients against a server, and the floor that no server gets under.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command-line tool: its output is its result"
)]

mod bench;
mod cpu;
mod drive;
mod fleet;
mod floor;
mod frames;
mod memory;
#[cfg(feature = "naive")]
mod naive;
mod recording;
mod stamps;
mod storm;

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
    /// Serve the same updates with axum and a broadcast channel.
    #[cfg(feature = "naive")]
    Naive(naive::Naive),
    /// Have all clients drop at once and come back with `resume`, and print as JSON how long it took.
    Storm(storm::Storm),
    /// Connect clients that check all they get, resume where they stopped, and find any loss.
    Verify(loadgen::verify::Verify),
    /// Measure the gateway beside the floor and other servers, in turn, and write a report.
    Bench(bench::Bench),
}

fn main() -> anyhow::Result<()> {
    match Cli::parse().command {
        Command::Drive(drive) => drive.run(),
        Command::Floor(floor) => floor.run(),
        #[cfg(feature = "naive")]
        Command::Naive(naive) => naive.run(),
        Command::Storm(storm) => storm.run(),
        Command::Verify(verify) => verify.run(),
        Command::Bench(bench) => bench.run(),
    }
}

/// `10,000`.
fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let groups = digits.as_bytes().rchunks(3).rev().map(|group| String::from_utf8_lossy(group).into_owned());
    groups.collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        assert_eq!([7, 200, 1_000, 1_234_567].map(thousands), ["7", "200", "1,000", "1,234,567"]);
    }

    #[test]
    fn the_command_line_is_sound() {
        use clap::CommandFactory as _;
        Cli::command().debug_assert();
    }
}
