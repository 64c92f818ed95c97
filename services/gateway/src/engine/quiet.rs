//! What can wait: every tick changes the candles of all instruments. Those of instruments in which nothing else happened
//! are looked at when the rest is on its way.

use market::{Body, Event};

/// Ticks that wait.
#[derive(Debug)]
pub(super) struct Quiet {
    pub(super) events: Vec<Event>,
    /// By instrument, whether something else happened.
    is_busy: Vec<bool>,
}

impl Quiet {
    pub(super) fn new(instruments: usize) -> Self {
        Self { events: Vec::new(), is_busy: vec![false; instruments] }
    }

    /// Takes the ticks of instruments in which nothing else happened out of `events`. The order of an instrument's events
    /// stays.
    pub(super) fn take_from(&mut self, events: &mut Vec<Event>) {
        let is_tick = |event: &Event| matches!(event.body, Body::Tick);
        if !events.iter().any(is_tick) {
            return;
        }
        self.is_busy.fill(false);
        for event in events.iter().filter(|event| !is_tick(event)) {
            self.is_busy[event.instrument.index()] = true;
        }
        self.events.extend(events.extract_if(.., |event| !self.is_busy[event.instrument.index()]));
    }
}

#[cfg(test)]
mod tests {
    use market::{InstrumentId, Seq, Status, Ts};

    use super::*;

    fn event(instrument: u16, seq: u64, body: Body) -> Event {
        Event { instrument: InstrumentId(instrument), seq: Seq(seq), ts: Ts(seq), step_end: true, body }
    }

    fn seqs(events: &[Event]) -> Vec<u64> {
        events.iter().map(|event| event.seq.0).collect()
    }

    #[test]
    fn ticks_wait_unless_something_else_happened() {
        let status = || Body::Status(Status::default());
        let mut quiet = Quiet::new(3);
        let mut events = vec![
            event(0, 1, Body::Tick),
            event(1, 2, Body::Tick),
            event(2, 3, Body::Tick),
            event(1, 4, status()),
            event(1, 5, Body::Tick),
            event(2, 6, Body::Tick),
        ];
        quiet.take_from(&mut events);
        assert_eq!((seqs(&events), seqs(&quiet.events)), (vec![2, 4, 5], vec![1, 3, 6]));
        let mut without = vec![event(0, 7, status())];
        quiet.take_from(&mut without);
        assert_eq!((seqs(&without), quiet.events.len()), (vec![7], 3));
    }
}
