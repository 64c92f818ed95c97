//! Requests of clients: each is answered, stream by stream.

use protocol::{
    Channel, CloseReason, DiscontinuityReason, ErrorBody, ErrorCode, Op, Options, OptionsChange,
    PatternError, Request, RequestError, RequestId, ServerMessage, StreamError, StreamName, Target,
};

use super::client::Phase;
use super::{ClientId, Fanout, Outlet};
use crate::{Origin, StreamId};

/// A client that goes on with this many times the allowed requests in a second is closed.
const FLOOD_FACTOR: u32 = 5;
/// The window over which requests are counted, in microseconds.
const WINDOW_MICROS: u64 = 1_000_000;

/// What became of the streams that a request named.
#[derive(Debug, Default)]
struct Outcome {
    streams: Vec<StreamName>,
    errors: Vec<StreamError>,
}

impl<O: Outlet> Fanout<O> {
    /// Whether the client's next request should be read: not while it leaves answers unread.
    #[must_use]
    pub fn wants_requests(&self, id: ClientId) -> bool {
        self.client(id).is_some_and(|client| {
            !client.closing && client.outbox_bytes() < self.config.limits.control_bytes_max
        })
    }

    /// Answers a frame of a client.
    pub fn request(&mut self, id: ClientId, frame: &[u8], now: u64) {
        let Some(client) = self.client(id) else { return };
        let (name, op) = match client.framing.encoding().parse_request(frame) {
            Ok(Request { id: name, op }) => (name, Ok(op)),
            Err(RequestError { id: name, error }) => (name, Err(error)),
        };
        match self.admit(id, now).and(op) {
            Ok(op) => self.perform(id, name, op, now),
            Err(error) => self.refuse(id, name, error, now),
        }
    }

    /// Counts a WebSocket ping, or a pong that nobody asked for, as a request.
    pub fn ping(&mut self, id: ClientId, now: u64) {
        if let Err(error) = self.admit(id, now) {
            self.refuse(id, None, error, now);
        }
    }

    /// Answers a frame that cannot be a request, and counts it as one.
    pub fn misfit(&mut self, id: ClientId, error: ErrorBody, now: u64) {
        let error = self.admit(id, now).err().unwrap_or(error);
        self.refuse(id, None, error, now);
    }

    /// Answers what cannot even be a request.
    pub fn refuse(&mut self, id: ClientId, name: Option<RequestId>, error: ErrorBody, now: u64) {
        self.counters.refused_requests += 1;
        self.send(id, &ServerMessage::Error { id: name, error }, now);
    }

    /// Subscribes, as a request would: for `?subscribe=`.
    pub fn subscribe(&mut self, id: ClientId, targets: &[Target], now: u64) {
        if self.client(id).is_some_and(|client| !client.closing) {
            let op = Op::Subscribe { targets: targets.to_vec(), options: Options::default() };
            self.perform(id, None, op, now);
        }
    }

    /// Counts a request against the limit; a client that goes on far beyond it is closed.
    fn admit(&mut self, id: ClientId, now: u64) -> Result<(), ErrorBody> {
        let limit = self.config.limits.requests_per_second;
        self.counters.requests += 1;
        let client = self.client_mut(id).filter(|client| !client.closing).ok_or_else(gone)?;
        client.last_request = now;
        if now.saturating_sub(client.window_start) >= WINDOW_MICROS {
            (client.window_start, client.window_requests) = (now, 0);
        }
        client.window_requests += 1;
        if client.window_requests <= limit {
            return Ok(());
        }
        if client.window_requests > limit.saturating_mul(FLOOD_FACTOR) {
            self.close(id, CloseReason::TooManyRequests, now);
        }
        let message = format!("more than {limit} requests in a second: wait, then ask again");
        Err(ErrorCode::TooManyRequests.with(message))
    }

