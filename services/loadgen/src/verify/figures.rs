//! What was counted, and the table of it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use hdrhistogram::Histogram;
use protocol::DiscontinuityReason;
use serde::Serialize;

/// What clients have counted. Of one client, or of all together.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Figures {
    /// Events received, snapshots among them.
    pub deliveries: u64,
    /// Frames with events.
    pub frames: u64,
    /// Bytes of their payload.
    pub bytes: u64,
    /// Connections after the first of a client.
    pub reconnects: u64,
    /// Attempts to connect that failed.
    pub refused_connections: u64,
    /// Answers to `resume`.
    pub resumes: u64,
    /// Of these, how many with a stream that started anew.
    pub resumed_with_gap: u64,
    /// Streams that were announced to start anew, by reason.
    pub discontinuities: BTreeMap<DiscontinuityReason, u64>,
    /// Snapshots received.
    pub snapshots: u64,
    /// Events merged into others, as the server told.
    pub conflated: u64,
    /// Trades left out, as the server told.
    pub skipped: u64,
    /// Books whose checksum was right.
    pub checksums_verified: u64,
    /// Events whose content was compared with what another client got.
    pub compared: u64,
    /// Heartbeats whose marks were compared.
    pub heartbeats: u64,
    /// `draining` messages.
    pub drains: u64,
    /// Connections closed because the client was slow.
    pub slow_closes: u64,
    /// Connections that fell silent.
    pub silent_connections: u64,
    /// Connections that ended from the other side without a `draining` before.
    pub untold_ends: u64,
    /// Faults made by the clients themselves, by kind.
    pub faults: BTreeMap<&'static str, u64>,
}

impl Figures {
    /// Adds what another has counted.
    pub(crate) fn add(&mut self, other: &Self) {
        for (sum, more) in self.plain().into_iter().zip(other.clone().plain()) {
            *sum += *more;
        }
        for (reason, count) in &other.discontinuities {
            *self.discontinuities.entry(*reason).or_default() += count;
        }
        for (fault, count) in &other.faults {
            *self.faults.entry(fault).or_default() += count;
        }
    }

    /// Answers to `resume` after which all streams went on where the client had stopped.
    #[must_use]
    pub fn resumed_without_gap(&self) -> u64 {
        self.resumes - self.resumed_with_gap
    }

    fn plain(&mut self) -> [&mut u64; 17] {
        [
            &mut self.deliveries,
            &mut self.frames,
            &mut self.bytes,
            &mut self.reconnects,
            &mut self.refused_connections,
            &mut self.resumes,
            &mut self.resumed_with_gap,
            &mut self.snapshots,
            &mut self.conflated,
            &mut self.skipped,
            &mut self.checksums_verified,
            &mut self.compared,
            &mut self.heartbeats,
            &mut self.drains,
            &mut self.slow_closes,
            &mut self.silent_connections,
            &mut self.untold_ends,
        ]
    }
}

/// The result of a run.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// What was counted.
    #[serde(flatten)]
    pub figures: Figures,
    /// How many clients there were.
    pub clients: usize,
    /// How long it took.
    pub seconds: f64,
    /// Losses that nobody was told of: the first one ends a run. So does any other fault, which is no loss.
    pub silent_losses: u64,
    /// Of the seconds of the run, the one with the most reconnects: so many.
    pub reconnects_per_second_max: u64,
    /// How long clients were away, from the end of a connection to the answer to `resume`: half of the times at most so
    /// long, in milliseconds.
    pub away_p50_ms: f64,
    /// All but one of a hundred.
    pub away_p99_ms: f64,
    /// The longest.
    pub away_max_ms: f64,
}

