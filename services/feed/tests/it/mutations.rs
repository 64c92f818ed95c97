//! Whatever the bytes: no panic, whole steps, books that do not cross, and the line of the damage.

use std::collections::HashMap;
use std::io::Write;

use feed::Source;
use flate2::{Compression, write::GzEncoder};
use market::{Body, Book};
use proptest::prelude::*;

use crate::raw::text;
use crate::{all, once};

#[derive(Clone, Debug)]
enum Mutation {
    Set(usize, u8),
    Insert(usize, u8),
    Remove(usize, usize),
    Repeat(usize, usize),
    Truncate(usize),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let byte = prop_oneof![any::<u8>(), Just(b'\n'), Just(b'"'), b'0'..=b'9'];
    prop_oneof![
        4 => (any::<usize>(), byte.clone()).prop_map(|(at, byte)| Mutation::Set(at, byte)),
        2 => (any::<usize>(), byte).prop_map(|(at, byte)| Mutation::Insert(at, byte)),
        2 => (any::<usize>(), 1_usize..300).prop_map(|(at, len)| Mutation::Remove(at, len)),
        1 => (any::<usize>(), 1_usize..300).prop_map(|(at, len)| Mutation::Repeat(at, len)),
        1 => any::<usize>().prop_map(Mutation::Truncate),
    ]
}

fn apply(bytes: &mut Vec<u8>, mutation: &Mutation) {
    let len = bytes.len().max(1);
    match *mutation {
        _ if bytes.is_empty() => {}
        Mutation::Set(at, byte) => bytes[at % len] = byte,
        Mutation::Insert(at, byte) => bytes.insert(at % len, byte),
        Mutation::Remove(at, count) => drop(bytes.drain(at % len..(at % len + count).min(len))),
        Mutation::Repeat(at, count) => {
            let piece = bytes[at % len..(at % len + count).min(len)].to_vec();
            bytes.splice(at % len..at % len, piece);
        }
        Mutation::Truncate(at) => bytes.truncate(at % len),
    }
}

/// 60 lines around a small snapshot.
fn small() -> Vec<u8> {
    let mut small = String::new();
    for line in text().lines().take(60) {
        match line.split_once(r#""bids":"#) {
            None => small.push_str(line),
            Some((head, _)) => {
                small.push_str(head);
                small.push_str(
                    r#""bids":[["61837.63000000","3.78826000"]],"asks":[["61837.64000000","1.60520000"]]}"#,
                );
            }
        }
        small.push('\n');
    }
    small.into_bytes()
}

fn check(bytes: &[u8]) -> Result<(), TestCaseError> {
    let Ok(mut replay) = once(bytes) else { return Ok(()) };
    let damage = replay.summary().damage.clone();
    if let Some((line, _)) = &damage {
        prop_assert_eq!(*line, replay.summary().lines + 1);
    }
    for instrument in replay.instruments() {
        prop_assert_eq!(instrument.validate(), Ok(()));
    }
    let (events, error) = all(&mut replay);
    prop_assert_eq!(error.is_some(), damage.is_some());
    prop_assert!(events.last().is_some_and(|event| event.step_end));
    prop_assert!(events.is_sorted_by_key(|event| event.ts) && events.is_sorted_by_key(|event| event.seq));
    let mut books: HashMap<_, Book> = HashMap::new();
    for event in &events {
        let book = books.entry(event.instrument).or_default();
        if let Body::Book(delta) = &event.body {
            book.apply(delta);
            prop_assert!(!book.is_crossed());
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn mutated_text(mutations in proptest::collection::vec(mutation(), 0..4)) {
        let mut bytes = small();
        mutations.iter().for_each(|mutation| apply(&mut bytes, mutation));
        check(&bytes)?;
    }

    #[test]
    fn mutated_gzip(mutations in proptest::collection::vec(mutation(), 1..3)) {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(&small()).unwrap();
        let mut bytes = encoder.finish().unwrap();
        mutations.iter().for_each(|mutation| apply(&mut bytes, mutation));
        check(&bytes)?;
    }

    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        check(&bytes)?;
    }
}
