//! The figures of one run.

use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};

use crate::memory::Memory;

/// What a run has measured.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Measured {
    /// Clients that were to read.
    pub(crate) clients: usize,
    /// Clients that could not connect or were cut off.
    pub(crate) lost_clients: usize,
    /// Seconds of counting, as measured.
    pub(crate) seconds: f64,
    /// Events received by all clients.
    pub(crate) events: u64,
    /// Frames with events received by all clients.
    pub(crate) frames: u64,
    /// Bytes of their payload.
    pub(crate) bytes: u64,
    /// Events that were due to all clients.
    pub(crate) expected: u64,
    /// Those of them that came, at most a second after the counting.
    pub(crate) due_arrived: u64,
    /// CPU time of the server, in nanoseconds.
    pub(crate) server_nanos: u64,
    /// CPU time of this process: near the whole time, it is the bottleneck.
    pub(crate) own_nanos: u64,
    /// Time that the server's core spent on others.
    pub(crate) others_nanos: u64,
    /// Time that the clients' core spent on others.
    pub(crate) others_of_clients_nanos: u64,
    pub(crate) ages: Ages,
    /// The server's memory before the first client.
    pub(crate) memory_before: Memory,
    /// Its memory with all clients, at the end.
    pub(crate) memory_after: Memory,
    /// The most resident memory that was seen while counting.
    pub(crate) rss_max_kb: u64,
}

/// How old events were when they were read, in microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Ages {
    pub(crate) p50: u64,
    pub(crate) p99: u64,
    pub(crate) p999: u64,
    pub(crate) max: u64,
}

impl Ages {
    pub(crate) fn of(histogram: &Histogram<u64>) -> Self {
        let at = |quantile| histogram.value_at_quantile(quantile);
        Self { p50: at(0.5), p99: at(0.99), p999: at(0.999), max: histogram.max() }
    }
}

#[allow(clippy::cast_precision_loss, reason = "figures for people")]
impl Measured {
    /// CPU microseconds of the server for each update that was delivered.
    pub(crate) fn micros_per_update(&self) -> f64 {
        self.server_nanos as f64 / 1e3 / self.events as f64
    }

    /// The share of what was due that came; none if nobody knows what was due.
    pub(crate) fn delivered(&self) -> Option<f64> {
        (self.expected > 0).then(|| self.due_arrived as f64 / self.expected as f64)
    }

    pub(crate) fn updates_per_frame(&self) -> f64 {
        self.events as f64 / self.frames as f64
    }

    pub(crate) fn bytes_per_update(&self) -> f64 {
        self.bytes as f64 / self.events as f64
    }

    /// The share of its core that the server used.
    pub(crate) fn server_busy(&self) -> f64 {
        self.server_nanos as f64 / 1e9 / self.seconds
    }

    /// The share of their core that the clients used.
    pub(crate) fn clients_busy(&self) -> f64 {
        self.own_nanos as f64 / 1e9 / self.seconds
    }

    /// The share of a core that others used: of the server's or of the clients', whichever is more.
    pub(crate) fn others_busy(&self) -> f64 {
        self.others_nanos.max(self.others_of_clients_nanos) as f64 / 1e9 / self.seconds
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_ratios_of_what_was_counted() {
        let measured = Measured {
            clients: 10,
            seconds: 2.0,
            events: 2_000,
            frames: 500,
            bytes: 300_000,
            expected: 2_010,
            due_arrived: 2_010,
            server_nanos: 1_000_000_000,
            ..Measured::default()
        };
        assert!((measured.micros_per_update() - 500.0).abs() < 1e-9);
        assert!((measured.delivered().unwrap() - 1.0).abs() < 1e-9);
        assert!((measured.updates_per_frame() - 4.0).abs() < 1e-9);
        assert!((measured.bytes_per_update() - 150.0).abs() < 1e-9);
        assert!((measured.server_busy() - 0.5).abs() < 1e-9);
        assert_eq!(Measured::default().delivered(), None);
    }

    #[test]
    fn percentiles_are_of_all_ages() {
        let mut histogram = Histogram::new(3).unwrap();
        for age in 1..=1_000_u64 {
            histogram.record(age).unwrap();
        }
        assert_eq!(Ages::of(&histogram), Ages { p50: 500, p99: 990, p999: 999, max: 1_000 });
    }
}
