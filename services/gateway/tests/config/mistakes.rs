//! Every mistake is told, with its key, where it came from, what was found and what was expected.

use gateway::cli::ServeFlags;

use crate::Given;

/// One variable, and what is said of it.
fn check_variable(name: &str, value: &str, expected: &str) {
    let errors = Given { environment: &[(name, value)], ..Given::default() }.refused();
    assert_eq!(errors.0.len(), 1, "{errors}");
    let said = errors.0[0].to_string();
    assert!(said.ends_with(expected) && said.contains(name), "{name}={value}: {said}");
}

/// One file, and what is said of it, without the origin.
fn check_file(text: &str, expected: &[(&str, &str)]) {
    let errors = Given { file: Some(text), ..Given::default() }.refused();
    assert_eq!(errors.0.len(), expected.len(), "{text}: {errors}");
    for (mistake, (key, problem)) in errors.0.iter().zip(expected) {
        assert!(mistake.key == *key && mistake.problem.contains(problem), "{text}: {mistake}");
        assert!(mistake.origin.to_string().starts_with("file /"), "{text}: {mistake}");
    }
}

#[test]
fn values_have_types_and_ranges() {
    for (name, value, expected) in [
        ("STREAM__FLUSH_MS", "1001", "found \"1001\", expected a whole number from 0 to 1000"),
        ("STREAM__FLUSH_MS", "-1", "expected a whole number from 0 to 1000"),
        ("STREAM__FLUSH_MS", "ten", "found \"ten\", expected a whole number from 0 to 1000"),
        ("FEED__SPEED", "0", "expected a number from 0.01 to 1000"),
        ("FEED__SPEED", "NaN", "expected a number from 0.01 to 1000"),
        ("FEED__LOOP", "maybe", "expected true or false"),
        ("FEED__KIND", "live", "expected one of simulated, replay, metronome"),
        ("FEED__FILE", "/nowhere", "found \"/nowhere\", expected an existing file"),
        ("HTTP__DASHBOARD", "/nowhere", "expected an existing directory"),
        ("HTTP__LISTEN", "8000", "expected an address and port such as 127.0.0.1:8000 or [::]:8000"),
        ("HTTP__ALLOWED_ORIGINS", "desk.example", "or * alone"),
        ("HTTP__ALLOWED_ORIGINS", "*,https://desk.example", "or * alone"),
        (
            "HTTP__TRUSTED_PROXIES",
            "10.0.0.0/33",
            "expected a list of addresses and networks such as 10.0.0.0/8 or fd00::/8",
        ),
        (
            "HTTP__TRUSTED_PROXIES",
            "10.0.0.1,proxy",
            "expected a list of addresses and networks such as 10.0.0.0/8 or fd00::/8",
        ),
        ("LIMITS__REQUEST_BYTES_MAX", "99999999999999999999", "expected a whole number from 1024 to 1048576"),
        ("LOG__FILTER", "info,gateway=loud", "or levels by target: info,gateway=debug"),
        ("MARKET__SEED", "9223372036854775808", "expected a whole number from 0 to 9223372036854775807"),
        ("MARKET__EVENTS_PER_SECOND", "0", "expected a number from 0.001 to 100000"),
        ("MARKET__INSTRUMENTS", "BTC-USDT", "expected [[market.instruments]] in a file"),
    ] {
        check_variable(&format!("TICKWIRE_{name}"), value, expected);
    }
}

#[test]
fn keys_depend_on_each_other() {
    for (name, value, expected) in [
        ("TICKWIRE_HTTP__ADMIN_LISTEN", "127.0.0.1:8000", "expected another port than http.listen"),
        ("TICKWIRE_DRAIN__SPREAD_MS", "20000", "drain.pause_ms + drain.spread_ms: 500 + 20000"),
        ("TICKWIRE_FEED__KIND", "replay", "is not set, expected a recording: feed.kind is replay"),
    ] {
        let errors = Given { environment: &[(name, value)], ..Given::default() }.refused().to_string();
        assert!(errors.ends_with(expected), "{errors}");
    }
}

