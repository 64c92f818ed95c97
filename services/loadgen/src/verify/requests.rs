//! What a client asks.

use protocol::{Op, Options, OptionsChange, Policy, Rate, Request, StreamName, StreamPattern, Target};
use rand::RngExt as _;
use rand::seq::IndexedRandom as _;
use tokio_tungstenite::tungstenite::Error;

use super::session::Session;

/// Streams that one request names: far below what its bytes allow.
const STREAMS_AT_ONCE: usize = 500;
/// Streams that one fault touches at most.
const TOUCHED_MAX: usize = 8;
/// Rates that are asked for, in Hertz; 0 for no limit.
const RATES_HZ: [f64; 6] = [0.0, 0.1, 1.0, 4.0, 25.0, 200.0];

impl Session<'_> {
    /// The first words: resumes what there was, and subscribes what there was not.
    pub(super) async fn greet(&mut self, epoch: &str) -> Result<(), Error> {
        let wanted = self.wanted();
        let (known, new): (Vec<_>, Vec<_>) =
            wanted.into_iter().partition(|stream| self.client.checker.seq(*stream).is_some());
        if known.is_empty() && self.client.away_since.is_none() {
            let targets = self.client.patterns.iter().cloned().map(Ok).collect();
            return self.ask(Op::Subscribe { targets, options: Options::default() }).await;
        }
        for part in known.chunks(STREAMS_AT_ONCE) {
            let mark = |stream: &usize| {
                let seq = self.client.checker.seq(*stream).expect("those with one are known");
                (Ok(self.client.shared.catalogue.name(*stream)), seq)
            };
            let marks = part.iter().map(mark).collect();
            self.ask(Op::Resume { epoch: epoch.into(), marks, options: Options::default() }).await?;
        }
        self.subscribe(&new).await
    }

    /// Unsubscribes some streams; subscribes them again at once, or next time. Who has none is closed as idle.
    pub(super) async fn churn(&mut self) -> Result<(), Error> {
        let lacking = self.lacking();
        if !lacking.is_empty() {
            return self.subscribe(&lacking).await;
        }
        let some = self.some();
        let targets = self.targets(&some);
        if targets.is_empty() {
            return Ok(());
        }
        self.ask(Op::Unsubscribe { targets }).await?;
        if some.len() == self.wanted().len() || self.client.rng.random_bool(0.5) {
            return self.subscribe(&some).await;
        }
        for stream in some {
            self.client.wanted[stream] = false;
        }
        Ok(())
    }

    pub(super) async fn resync(&mut self) -> Result<(), Error> {
        let some = self.some();
        match self.targets(&some) {
            targets if targets.is_empty() => Ok(()),
            targets => self.ask(Op::Resync { targets }).await,
        }
    }

    pub(super) async fn configure(&mut self) -> Result<(), Error> {
        let rng = &mut self.client.rng;
        let max_hz = RATES_HZ.choose(rng).copied().and_then(Rate::from_hz);
        let policy = [None, Some(Policy::Conflate), Some(Policy::Disconnect)].choose(rng).copied().flatten();
        let some = self.some();
        match self.targets(&some) {
            targets if targets.is_empty() => Ok(()),
            targets => {
                self.is_configured = true;
                self.client.checker.paces(&some);
                self.ask(Op::Configure { targets, change: OptionsChange { policy, max_hz } }).await
            }
        }
    }

    /// Everything as fast as it comes.
    pub(super) async fn unconfigure(&mut self) -> Result<(), Error> {
        let wanted = self.wanted();
        let change = OptionsChange { policy: None, max_hz: Some(Rate::UNLIMITED) };
        for part in wanted.chunks(STREAMS_AT_ONCE) {
            self.ask(Op::Configure { targets: self.targets(part), change }).await?;
        }
        Ok(())
    }

    async fn subscribe(&mut self, streams: &[usize]) -> Result<(), Error> {
        for stream in streams {
            self.client.wanted[*stream] = true;
        }
        for part in streams.chunks(STREAMS_AT_ONCE) {
            self.ask(Op::Subscribe { targets: self.targets(part), options: Options::default() }).await?;
        }
        Ok(())
    }

    async fn ask(&mut self, op: Op) -> Result<(), Error> {
        let request = Request { id: Some(self.asks.ask()), op };
        self.client.journal.note(&format!("asked: {}", request.encode()));
        self.socket.send(&request).await
    }

    fn targets(&self, streams: &[usize]) -> Vec<Target> {
        let name = |stream: &usize| -> StreamName { self.client.shared.catalogue.name(*stream) };
        streams.iter().map(|stream| Ok(StreamPattern::One(name(stream)))).collect()
    }

    fn wanted(&self) -> Vec<usize> {
        let wanted = self.client.wanted.iter().enumerate();
        wanted.filter(|(_, wanted)| **wanted).map(|(stream, _)| stream).collect()
    }

    /// Streams of the client's mix that it has given up for a while.
    fn lacking(&self) -> Vec<usize> {
        let all =
            self.client.patterns.iter().flat_map(|pattern| self.client.shared.catalogue.expand(pattern));
        let mut lacking: Vec<usize> = all.filter(|stream| !self.client.wanted[*stream]).collect();
        lacking.sort_unstable();
        lacking.dedup();
        lacking
    }

    /// Some of the streams that the client has.
    fn some(&mut self) -> Vec<usize> {
        let wanted = self.wanted();
        let rng = &mut self.client.rng;
        let count = rng.random_range(1..=TOUCHED_MAX);
        let mut some: Vec<usize> = (0..count).filter_map(|_| wanted.choose(rng).copied()).collect();
        some.sort_unstable();
        some.dedup();
        some
    }
}
