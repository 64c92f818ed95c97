//! The figures of a run, as a table.

use std::fmt::Write as _;
use std::time::Duration;

use anyhow::{Context as _, Result};

use super::cluster::Cluster;
use super::watch::Seen;
use crate::e2e::clients::Figures;
use crate::steps::shown;
use crate::workspace::Workspace;

const FILE: &str = "docs/benchmarks/kubernetes.md";
/// What stands above the table. No Markdown by name: images are built without such files.
const OPENING: &str = include_str!("opening.txt");

pub(super) struct Report {
    cluster: String,
    facts: Vec<(String, String)>,
    scenes: Vec<Scene>,
}

struct Scene {
    name: String,
    rows: Vec<(&'static str, String)>,
}

impl Report {
    pub(super) fn new(cluster: &Cluster) -> Result<Self> {
        let version = cluster.json(&["version", "--output=json"])?["serverVersion"]["gitVersion"].clone();
        let nodes = cluster.json(&["get", "nodes", "--output=json"])?;
        let nodes = nodes["items"].as_array().context("a list of nodes")?;
        let cores: Vec<_> =
            nodes.iter().filter_map(|node| node["status"]["capacity"]["cpu"].as_str()).collect();
        let cluster = format!(
            "Kubernetes {}, nodes with {} cores",
            version.as_str().unwrap_or_default(),
            cores.join(" + ")
        );
        Ok(Self { cluster, facts: Vec::new(), scenes: Vec::new() })
    }

    pub(super) fn fact(&mut self, what: &str, value: impl Into<String>) {
        let value = value.into();
        println!("      {what}: {value}");
        self.facts.push((what.to_owned(), value));
    }

    pub(super) fn time(&mut self, what: &str, took: Duration) {
        self.fact(what, shown(took));
    }

    pub(super) fn left_out(&mut self, what: &str, why: &str) {
        self.fact(what, format!("left out: {why}"));
    }

    /// What clients and page saw of a scene.
    pub(super) fn scene(&mut self, name: &str, took: Duration, clients: &Figures, seen: Seen) -> Result<()> {
        let count = |name| clients.count(name).map(|count| count.to_string());
        let millis = |name| clients.millis(name).map(|millis| format!("{millis:.0}"));
        let rows = vec![
            ("took", shown(took)),
            ("clients", count("clients")?),
            ("events received", count("deliveries")?),
            ("checksums verified", count("checksums_verified")?),
            ("reconnects", count("reconnects")?),
            ("told before (`draining`)", count("drains")?),
            ("ended without a word", count("untold_ends")?),
            ("most reconnects in a second", count("reconnects_per_second_max")?),
            ("resumed", count("resumes")?),
            ("of these with a gap", count("resumed_with_gap")?),
            ("silent losses", count("silent_losses")?),
            (
                "away: half, 99 of 100, longest (ms)",
                format!(
                    "{} / {} / {}",
                    millis("away_p50_ms")?,
                    millis("away_p99_ms")?,
                    millis("away_max_ms")?
                ),
            ),
            ("page asked for, failed", format!("{}, {}", seen.pages, seen.pages_failed)),
            ("backend asked, failed", format!("{}, {}", seen.answers, seen.answers_failed)),
        ];
        for (what, value) in &rows {
            println!("      {name}: {what}: {value}");
        }
        self.scenes.push(Scene { name: name.to_owned(), rows });
        Ok(())
    }

    /// Two tables: a column a scene, and the rest.
    pub(super) fn table(&self) -> String {
        let mut table = String::new();
        if let Some(first) = self.scenes.first() {
            let names: Vec<_> = self.scenes.iter().map(|scene| scene.name.as_str()).collect();
            let _ = writeln!(table, "| | {} |\n|---|{}", names.join(" | "), "---|".repeat(names.len()));
            for (number, (what, _)) in first.rows.iter().enumerate() {
                let values: Vec<_> = self.scenes.iter().map(|scene| scene.rows[number].1.as_str()).collect();
                let _ = writeln!(table, "| {what} | {} |", values.join(" | "));
            }
            table.push('\n');
        }
        table.push_str("| what | seen |\n|---|---|\n");
        for (what, value) in &self.facts {
            let _ = writeln!(table, "| {what} | {value} |");
        }
        table
    }

    pub(super) fn write(&self, workspace: &Workspace) -> Result<()> {
        let text = format!("{OPENING}\nThe last run: {}.\n\n{}", self.cluster, self.table());
        std::fs::write(workspace.root().join(FILE), text).context(FILE)?;
        println!("      {FILE}");
        Ok(())
    }
}
