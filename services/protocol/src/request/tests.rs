use super::*;
use crate::ErrorCode;

fn check_error(text: &str, code: ErrorCode, expected: &str) {
    let refused = Request::parse(text).unwrap_err();
    assert_eq!(refused.error.code, code, "{text}: {}", refused.error.message);
    assert!(refused.error.message.contains(expected), "{text}: {}", refused.error.message);
}

#[test]
fn requests_parse() {
    let request = Request::parse(r#"{"op":"subscribe","id":1,"streams":["ticker:*","nope"]}"#).unwrap();
    assert_eq!(request.id, Some(RequestId::Number(1)));
    let Op::Subscribe { targets, options } = request.op else { panic!("{request:?}") };
    assert_eq!(options, Options::default());
    assert_eq!(targets[0], Ok(StreamPattern::All(crate::Channel::Ticker)));
    assert!(targets[1].as_ref().unwrap_err().message.contains("not a stream"));
    let ping = Request::parse(r#"{"op":"ping","id":"a","ts":5}"#).unwrap();
    assert_eq!(ping, Request { id: Some(RequestId::Text("a".into())), op: Op::Ping { ts: Some(5) } });
}

#[test]
fn mistakes_are_named() {
    check_error("{", ErrorCode::BadFrame, "EOF");
    check_error("\"hello\"", ErrorCode::BadRequest, "expected");
    check_error(r#"{"op":5}"#, ErrorCode::BadRequest, "expected");
    check_error(r#"{"op":5,"#, ErrorCode::BadFrame, "expected");
    check_error("[[[", ErrorCode::BadFrame, "expected");
    check_error(r#"["list"]"#, ErrorCode::BadRequest, "not an object");
    check_error(r#"{"op":"buy","id":7}"#, ErrorCode::UnknownOp, "expected one of subscribe");
    check_error(r#"{"op":"subscribe"}"#, ErrorCode::BadRequest, "needs `streams`");
    check_error(r#"{"op":"subscribe","streams":[]}"#, ErrorCode::BadRequest, "needs `streams`");
    check_error(r#"{"op":"list","streams":["a"]}"#, ErrorCode::BadRequest, "no meaning");
    check_error(r#"{"op":"resync","streams":["a"],"max_hz":1}"#, ErrorCode::BadRequest, "no meaning");
    check_error(r#"{"op":"configure","streams":["a"]}"#, ErrorCode::BadRequest, "needs `policy` or");
    check_error(r#"{"op":"configure","streams":["a"],"max_hz":-1}"#, ErrorCode::BadRequest, "0.01 to");
    check_error(r#"{"op":"resume","seqs":{"ticker:A":1}}"#, ErrorCode::BadRequest, "needs `epoch`");
    check_error(r#"{"op":"resume","epoch":"0"}"#, ErrorCode::BadRequest, "needs `seqs`");
    check_error(r#"{"op":"ping","nope":1}"#, ErrorCode::BadRequest, "nope");
    check_error(
        r#"{"op":"ping","id":-1}"#,
        ErrorCode::BadRequest,
        "expected `id` to be an integer from 0 up",
    );
    check_error(r#"{"op":"subscribe","streams":["a"],"policy":"drop"}"#, ErrorCode::BadRequest, "conflate");
}

#[test]
fn a_resume_names_each_stream_and_its_last_seq() {
    let text = r#"{"op":"resume","epoch":"e","seqs":{"nope":2,"ticker:A":1},"max_hz":2.5}"#;
    let Op::Resume { epoch, marks, options } = Request::parse(text).unwrap().op else { panic!() };
    assert_eq!((epoch.as_str(), options.max_hz.interval_micros()), ("e", 500_000));
    assert!(marks[0].0.as_ref().unwrap_err().message.contains("not a stream"));
    assert_eq!((marks[1].0.as_ref().unwrap().to_string(), marks[1].1), ("ticker:A".into(), 1));
}

#[test]
fn the_id_is_kept_where_it_can_be_read() {
    let refused = Request::parse(r#"{"op":"ping","id":9,"nope":1}"#).unwrap_err();
    assert_eq!(refused.id, Some(RequestId::Number(9)));
    let long = format!(r#"{{"op":"ping","id":"{}"}}"#, "x".repeat(65));
    check_error(&long, ErrorCode::BadRequest, "at most 64 characters");
}

#[test]
fn an_error_quotes_little_of_what_came() {
    let long = "x".repeat(60_000);
    for text in
        [format!(r#"{{"op":"ping","{long}":1}}"#), format!(r#"{{"op":"subscribe","policy":"{long}"}}"#)]
    {
        let message = Request::parse(&text).unwrap_err().error.message;
        assert!(message.chars().count() < 300, "{} bytes", message.len());
    }
}

#[test]
fn a_url_lists_streams() {
    assert_eq!(Op::subscribe_list("ticker:*,,trades:BTC-USDT").len(), 2);
    assert!(Op::subscribe_list("").is_empty());
}
