//! Checks all that a client is told, over all its connections. Knows no socket and no clock.

use std::sync::Arc;

use protocol::{Event, Follower, Payload, ServerMessage, StreamError, StreamName};

use super::catalogue::Catalogue;
use super::expectation::{Because, Expectation};
use super::figures::Figures;
use super::ledger::Ledger;
use super::violation::Violation;

/// What a client knows of its streams.
pub(crate) struct Checker {
    client: u32,
    catalogue: Arc<Catalogue>,
    ledger: Arc<Ledger>,
    follower: Follower,
    expectations: Vec<Expectation>,
    /// Streams that come at a rate, or did over this connection.
    paced: Vec<bool>,
    /// One of the streams of the latest `resumed` started anew.
    is_resume_torn: bool,
    /// The event that was wrong.
    pub(crate) culprit: Option<String>,
    pub(crate) figures: Figures,
}

impl Checker {
    pub(crate) fn new(client: u32, catalogue: Arc<Catalogue>, ledger: Arc<Ledger>) -> Self {
        let follower = Follower::new(catalogue.instruments.iter().cloned().map(Into::into));
        let expectations = vec![Expectation::Nothing; catalogue.streams()];
        let paced = vec![false; catalogue.streams()];
        Self {
            client,
            catalogue,
            ledger,
            follower,
            expectations,
            paced,
            is_resume_torn: false,
            culprit: None,
            figures: Figures::default(),
        }
    }

    /// The `seq` of the latest event of a stream.
    pub(crate) fn seq(&self, stream: usize) -> Option<u64> {
        let name = self.catalogue.name(stream);
        self.follower.followed(name.channel, &name.symbol)?.chain.seq()
    }

    /// The connection is gone. What was had of the streams in `keep` is kept, to be resumed.
    pub(crate) fn disconnected(&mut self, keep: &[bool]) {
        self.expectations.fill(Expectation::Nothing);
        self.paced.fill(false);
        for (stream, _) in keep.iter().enumerate().filter(|(_, keep)| !**keep) {
            self.follower.forget(&self.catalogue.name(stream));
        }
    }

    /// A rate is asked for.
    pub(crate) fn paces(&mut self, streams: &[usize]) {
        for stream in streams {
            self.paced[*stream] = true;
        }
    }

    /// Takes in the events of a frame.
    pub(crate) fn events(&mut self, events: &[Event<'_>]) -> Result<(), Violation> {
        self.figures.frames += 1;
        for event in events {
            if let Err(violation) = self.event(event) {
                self.culprit = Some(format!("{event:?}"));
                return Err(violation);
            }
        }
        Ok(())
    }

    fn event(&mut self, event: &Event<'_>) -> Result<(), Violation> {
        let name = || StreamName { channel: event.ch, symbol: event.sym.to_string() };
        let Some(stream) = self.catalogue.number(event.ch, &event.sym) else {
            return Err(Violation::Unknown(name()));
        };
        self.expectations[stream].event(event.snapshot).map_err(|unexpected| Violation::Unexpected {
            stream: name(),
            seq: event.seq,
            unexpected,
        })?;
        self.follower.take(event)?;
        let compared = self
            .ledger
            .check(stream, event, self.paced[stream], self.client)
            .map_err(|mismatch| Violation::Mismatch { stream: name(), mismatch })?;
        self.count(event, compared);
        Ok(())
    }

    fn count(&mut self, event: &Event<'_>, compared: bool) {
        let figures = &mut self.figures;
        figures.deliveries += 1;
        figures.snapshots += u64::from(event.snapshot);
        figures.conflated += event.conflated;
        figures.compared += u64::from(compared);
        match &event.payload {
            Payload::Book(_) => figures.checksums_verified += 1,
            Payload::Skipped(skipped) => figures.skipped += skipped.count,
            _ => {}
        }
    }

    /// Takes in a control message.
    pub(crate) fn control(&mut self, message: &ServerMessage) -> Result<(), Violation> {
        match message {
            ServerMessage::Subscribed { streams, errors, .. } => {
                self.each(streams, errors, |checker, stream, name| {
                    if checker.expectations[stream].subscribed() {
                        checker.follower.forget(name);
                    }
                })
            }
            ServerMessage::Unsubscribed { streams, errors, .. } => {
                self.each(streams, errors, |checker, stream, name| {
                    checker.expectations[stream] = Expectation::Nothing;
                    checker.follower.forget(name);
                })
            }
            ServerMessage::Resynced { streams, errors, .. } => {
                self.each(streams, errors, |checker, stream, _| {
                    checker.expectations[stream] = Expectation::Snapshot(Because::Resynced);
                })
            }
            ServerMessage::Resumed { streams, errors, .. } => {
                self.figures.resumes += 1;
                self.is_resume_torn = false;
                self.each(streams, errors, |checker, stream, _| {
                    checker.expectations[stream] = Expectation::Step { resumed: true };
                })
            }
            ServerMessage::Configured { errors, .. } => self.each(&[], errors, |_, _, _| {}),
            ServerMessage::Discontinuity { reason, streams } => {
                *self.figures.discontinuities.entry(*reason).or_default() += streams.len() as u64;
                streams.iter().try_for_each(|name| self.discontinuity(name, *reason))
            }
            ServerMessage::Heartbeat { seqs, .. } => self.heartbeat(seqs),
            _ => Ok(()),
        }
    }

    fn each(
        &mut self,
        streams: &[StreamName],
        errors: &[StreamError],
        mut take: impl FnMut(&mut Self, usize, &StreamName),
    ) -> Result<(), Violation> {
        for name in streams {
            let stream = self.number(name)?;
            take(self, stream, name);
        }
        errors.first().map_or(Ok(()), |error| Err(Violation::StreamRefused(error.clone())))
    }

    fn number(&self, name: &StreamName) -> Result<usize, Violation> {
        self.catalogue.number(name.channel, &name.symbol).ok_or_else(|| Violation::Unknown(name.clone()))
    }

    fn discontinuity(
        &mut self,
        name: &StreamName,
        reason: protocol::DiscontinuityReason,
    ) -> Result<(), Violation> {
        let stream = self.number(name)?;
        let tears_resume = self.expectations[stream]
            .discontinuity(reason)
            .map_err(|unexpected| Violation::Announced { stream: name.clone(), unexpected })?;
        if tears_resume && !self.is_resume_torn {
            self.is_resume_torn = true;
            self.figures.resumed_with_gap += 1;
        }
        Ok(())
    }

    /// Frames come in the order in which they were written: what is marked was sent before, unless a snapshot will say it.
    fn heartbeat(&mut self, seqs: &std::collections::BTreeMap<String, u64>) -> Result<(), Violation> {
        self.figures.heartbeats += 1;
        for broken in self.follower.behind(seqs) {
            let stream = self.number(&broken.stream)?;
            if matches!(self.expectations[stream], Expectation::Step { .. }) {
                return Err(broken.into());
            }
        }
        Ok(())
    }

    /// The first stream of those wanted that lacks something others have.
    pub(crate) fn behind(&self, marks: &[u64], wanted: &[bool]) -> Option<Violation> {
        let lacks = |(stream, (mark, wanted)): (usize, (&u64, &bool))| {
            let seq = self.seq(stream).unwrap_or(0);
            (*wanted && seq < *mark).then(|| Violation::Left {
                stream: self.catalogue.name(stream),
                seq,
                mark: *mark,
            })
        };
        marks.iter().zip(wanted).enumerate().find_map(lacks)
    }
}

#[cfg(test)]
mod tests;