#[test]
fn unknown_variables_are_mistakes() {
    for (name, expected) in [
        ("TICKWIRE_STREAM_FLUSH_MS", "did you mean TICKWIRE_STREAM__FLUSH_MS?"),
        ("TICKWIRE_FLUSH_MS", "did you mean TICKWIRE_STREAM__FLUSH_MS?"),
        ("TICKWIRE_STREAM__flush_ms", "did you mean TICKWIRE_STREAM__FLUSH_MS?"),
        ("TICKWIRE_COLOUR", "unknown variable; `tickwire config` prints those there are"),
        ("TICKWIRE_PORT", "unknown variable; `tickwire config` prints those there are"),
    ] {
        let errors = Given { environment: &[(name, "1")], ..Given::default() }.refused().to_string();
        assert!(errors.contains(expected) && errors.contains(&format!("environment {name}: ")), "{errors}");
    }
}

#[test]
fn files_are_strict() {
    check_file("[stream]\nflsh_ms = 5", &[("stream.flsh_ms", "did you mean stream.flush_ms?")]);
    check_file("[steam]\nflush_ms = 5", &[("steam", "unknown key")]);
    check_file("flush_ms = 5", &[("flush_ms", "did you mean stream.flush_ms?")]);
    check_file("stream.flush_ms = \"5\"", &[("stream.flush_ms", "found \"5\", expected a whole number")]);
    check_file("feed.loop = 1", &[("feed.loop", "found 1, expected true or false")]);
    check_file("http = 5", &[("http", "expected a section: [http]")]);
    check_file("http.listen = { x = 1 }", &[("http.listen", "found a section, expected a value")]);
    check_file(
        "http.allowed_origins = [1]",
        &[("http.allowed_origins", "found a list of 1, expected a list")],
    );
}

#[test]
fn instruments_are_checked_by_the_market() {
    let instruments = "market.instruments = [{ symbol = \"a b\", kind = \"crypto\", tick_size = \"0.1\", lot_size = \"1\", \
                       price = \"100\" }, { symbol = \"C\", kind = \"crypto\", tick_size = \"0.1\", lot_size = \"1\", \
                       price = \"100\", activity = 0 }]";
    check_file(
        instruments,
        &[
            ("market.instruments", "instruments[0]: symbol `a b`: expected 1 to 32 characters"),
            (
                "market.instruments",
                "instruments[1].activity is 0, expected a number from 0.000001 to 1000000",
            ),
        ],
    );
    check_file(
        "market.instruments = [{ symbol = \"A\" }, { symbol = \"B\", king = \"crypto\" }]",
        &[
            ("market.instruments", "instruments[0]: missing"),
            ("market.instruments", "instruments[1]: unknown field `king`"),
        ],
    );
    check_file("market.instruments = []", &[("market.instruments", "has 0 entries, expected 1 to 2000")]);
}

#[test]
fn files_that_cannot_be_read() {
    let flags = ServeFlags { config: Some("/nowhere/tickwire.toml".into()), ..ServeFlags::default() };
    let errors = Given { flags, ..Given::default() }.refused().to_string();
    assert!(
        errors.contains("/nowhere/tickwire.toml (flag --config): cannot be read: No such file"),
        "{errors}"
    );
    let errors = Given { file: Some("[stream\nflush_ms = 5"), ..Given::default() }.refused().to_string();
    assert!(errors.contains("is no TOML") && errors.contains("line 1"), "{errors}");
}

#[test]
fn all_mistakes_are_told_at_once() {
    let flags =
        ServeFlags { listen: Some("nowhere".into()), speed: Some("fast".into()), ..ServeFlags::default() };
    let environment = [("TICKWIRE_LOG__FORMAT", "xml"), ("TICKWIRE_NONE", "1")];
    let file = Some("[limits]\nrest_rows_max = 0\nrows = 3\n[drain]\ndeadline_ms = 200");
    let errors = Given { file, environment: &environment, flags }.refused();
    let keys: Vec<_> = errors.0.iter().map(|mistake| mistake.key.as_str()).collect();
    let expected = [
        "limits.rows",
        "TICKWIRE_NONE",
        "http.listen",
        "feed.speed",
        "limits.rest_rows_max",
        "log.format",
        "drain.deadline_ms",
    ];
    assert_eq!(keys, expected, "{errors}");
    assert!(
        errors.to_string().starts_with("the configuration has 7 mistakes:\n  limits.rows (file /"),
        "{errors}"
    );
}
