//! Whatever bytes a recording holds: no panic, and either events that fit together or a damage with a name and a line;
//! gzipped it is played the same.

use std::collections::HashMap;
use std::io::Write as _;

use feed::{Progress, Replay, ReplayConfig, ReplayError, Source};
use flate2::{Compression, write::GzEncoder};
use market::{Body, Book, Event, InstrumentId, Ts};

/// 2026-06-01T00:00:00.1Z: not on the grid of the ticks.
const NOW: Ts = Ts(1_780_272_000 * Ts::SECOND + 100_000);

/// How much of a recording is played, in events: gaps between its lines are filled with ticks.
const EVENTS_MAX: usize = 4_000;

/// The longest bytes that are read a second time, gzipped.
const GZIPPED_BYTES_MAX: usize = 4 << 10;

pub(crate) fn check(bytes: &[u8]) -> String {
    let once = played(bytes, false);
    if bytes.len() <= GZIPPED_BYTES_MAX && !bytes.starts_with(&[0x1f, 0x8b]) {
        assert_eq!(played(&gzip(bytes), false), once, "gzipped it is the same");
    }
    played(bytes, true);
    once
}

fn played(bytes: &[u8], looped: bool) -> String {
    let config = ReplayConfig { file: "fuzzed".into(), looped, speed: 1.0 };
    match Replay::read(&config, bytes, NOW) {
        Ok(mut replay) => play(&mut replay),
        Err(error) => refused(&error),
    }
}

fn refused(error: &ReplayError) -> String {
    let text = error.to_string();
    assert!(text.starts_with("the recording fuzzed "), "{text}");
    assert!(matches!(
        error,
        ReplayError::Empty { .. } | ReplayError::Damaged { .. } | ReplayError::TooLarge { .. }
    ));
    text
}

fn play(replay: &mut Replay) -> String {
    let damage = replay.summary().damage.clone();
    if let Some((line, _)) = &damage {
        assert_eq!(*line, replay.summary().lines + 1);
    }
    for instrument in replay.instruments() {
        assert_eq!(instrument.validate(), Ok(()));
    }
    let (mut events, mut ended) = (Vec::new(), None);
    while let Some(next) = replay.next_ts().filter(|_| events.len() < EVENTS_MAX && ended.is_none()) {
        ended = match replay.advance(next.plus(1), &mut events) {
            Ok(Progress::Running) => None,
            Ok(Progress::Ended) => Some(None),
            Err(error) => Some(Some(error.to_string())),
        };
    }
    if let Some(error) = &ended {
        assert_eq!(error.is_some(), damage.is_some(), "the damage is told at the end");
        assert!(events.last().is_some_and(|event| event.step_end));
    }
    check_events(&events);
    format!("{:?} {}", replay.summary(), kinds(&events))
}

fn check_events(events: &[Event]) {
    assert!(events.is_sorted_by_key(|event| event.ts));
    assert!(events.windows(2).all(|pair| pair[1].seq.0 == pair[0].seq.0 + 1));
    let mut books: HashMap<InstrumentId, Book> = HashMap::new();
    for event in events {
        if let Body::Book(delta) = &event.body {
            let book = books.entry(event.instrument).or_default();
            book.apply(delta);
            assert!(!book.is_crossed());
        }
    }
}

/// Which kinds of events follow each other at the beginning.
fn kinds(events: &[Event]) -> String {
    let kind = |event: &Event| match event.body {
        Body::Trade(_) => 't',
        Body::Book(_) => 'b',
        Body::Bbo(_) => 'q',
        Body::Status(_) => 's',
        Body::Tick => '.',
    };
    events.iter().take(40).map(kind).collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}
