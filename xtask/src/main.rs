//! The chores of the workspace: one verb a file, and the workflows call the same verbs as people do.
//!
//! It knows how things are built, served and tested; it must not know what is inside them.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command line tool talks to its terminal")]

mod bench;
mod chart;
mod check;
mod command;
mod dashboard;
mod dependency_order;
mod e2e;
mod install;
mod lint;
mod metrics;
mod release_notes;
mod run;
mod shots;
mod soak;
mod steps;
mod test;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::workspace::Workspace;

#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", about = "The chores of the Tickwire workspace")]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Build everything and serve the market and its dashboard on port 3000
    Run(run::Options),
    /// Everything a change must pass: check, all tests, and a real browser against the real gateway
    Test,
    /// Formatting, lints (native and wasm32), the order of the crates, licences; and what `lint` does
    Check,
    /// What other tools say of Dockerfiles, workflows, scripts, rules and the chart
    Lint(lint::Options),
    /// Ask a real Prometheus, with a real gateway, every question of the dashboard and the rules
    Metrics,
    /// Build the dashboard into target/dashboard
    Dashboard(dashboard::Options),
    /// Measure: the matching engine, the simulation, the gateway beside a bare write(2) loop
    Bench(bench::Options),
    /// Write the table of values into the chart's README
    Chart,
    /// Kill, drain and freeze two gateways at random under clients that find any silent loss
    Soak(soak::Options),
    /// The shipped images on a real engine, under clients that find any loss
    E2e(e2e::Options),
    /// Check that all agree on the version of a tag, and print what the changelog says of it
    ReleaseNotes(release_notes::Options),
    /// Take the screenshots of the README into docs/images
    Shots,
}

fn main() -> ExitCode {
    match act(Cli::parse().verb) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}", told(&error));
            ExitCode::FAILURE
        }
    }
}

fn act(verb: Verb) -> anyhow::Result<()> {
    let workspace = Workspace::find()?;
    match verb {
        Verb::Run(options) => run::run(&workspace, &options),
        Verb::Test => test::test(&workspace),
        Verb::Check => check::check(&workspace),
        Verb::Lint(options) => lint::lint(&workspace, &options),
        Verb::Metrics => metrics::metrics(&workspace),
        Verb::Dashboard(options) => dashboard::dashboard(&workspace, &options),
        Verb::Bench(options) => bench::bench(&workspace, &options),
        Verb::Chart => chart::chart(&workspace),
        Verb::Soak(options) => soak::soak(&workspace, &options),
        Verb::E2e(options) => e2e::e2e(&workspace, &options),
        Verb::ReleaseNotes(options) => release_notes::release_notes(&workspace, &options),
        Verb::Shots => shots::shots(&workspace),
    }
}

/// The error and its causes, one a line; a backtrace of xtask helps nobody.
fn told(error: &anyhow::Error) -> String {
    let causes = error.chain().skip(1).map(|cause| format!("\n  because {cause}"));
    std::iter::once(format!("xtask: {error}")).chain(causes).collect()
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::*;

    #[test]
    fn an_error_is_told_with_its_causes() {
        let error = anyhow!("no space").context("a.css can't be written").context("step 1 of 2 failed");
        assert_eq!(
            told(&error),
            "xtask: step 1 of 2 failed\n  because a.css can't be written\n  because no space"
        );
    }

    #[test]
    fn the_command_line_is_sound() {
        use clap::CommandFactory as _;
        Cli::command().debug_assert();
        let cli = Cli::parse_from(["xtask", "run", "--", "--seed", "7"]);
        assert!(matches!(cli.verb, Verb::Run(_)));
        let e2e = [
            "xtask",
            "e2e",
            "--k8s",
            "--images",
            "a:1,b:1",
            "--load-with",
            "kind load image-archive --name c",
        ];
        assert!(Cli::try_parse_from(e2e).is_ok());
        assert!(Cli::try_parse_from(["xtask", "e2e", "--k8s", "--images", "a:1"]).is_err());
    }
}