impl Report {
    pub(crate) fn new(
        figures: Figures,
        away_micros: &Histogram<u64>,
        clients: usize,
        took: Duration,
        silent_losses: u64,
    ) -> Self {
        #[allow(clippy::cast_precision_loss, reason = "a figure for people")]
        let millis = |micros: u64| (micros as f64 / 1e2).round() / 10.0;
        Self {
            figures,
            clients,
            seconds: took.as_secs_f64(),
            silent_losses,
            reconnects_per_second_max: 0,
            away_p50_ms: millis(away_micros.value_at_quantile(0.5)),
            away_p99_ms: millis(away_micros.value_at_quantile(0.99)),
            away_max_ms: millis(away_micros.max()),
        }
    }

    /// With the most reconnects of a second.
    pub(crate) fn with_reconnects_per_second_max(self, reconnects_per_second_max: u64) -> Self {
        Self { reconnects_per_second_max, ..self }
    }

    /// Deliveries in a second.
    #[allow(clippy::cast_precision_loss, reason = "a figure for people")]
    fn rate(&self) -> f64 {
        self.figures.deliveries as f64 / self.seconds.max(1e-3)
    }

    /// A table for people.
    #[must_use]
    pub fn table(&self) -> String {
        let figures = &self.figures;
        let rows = [
            ("deliveries", figures.deliveries.to_string()),
            ("events/s", format!("{:.0}", self.rate())),
            ("seconds", format!("{:.1}", self.seconds)),
            ("clients", self.clients.to_string()),
            ("frames", figures.frames.to_string()),
            ("reconnects", figures.reconnects.to_string()),
            ("ends without a word before", figures.untold_ends.to_string()),
            ("most reconnects in a second", self.reconnects_per_second_max.to_string()),
            ("refused connections", figures.refused_connections.to_string()),
            ("resumes", figures.resumes.to_string()),
            ("resumed without gap", figures.resumed_without_gap().to_string()),
            (
                "discontinuities (streams)",
                listed(figures.discontinuities.iter().map(|(reason, count)| (format!("{reason:?}"), count))),
            ),
            ("snapshots", figures.snapshots.to_string()),
            ("conflated", figures.conflated.to_string()),
            ("skipped", figures.skipped.to_string()),
            ("checksums verified", figures.checksums_verified.to_string()),
            ("compared between clients", figures.compared.to_string()),
            ("heartbeats checked", figures.heartbeats.to_string()),
            ("drains, slow closes, silences", {
                format!("{}, {}, {}", figures.drains, figures.slow_closes, figures.silent_connections)
            }),
            ("faults", listed(figures.faults.iter().map(|(fault, count)| ((*fault).to_owned(), count)))),
            ("silent losses", self.silent_losses.to_string()),
            ("away p50 / p99 / max ms", {
                format!("{} / {} / {}", self.away_p50_ms, self.away_p99_ms, self.away_max_ms)
            }),
        ];
        rows.iter().fold("| figure | value |\n|---|---|\n".to_owned(), |mut table, (name, value)| {
            let _ = writeln!(table, "| {name} | {value} |");
            table
        })
    }
}

/// `TooOld 3, TooSlow 1`, or 0.
fn listed<'a>(counts: impl Iterator<Item = (String, &'a u64)>) -> String {
    let parts: Vec<_> = counts.map(|(name, count)| format!("{name} {count}")).collect();
    if parts.is_empty() { "0".into() } else { parts.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_add_up() {
        let one = Figures {
            deliveries: 3,
            silent_connections: 2,
            discontinuities: BTreeMap::from([(DiscontinuityReason::TooOld, 1)]),
            faults: BTreeMap::from([("stall", 4)]),
            ..Figures::default()
        };
        let mut sum = one.clone();
        sum.add(&one);
        assert_eq!((sum.deliveries, sum.silent_connections, sum.faults["stall"]), (6, 4, 8));
        let table = Report::new(sum, &Histogram::new(2).unwrap(), 5, Duration::from_secs(2), 0).table();
        for row in ["| deliveries | 6 |", "| events/s | 3 |", "| discontinuities (streams) | TooOld 2 |"] {
            assert!(table.contains(row), "{row} in {table}");
        }
    }
}
