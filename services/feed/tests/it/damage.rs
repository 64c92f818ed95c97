use std::error::Error;

use feed::{
    Damage, LINE_BYTES_MAX, Progress, RECORDING_LINES_MAX, Replay, ReplayConfig, ReplayError, Source,
    SourceError,
};
use market::{Body, Ts};

use crate::raw::text;
use crate::{EXCERPT, NOW, all, config, once};

fn lines() -> Vec<String> {
    text().lines().map(str::to_owned).collect()
}

/// Plays the excerpt with `change`d lines: what is before line `line` comes, then the error.
fn check(change: impl FnOnce(&mut Vec<String>), line: u64, expected: &str) {
    let mut lines = lines();
    change(&mut lines);
    let mut replay = once(lines.join("\n").as_bytes()).unwrap();
    assert_eq!(replay.summary().lines, line - 1);
    let (events, error) = all(&mut replay);
    let before = usize::try_from(line - 1).unwrap();
    let untouched = all(&mut once(lines[..before].join("\n").as_bytes()).unwrap()).0;
    assert_eq!(events, untouched, "all lines before are played, none after");
    let error = error.unwrap();
    let text = error.to_string();
    assert!(
        text.starts_with(&format!("the recording data/btcusdt_excerpt.gz is damaged at line {line}: ")),
        "{text}"
    );
    assert!(text.contains(expected), "{text}");
    let mut more = Vec::new();
    assert_eq!(replay.advance(Ts(u64::MAX), &mut more), Err(error), "an error is final");
    assert_eq!(more, []);
}

#[test]
fn damaged_lines_are_named() {
    check(|lines| lines[99] = "nonsense".into(), 100, "begins with `nonsense`; expected nanoseconds");
    check(|lines| lines[99] = String::new(), 100, "begins with ``");
    check(|lines| lines[99].truncate(60), 100, "not a message that Binance sends: EOF while parsing");
    check(|lines| lines[99].replace_range(0..4, "1722"), 100, "expected it not to go back");
    check(|lines| lines[99].replace_range(0..4, "1823"), 100, "at most 3600 s later");
    check(|lines| lines[99] = "x".repeat(LINE_BYTES_MAX + 1), 100, "longer than 1048576 bytes");
    check(|lines| lines[99] = lines[99].replace("BTCUSDT", "btc/usdt"), 100, "symbol `BTC/-USDT`");
}

#[test]
fn a_gap_in_the_depth_updates_is_named() {
    let all = lines();
    let depth: Vec<_> = (0..all.len()).filter(|at| all[*at].contains("@depth")).collect();
    let (gone, next) = (depth[20], depth[21]);
    check(
        |lines| drop(lines.remove(gone)),
        next as u64,
        "depth updates of BTCUSDT are missing: found update id",
    );
}

#[test]
fn the_error_comes_after_the_events() {
    let mut damaged = lines();
    damaged[99] = "nonsense".into();
    let mut replay = Replay::read(&config(true), damaged.join("\n").as_bytes(), NOW).unwrap();
    assert!(replay.label().text.ends_with("once, damaged at line 100"), "a damaged recording is not looped");
    assert_eq!(replay.start_ts(), NOW);
    let mut events = Vec::new();
    assert_eq!(replay.advance(NOW.plus(1), &mut events), Ok(Progress::Running));
    assert_eq!(replay.advance(NOW.plus(60 * Ts::SECOND), &mut events), Ok(Progress::Running));
    let last = events.last().unwrap();
    assert_eq!((&last.body, replay.next_ts()), (&Body::Tick, Some(last.ts)), "due: the error");
    let error = replay.advance(NOW.plus(60 * Ts::SECOND), &mut events);
    assert!(matches!(error, Err(SourceError::Recording { line: 100, damage: Damage::TimeStamp { .. }, .. })));
}

#[test]
fn a_truncated_gzip_stream_is_played_as_far_as_it_goes() {
    let mut replay = once(&EXCERPT[..EXCERPT.len() / 2]).unwrap();
    let whole = all(&mut once(EXCERPT).unwrap()).0;
    let (events, error) = all(&mut replay);
    assert!(events.len() > 400);
    assert_eq!(events[..events.len() - 1], whole[..events.len() - 1], "all but the last tick");
    let Some(SourceError::Recording { line, damage: Damage::Unreadable { .. }, .. }) = error else {
        panic!("{error:?}");
    };
    assert_eq!(line, replay.summary().lines + 1);
}

fn refused(recording: &[u8], expected: &str) {
    let error = once(recording).map(|_| ()).unwrap_err().to_string();
    assert!(error.contains(expected), "{error}");
}

#[test]
fn without_anything_to_play_it_does_not_open() {
    refused(b"", "data/btcusdt_excerpt.gz has nothing to play: 0 lines; expected trade");
    refused(br#"5 {"stream":"btcusdt@kline_1m","data":{}}"#, "has nothing to play: 1 lines");
    refused(b"nonsense\n", "damaged at line 1, before its first event: it begins with `nonsense`");
    refused(&[0x1f, 0x8b], "damaged at line 1, before its first event: it cannot be read");
    refused(&[0; 300], "damaged at line 1");
    refused(&EXCERPT[..40], "it cannot be read");
}

#[test]
fn files_that_cannot_be_opened_are_named() {
    let missing = ReplayConfig { file: "no/such/file.gz".into(), ..config(true) };
    let Err(error) = Replay::open(&missing, NOW) else { panic!("opened") };
    assert_eq!(error.to_string(), "cannot open the recording no/such/file.gz");
    assert!(error.source().unwrap().to_string().contains("No such file"));
    let folder = ReplayConfig { file: env!("CARGO_MANIFEST_DIR").into(), ..config(true) };
    assert!(matches!(Replay::open(&folder, NOW), Err(ReplayError::Open { .. })));
}

#[test]
fn a_recording_of_too_many_lines_is_refused() {
    let line = "5 {\"stream\":\"\"}\n";
    let text = line.repeat(usize::try_from(RECORDING_LINES_MAX).unwrap() + 1);
    refused(text.as_bytes(), "is too large: at line 1000001 it exceeds 1000000 lines; play a part of it");
}