    fn perform(&mut self, id: ClientId, name: Option<RequestId>, op: Op, now: u64) {
        let limit = self.config.limits.request_streams_max;
        if op.streams() > limit {
            let message = format!("a request names at most {limit} streams: ask in parts");
            return self.refuse(id, name, ErrorCode::BadRequest.with(message), now);
        }
        let answer = match op {
            Op::Subscribe { targets, options } => {
                let Outcome { streams, errors } = self.add(id, &targets, options, now);
                ServerMessage::Subscribed { id: name, streams, errors }
            }
            Op::Unsubscribe { targets } => {
                let Outcome { streams, errors } = self.remove(id, &targets);
                ServerMessage::Unsubscribed { id: name, streams, errors }
            }
            Op::Configure { targets, change } => {
                let Outcome { streams, errors } = self.configure(id, &targets, change, now);
                ServerMessage::Configured { id: name, streams, errors }
            }
            Op::Resync { targets } => {
                let Outcome { streams, errors } = self.renew(id, &targets);
                ServerMessage::Resynced { id: name, streams, errors }
            }
            Op::Resume { epoch, marks, options } => {
                let Outcome { streams, errors } = self.resume(id, &epoch, &marks, options);
                ServerMessage::Resumed { id: name, streams, errors }
            }
            Op::List => self.list(id, name),
            Op::Ping { ts } => ServerMessage::Pong { id: name, client_ts: ts, server_ts: now },
        };
        self.send(id, &answer, now);
        self.request_starts(id);
    }

    fn add(&mut self, id: ClientId, targets: &[Target], options: Options, now: u64) -> Outcome {
        let mut known = Vec::new();
        let outcome = self.each_stream(id, targets, |fanout, stream| {
            if fanout.client(id).is_some_and(|client| client.subscriptions.contains_key(&stream)) {
                known.push(stream);
                return Ok(());
            }
            fanout.begin(id, stream, options, Origin::Snapshot(None))
        });
        self.change(id, &known, options.into_change(), now);
        outcome
    }

    /// Starts a stream that the client does not have.
    fn begin(
        &mut self,
        id: ClientId,
        stream: StreamId,
        options: Options,
        origin: Origin,
    ) -> Result<(), ErrorBody> {
        let limit = self.config.limits.subscriptions_max;
        let client = self.client_mut(id).ok_or_else(gone)?;
        if client.subscriptions.len() >= limit {
            let message = format!("this connection has {limit} subscriptions, and no more are allowed");
            return Err(ErrorCode::TooManySubscriptions.with(message));
        }
        client.want(stream, options, origin);
        Ok(())
    }

    fn resume(
        &mut self,
        id: ClientId,
        epoch: &str,
        marks: &[(Result<StreamName, PatternError>, u64)],
        options: Options,
    ) -> Outcome {
        let same_epoch = epoch == self.config.epoch;
        let mut outcome = Outcome::default();
        for (named, seq) in marks {
            let origin = match same_epoch {
                true => Origin::After(*seq),
                false => Origin::Snapshot(Some(DiscontinuityReason::EpochChanged)),
            };
            match self.resume_one(id, named, options, origin) {
                Ok(name) => outcome.streams.push(name),
                Err(error) => {
                    self.counters.refused_requests += 1;
                    let stream = named.as_ref().map_or_else(|error| error.text.clone(), ToString::to_string);
                    outcome.errors.push(StreamError { stream, error });
                }
            }
        }
        outcome
    }

    fn resume_one(
        &mut self,
        id: ClientId,
        named: &Result<StreamName, PatternError>,
        options: Options,
        origin: Origin,
    ) -> Result<StreamName, ErrorBody> {
        let name = named.as_ref().map_err(|error| ErrorCode::UnknownChannel.with(error.message.clone()))?;
        let stream = StreamId::new(self.directory.find(&name.symbol)?, name.channel);
        if self.client(id).is_some_and(|client| client.subscriptions.contains_key(&stream)) {
            let message = "this connection has this subscription: `resync` starts it anew";
            return Err(ErrorCode::AlreadySubscribed.with(message));
        }
        self.begin(id, stream, options, origin)?;
        Ok(name.clone())
    }

    fn configure(&mut self, id: ClientId, targets: &[Target], change: OptionsChange, now: u64) -> Outcome {
        let mut known = Vec::new();
        let outcome = self.each_stream(id, targets, |fanout, stream| {
            let client = fanout.client(id).ok_or_else(gone)?;
            if !client.subscriptions.contains_key(&stream) {
                return Err(not_subscribed());
            }
            known.push(stream);
            Ok(())
        });
        self.change(id, &known, change, now);
        outcome
    }

