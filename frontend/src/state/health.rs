//! How the stream does: connection, counters, latency, and the last thing that a person should know.

use protocol::{Channel, Event, FeedKind, Hello};

use super::connection::Connection;
use super::discontinuity::Discontinuities;
use super::format;
use super::frame_times::FrameTimes;
use super::latency::{Ages, ClockOffset, Quantiles, server_time};
use super::meter::Meter;
use super::{MILLI, SECOND};

/// A server that is silent for so much longer than its heartbeat may be gone, in microseconds.
const QUIET_MICROS: u64 = 2 * SECOND;

/// How the stream does.
#[derive(Clone, Debug, Default)]
pub(crate) struct Health {
    /// The connection.
    pub(crate) connection: Connection,
    /// What the server said of itself at the start of this connection, or of the one before.
    pub(crate) hello: Option<Hello>,
    /// Events that never came.
    pub(crate) gaps: u64,
    /// Snapshots asked for because of a gap or a wrong checksum.
    pub(crate) resyncs: u64,
    /// Books whose checksum was right.
    pub(crate) verified: u64,
    /// Books whose checksum was not.
    pub(crate) checksum_failures: u64,
    /// Events that the server merged into later ones.
    pub(crate) conflated: u64,
    /// Trades that the server left out.
    pub(crate) skipped: u64,
    /// Bytes received.
    pub(crate) bytes: Meter,
    /// Connections that went on where the one before ended.
    pub(crate) resumes: u64,
    /// Where they could not.
    pub(crate) discontinuities: Discontinuities,
    /// When the server was last heard, on our clock in microseconds since 1970.
    pub(crate) heard_us: u64,
    /// Events received.
    pub(crate) updates: Meter,
    /// Frames drawn.
    pub(crate) frames: Meter,
    /// The time between them.
    pub(crate) frame_times: FrameTimes,
    /// The difference of the clocks.
    pub(crate) clock: ClockOffset,
    /// The ages of events at arrival.
    pub(crate) ages: Ages,
    /// A sentence for the person at the screen.
    pub(crate) notice: Option<String>,
}

impl Health {
    /// Counts an event and measures its age.
    pub(crate) fn observe(&mut self, event: &Event<'_>, now_us: u64) {
        self.updates.add(1, now_us);
        self.conflated += event.conflated;
        let is_step = matches!(event.ch, Channel::Ticker | Channel::Bbo | Channel::Trades | Channel::Book(_));
        if event.snapshot || !is_step {
            return;
        }
        if let Some(hello) = &self.hello {
            let now = i64::try_from(now_us).unwrap_or(i64::MAX);
            self.ages.add(now - server_time(&hello.feed.clock, event.ts), now_us);
        }
    }

    /// A new connection: another server may have another clock.
    pub(crate) fn greet(&mut self, hello: Hello) {
        self.hello = Some(hello);
        self.clock.reset();
        self.ages.clear();
    }

    /// Whether what is on the screen may be older than it looks: not connected, or nothing heard for longer than the
    /// server is ever silent.
    fn is_stale(&self, now_us: u64) -> bool {
        let heartbeat_us = self.hello.as_ref().map_or(0, |hello| hello.heartbeat_ms * MILLI);
        !self.connection.is_fresh() || now_us.saturating_sub(self.heard_us) > heartbeat_us + QUIET_MICROS
    }

    /// What to show.
    pub(crate) fn view(&mut self, now_us: u64) -> HealthView {
        let latency = self.clock.offset_us().and_then(|offset| self.ages.quantiles(offset, now_us));
        let part = |pick: fn(&Quantiles) -> f64| {
            latency.as_ref().map_or(format::NONE.into(), |q| format::millis(pick(q)))
        };
        let frame = self.frame_times.quantiles();
        let frame = |at: usize| frame.map_or(format::NONE.into(), |times| format::millis(times[at]));
        HealthView {
            connection: self.connection.clone(),
            stale: self.is_stale(now_us),
            badge: self.badge(),
            feed: self.hello.as_ref().map(|hello| hello.feed.label.clone()).unwrap_or_default(),
            epoch: self.hello.as_ref().map(|hello| hello.epoch.clone()).unwrap_or_default(),
            p50: part(|q| q.p50_ms),
            p99: part(|q| q.p99_ms),
            #[allow(clippy::cast_precision_loss, reason = "a round trip is far below 2^53 us")]
            round_trip: self
                .clock
                .round_trip_us()
                .map_or(format::NONE.into(), |us| format::millis(us as f64 / 1_000.0)),
            offset: self
                .clock
                .offset_us()
                .map_or(format::NONE.into(), |us| format::millis(us as f64 / 1_000.0)),
            frame_p50: frame(0),
            frame_p95: frame(1),
            bytes: self.bytes.per_second(now_us),
            updates: self.updates.per_second(now_us),
            frames: self.frames.per_second(now_us),
            gaps: self.gaps,
            resyncs: self.resyncs,
            verified: self.verified,
            checksum_failures: self.checksum_failures,
            conflated: self.conflated,
            skipped: self.skipped,
            resumes: self.resumes,
            discontinuities: self.discontinuities.count(),
            cut: self.discontinuities.mark(),
        }
    }

