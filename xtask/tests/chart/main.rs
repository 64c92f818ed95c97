//! The chart, as Helm sees it: what it makes of values, and which values it refuses.
//!
//! `cargo xtask test` says where Helm and the gateway are; `helm.rs` has the names of the variables.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod helm;
mod network;
mod pods;
mod refusals;
mod rendered;

use std::path::PathBuf;

/// The files of values in the chart: those it is tried with, and those of production.
fn files() -> Vec<PathBuf> {
    let chart = helm::chart();
    let names = ["ci/everything-values.yaml", "ci/minimal-values.yaml", "values-production.yaml"];
    names.map(|name| chart.join(name)).into()
}