    /// Changes how the events of streams come that the client has. What waits in the lane that a stream leaves is sent.
    fn change(&mut self, id: ClientId, streams: &[StreamId], change: OptionsChange, now: u64) {
        let mut waiting = Vec::new();
        for stream in streams {
            let Some(subscription) =
                self.client_mut(id).and_then(|client| client.subscriptions.get_mut(stream))
            else {
                continue;
            };
            let before = subscription.options;
            subscription.options = Options {
                policy: change.policy.unwrap_or(before.policy),
                max_hz: change.max_hz.unwrap_or(before.max_hz),
            };
            let (rate, is_active) = (subscription.options.max_hz, subscription.phase == Phase::Active);
            if is_active && rate != before.max_hz {
                if let Some(stage) = self.lanes.stage_mut(before.max_hz) {
                    waiting.extend(stage.take_out(id.place, *stream));
                }
                let reached = self.high_water[stream.index()];
                if let Some(stage) = self.lanes.stage_mut(rate) {
                    stage.join(id.place, *stream, reached);
                }
            }
        }
        if !streams.is_empty() {
            self.regroup(id.place);
            self.deliver_to(id, waiting, now);
        }
    }

    fn remove(&mut self, id: ClientId, targets: &[Target]) -> Outcome {
        let outcome = self.each_stream(id, targets, |fanout, stream| {
            let client = fanout.client_mut(id).ok_or_else(gone)?;
            if client.unsubscribe(stream) { Ok(()) } else { Err(not_subscribed()) }
        });
        self.regroup(id.place);
        outcome
    }

    fn renew(&mut self, id: ClientId, targets: &[Target]) -> Outcome {
        let outcome = self.each_stream(id, targets, |fanout, stream| {
            let client = fanout.client_mut(id).ok_or_else(gone)?;
            if !client.subscriptions.contains_key(&stream) {
                return Err(not_subscribed());
            }
            client.restart(stream, Origin::Snapshot(None));
            Ok(())
        });
        self.regroup(id.place);
        outcome
    }

    /// Does `what` with each stream that the targets mean. A pattern with `*` passes over the streams that fail, unless
    /// all do. A request that means more streams than a connection may have is cut short: what it costs to answer is
    /// bounded, however often it names the same.
    fn each_stream(
        &mut self,
        id: ClientId,
        targets: &[Target],
        mut what: impl FnMut(&mut Self, StreamId) -> Result<(), ErrorBody>,
    ) -> Outcome {
        let mut outcome = Outcome::default();
        let limit = self.config.limits.subscriptions_max;
        for target in targets {
            let (text, resolved) = match target {
                _ if outcome.streams.len() + outcome.errors.len() >= limit => {
                    outcome.errors.push(cut_short(target, limit));
                    break;
                }
                Ok(pattern) => (pattern.to_string(), self.directory.resolve(pattern)),
                Err(error) => {
                    (error.text.clone(), Err(ErrorCode::UnknownChannel.with(error.message.clone())))
                }
            };
            let done = resolved.and_then(|streams| {
                let mut first_error = None;
                let before = outcome.streams.len();
                for stream in streams {
                    match what(self, stream) {
                        Ok(()) => outcome.streams.push(self.directory.name(stream)),
                        Err(error) => first_error = first_error.or(Some(error)),
                    }
                }
                let limited = |error: &ErrorBody| error.code == ErrorCode::TooManySubscriptions;
                match first_error {
                    Some(error) if outcome.streams.len() == before || limited(&error) => Err(error),
                    _ => Ok(()),
                }
            });
            if let Err(error) = done {
                self.counters.refused_requests += 1;
                outcome.errors.push(StreamError { stream: text, error });
            }
        }
        debug_assert!(self.client(id).is_some(), "only clients that are connected ask");
        outcome
    }

    fn list(&self, id: ClientId, name: Option<RequestId>) -> ServerMessage {
        let mut streams: Vec<StreamId> =
            self.client(id).map(|client| client.subscriptions.keys().copied().collect()).unwrap_or_default();
        streams.sort_unstable();
        ServerMessage::List {
            id: name,
            channels: Channel::ALL.iter().map(|channel| channel.name().to_owned()).collect(),
            instruments: self.directory.instruments().iter().map(Into::into).collect(),
            subscriptions: streams.into_iter().map(|stream| self.directory.name(stream)).collect(),
        }
    }
}

fn cut_short(target: &Target, limit: usize) -> StreamError {
    let stream = target.as_ref().map_or_else(|error| error.text.clone(), ToString::to_string);
    let message = format!("a request names at most {limit} streams: this and what follows it is left undone");
    StreamError { stream, error: ErrorCode::TooManySubscriptions.with(message) }
}

fn not_subscribed() -> ErrorBody {
    ErrorCode::NotSubscribed.with("this connection has no such subscription: `list` names those that it has")
}

fn gone() -> ErrorBody {
    ErrorCode::Internal.with("the connection is closed")
}
