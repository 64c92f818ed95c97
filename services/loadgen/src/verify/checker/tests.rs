use protocol::{Frame, decode_frame};

use super::super::catalogue::catalogue;
use super::*;

const SUBSCRIBED: &str = r#"{"type":"subscribed","id":1,"streams":["bbo:A"],"errors":[]}"#;
const RESUMED: &str = r#"{"type":"resumed","id":2,"streams":["bbo:A"],"errors":[]}"#;
const TOO_OLD: &str = r#"{"type":"discontinuity","reason":"too_old","streams":["bbo:A"]}"#;
const RESYNCED: &str = r#"{"type":"resynced","id":3,"streams":["bbo:A"],"errors":[]}"#;

fn checker() -> Checker {
    let catalogue = Arc::new(catalogue(&["A", "B"]));
    let ledger = Arc::new(Ledger::new(catalogue.streams()));
    Checker::new(1, catalogue, ledger)
}

fn bbo(seq: u64, prev_seq: u64) -> String {
    let snapshot = if prev_seq == 0 { r#","snapshot":true"# } else { "" };
    format!(r#"[{{"ch":"bbo","sym":"A","seq":{seq},"prev_seq":{prev_seq},"ts":1{snapshot}}}]"#)
}

fn tell(checker: &mut Checker, frame: &str) -> Result<(), String> {
    let told = match decode_frame(frame).unwrap() {
        Frame::Events(events) => checker.events(&events),
        Frame::Control(message) => checker.control(&message),
    };
    told.map_err(|violation| violation.to_string())
}

/// All but the last frame are as they should be; `expected` is what is wrong with the last one, empty for nothing.
fn check(frames: &[&str], expected: &str) -> Checker {
    let mut checker = checker();
    let (last, before) = frames.split_last().unwrap();
    for frame in before {
        if *frame == "GONE" {
            checker.disconnected(&[true; 2 * protocol::Channel::COUNT]);
        } else {
            assert_eq!(tell(&mut checker, frame), Ok(()), "{frame}");
        }
    }
    match tell(&mut checker, last) {
        Ok(()) => assert_eq!(expected, "", "{frames:?}"),
        Err(told) => assert!(!expected.is_empty() && told.contains(expected), "{frames:?}: {told}"),
    }
    checker
}

#[test]
fn a_stream_is_a_snapshot_and_then_a_chain() {
    check(&[SUBSCRIBED, &bbo(4, 0), &bbo(6, 4)], "");
    check(&[SUBSCRIBED, &bbo(6, 4)], "expected a snapshot first, because of Subscribed");
    check(&[SUBSCRIBED, &bbo(4, 0), &bbo(9, 6)], "the last one received is 4: events are missing");
    check(&[SUBSCRIBED, &bbo(4, 0), &bbo(6, 0)], "nobody asked for");
    check(&[&bbo(6, 0)], "not subscribed");
}

#[test]
fn a_resume_goes_on_where_the_client_stopped() {
    let checker = check(&[SUBSCRIBED, &bbo(4, 0), "GONE", RESUMED, &bbo(6, 4)], "");
    assert_eq!((checker.figures.resumes, checker.figures.resumed_with_gap), (1, 0));
    check(&[SUBSCRIBED, &bbo(4, 0), "GONE", RESUMED, &bbo(9, 6)], "events are missing");
    check(&[SUBSCRIBED, &bbo(4, 0), "GONE", RESUMED, &bbo(9, 0)], "nobody asked for");
    check(&[SUBSCRIBED, &bbo(4, 0), "GONE", &bbo(6, 4)], "not subscribed");
}

#[test]
fn what_is_told_is_counted_and_no_loss() {
    let checker = check(&[SUBSCRIBED, &bbo(4, 0), "GONE", RESUMED, TOO_OLD, &bbo(9, 0)], "");
    let figures = &checker.figures;
    assert_eq!((figures.resumes, figures.resumed_with_gap, figures.snapshots), (1, 1, 2));
    let checker = check(&[SUBSCRIBED, &bbo(4, 0), "GONE", RESUMED, &bbo(6, 4), TOO_OLD, &bbo(9, 0)], "");
    assert_eq!(checker.figures.resumed_with_gap, 0, "that was later");
    check(&[SUBSCRIBED, &bbo(4, 0), TOO_OLD, &bbo(6, 4)], "expected a snapshot first");
}

#[test]
fn a_resync_is_answered_with_a_snapshot() {
    check(&[SUBSCRIBED, &bbo(4, 0), RESYNCED, &bbo(4, 0), &bbo(5, 4)], "");
    check(&[SUBSCRIBED, &bbo(4, 0), RESYNCED, &bbo(5, 4)], "because of Resynced");
}

#[test]
fn heartbeats_tell_of_losses_at_the_end() {
    let heartbeat = |seq| {
        format!(
            r#"{{"type":"heartbeat","event_ts":1,"engine_ts":1,"send_ts":1,"seqs":{{"bbo:A":{seq},"bbo:B":9}}}}"#
        )
    };
    check(&[SUBSCRIBED, &bbo(4, 0), &heartbeat(4)], "");
    check(&[SUBSCRIBED, &bbo(4, 0), &heartbeat(5)], "the server is at 5, the last event received is 4");
    check(&[SUBSCRIBED, &bbo(4, 0), RESYNCED, &heartbeat(5)], "");
}

#[test]
fn others_know_what_a_client_lacks() {
    let checker = check(&[SUBSCRIBED, &bbo(4, 0)], "");
    let stream = checker.catalogue.number(protocol::Channel::Bbo, "A").unwrap();
    let mut marks = vec![0; checker.catalogue.streams()];
    let mut wanted = vec![false; checker.catalogue.streams()];
    wanted[stream] = true;
    marks[stream] = 4;
    marks[stream + 1] = 100;
    assert!(checker.behind(&marks, &wanted).is_none());
    marks[stream] = 5;
    let lack = checker.behind(&marks, &wanted).unwrap().to_string();
    assert_eq!(lack, "silent loss: bbo:A: stopped at 4, others were told of 5");
}

#[test]
fn refusals_are_told() {
    let refused = r#"{"type":"subscribed","streams":[],"errors":[{"stream":"x","code":"unknown_channel","message":"m","retryable":false}]}"#;
    check(&[refused], "was refused");
}
