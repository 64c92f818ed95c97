//! Answers to clients that want streams to start, some of them later: a client may come from a replica that is ahead.

use crate::{ClientId, Hub, Origin, Start, StartRequest, StreamId};
use protocol::{DiscontinuityReason, Encoding};

/// How long a client that is ahead waits for this replica to get there, in microseconds. Clocks differ by less; a `seq`
/// that never was is found out.
pub const AHEAD_MICROS_MAX: u64 = 5_000_000;

/// Starts for a client, to be handed to its [`crate::Fanout`] at its place among the batches.
#[derive(Debug)]
pub struct Answer {
    /// Which fan-out.
    pub shard: usize,
    /// Which client.
    pub client: ClientId,
    /// Of which request.
    pub ticket: u32,
    /// The starts.
    pub starts: Vec<Start>,
}

/// A client that is ahead in a stream.
#[derive(Clone, Copy, Debug)]
struct Ahead {
    shard: usize,
    client: ClientId,
    ticket: u32,
    encoding: Encoding,
    stream: StreamId,
    after: u64,
    until: u64,
}

/// Answers requests out of a hub.
#[derive(Debug)]
pub struct Answers {
    /// How many bytes one answer holds, about.
    bytes_max: usize,
    ahead: Vec<Ahead>,
}

impl Answers {
    /// Answers that hold about `bytes_max` bytes each; a client asks again for the rest.
    #[must_use]
    pub const fn new(bytes_max: usize) -> Self {
        Self { bytes_max, ahead: Vec::new() }
    }

    /// How many streams of clients wait for the hub to get there.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.ahead.len()
    }

    /// Answers a request, as of the events published so far. Streams in which the client is ahead are answered by
    /// [`Answers::late`]. `now` is in microseconds.
    pub fn answer(&mut self, hub: &mut Hub, shard: usize, request: StartRequest, now: u64) -> Answer {
        let StartRequest { client, ticket, encoding, wishes } = request;
        let (mut starts, mut room) = (Vec::with_capacity(wishes.len()), self.bytes_max);
        for (stream, origin) in wishes {
            match (hub.start(stream, origin, encoding, &mut room), origin) {
                (None, Origin::After(after)) => {
                    let until = now + AHEAD_MICROS_MAX;
                    self.ahead.push(Ahead { shard, client, ticket, encoding, stream, after, until });
                }
                (start, _) => starts.extend(start),
            }
        }
        Answer { shard, client, ticket, starts }
    }

    /// The answers that became possible, or were waited for too long. To be asked for after each publication.
    pub fn late(&mut self, hub: &mut Hub, now: u64) -> Vec<Answer> {
        let mut answers = Vec::new();
        let bytes_max = self.bytes_max;
        self.ahead.retain(|ahead| {
            let Ahead { shard, client, ticket, encoding, stream, after, until } = *ahead;
            let lost = || Origin::Snapshot(Some(DiscontinuityReason::UnknownSeq));
            let origin = if until <= now { lost() } else { Origin::After(after) };
            let Some(start) = hub.start(stream, origin, encoding, &mut { bytes_max }) else { return true };
            answers.push(Answer { shard, client, ticket, starts: vec![start] });
            false
        });
        answers
    }
}