    /// Simulated and replayed data is labelled as such, always.
    fn badge(&self) -> &'static str {
        match self.hello.as_ref().map(|hello| hello.feed.kind) {
            Some(FeedKind::Simulated) => "SIMULATED",
            Some(FeedKind::Replay) => "REPLAY",
            Some(FeedKind::Metronome) => "SYNTHETIC",
            None => "",
        }
    }
}

/// The health line as it is shown.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct HealthView {
    /// The connection.
    pub(crate) connection: Connection,
    /// Whether prices may be older than they look.
    pub(crate) stale: bool,
    /// What kind of data it is, in a word.
    pub(crate) badge: &'static str,
    /// The same in the server's words.
    pub(crate) feed: String,
    /// The source of the events.
    pub(crate) epoch: String,
    /// Median age of an event at arrival.
    pub(crate) p50: String,
    /// The 99th percentile of the same.
    pub(crate) p99: String,
    /// The shortest round trip.
    pub(crate) round_trip: String,
    /// Server time minus ours.
    pub(crate) offset: String,
    /// Median time between frames.
    pub(crate) frame_p50: String,
    /// The 95th percentile of the same.
    pub(crate) frame_p95: String,
    /// Bytes a second.
    pub(crate) bytes: u32,
    /// Events a second.
    pub(crate) updates: u32,
    /// Frames drawn a second.
    pub(crate) frames: u32,
    /// See [`Health`].
    pub(crate) gaps: u64,
    /// See [`Health`].
    pub(crate) resyncs: u64,
    /// See [`Health`].
    pub(crate) verified: u64,
    /// See [`Health`].
    pub(crate) checksum_failures: u64,
    /// See [`Health`].
    pub(crate) conflated: u64,
    /// See [`Health`].
    pub(crate) skipped: u64,
    /// See [`Health`].
    pub(crate) resumes: u64,
    /// How many breaks in the stream there were.
    pub(crate) discontinuities: u64,
    /// The mark of the latest one.
    pub(crate) cut: Option<String>,
}

impl HealthView {
    /// All of it in a sentence or two.
    pub(crate) fn sentence(&self) -> String {
        let mut sentence = self.connection.sentence();
        sentence.push('.');
        if self.connection.is_fresh() && self.p50 != format::NONE {
            sentence.extend([" Half of the events are here within ", &self.p50, " of happening."]);
        }
        sentence.push_str(match (self.checksum_failures, self.gaps) {
            _ if self.verified == 0 => " Nothing is proven yet.",
            (0, 0) => " Nothing was lost, and every checksum was right.",
            (0, _) => " Events were lost and asked for again; every checksum was right.",
            _ => " A checksum was wrong; that book was asked for again.",
        });
        sentence
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn health_is_told_in_plain_words() {
        let view = |connection, p50: &str, verified, checksum_failures, gaps| HealthView {
            connection,
            p50: p50.into(),
            verified,
            checksum_failures,
            gaps,
            ..HealthView::default()
        };
        for (view, sentence) in [
            (view(Connection::Connecting, format::NONE, 0, 0, 0), "Connecting. Nothing is proven yet."),
            (
                view(Connection::Live, "8.0 ms", 9, 0, 0),
                "Live. Half of the events are here within 8.0 ms of happening. \
                 Nothing was lost, and every checksum was right.",
            ),
            (
                view(Connection::Live, format::NONE, 9, 0, 2),
                "Live. Events were lost and asked for again; every checksum was right.",
            ),
            (
                view(Connection::Live, format::NONE, 9, 1, 0),
                "Live. A checksum was wrong; that book was asked for again.",
            ),
        ] {
            assert_eq!(view.sentence(), sentence);
        }
    }
}
