//! Built-in < file < environment < flags.

use gateway::cli::ServeFlags;
use gateway::config::{AllowedOrigins, Config, LogFormat, variable_of};
use protocol::FeedKind;

use crate::{Given, setting};

const FILE: &str = "[stream]\nflush_ms = 20\nshards = 2\n[feed]\nspeed = 2\n[market]\nseed = 5\n";

#[test]
fn each_layer_goes_before_the_last() {
    let flags = ServeFlags { speed: Some("4".into()), ..ServeFlags::default() };
    let environment =
        [("TICKWIRE_FEED__SPEED", "3.5"), ("TICKWIRE_STREAM__FLUSH_MS", "0"), ("HOME", "/root")];
    let loaded = Given { file: Some(FILE), environment: &environment, flags }.loaded();
    for (key, value, origin) in [
        ("stream.heartbeat_ms", "5000", "default"),
        ("stream.shards", "2", "file /"),
        ("market.seed", "5", "file /"),
        ("stream.flush_ms", "0", "environment TICKWIRE_STREAM__FLUSH_MS"),
        ("feed.speed", "4.0", "flag --speed"),
    ] {
        let (text, from) = setting(&loaded, key);
        assert_eq!(text, Some(value), "{key}");
        assert!(from.to_string().starts_with(origin), "{key}: {from}");
    }
    assert_eq!(loaded.config.stream.flush_ms, 0);
}

#[test]
fn flags_are_keys() {
    let text = |text: &str| Some(text.to_owned());
    let here = env!("CARGO_MANIFEST_DIR");
    let flags = ServeFlags {
        listen: text("[::]:80"),
        admin_listen: text("0.0.0.0:81"),
        dashboard: text(here),
        feed: text("replay"),
        file: text(&format!("{here}/Cargo.toml")),
        no_loop: true,
        seed: text("9223372036854775807"),
        ..ServeFlags::default()
    };
    let Config { http, feed, market, .. } = Given { flags, ..Given::default() }.loaded().config;
    assert_eq!((http.listen.to_string(), http.admin_listen.port()), ("[::]:80".into(), 81));
    assert_eq!(http.dashboard, Some(here.into()));
    assert_eq!((feed.kind, feed.looped), (FeedKind::Replay, false));
    assert_eq!(market.seed, u64::MAX / 2);
}

#[test]
fn variables_are_texts_of_any_type() {
    let environment = [
        ("TICKWIRE_FEED__KIND", "metronome"),
        ("TICKWIRE_FEED__LOOP", "false"),
        ("TICKWIRE_FEED__METRONOME__SYMBOLS", "3"),
        ("TICKWIRE_LOG__FORMAT", "json"),
        ("TICKWIRE_HTTP__ALLOWED_ORIGINS", "https://a.example, http://b.example:3000,"),
    ];
    let Config { feed, log, http, .. } =
        Given { environment: &environment, ..Given::default() }.loaded().config;
    assert_eq!((feed.kind, feed.looped, feed.metronome.symbols), (FeedKind::Metronome, false, 3));
    assert_eq!(log.format, LogFormat::Json);
    let listed = AllowedOrigins::Listed(vec!["https://a.example".into(), "http://b.example:3000".into()]);
    assert_eq!(http.allowed_origins, listed);
}

#[test]
fn a_variable_names_the_file_and_a_flag_another() {
    let file = crate::Temporary::new(FILE);
    let path = file.0.to_str().expect("a name of ASCII letters");
    let environment = [("TICKWIRE_CONFIG", path)];
    assert_eq!(Given { environment: &environment, ..Given::default() }.loaded().config.stream.shards, 2);
    let given = Given { file: Some("stream.shards = 3"), environment: &environment, ..Given::default() };
    assert_eq!(given.loaded().config.stream.shards, 3);
}

#[test]
fn what_is_not_ours_is_passed_over() {
    let environment = [
        ("TICKWIRE_STREAM__SHARDS", ""),
        ("TICKWIRE_SERVICE_HOST", "10.0.0.1"),
        ("TICKWIRE_SERVICE_PORT_HTTP", "80"),
        ("TICKWIRE_PORT", "tcp://10.0.0.1:80"),
        ("TICKWIRE_PORT_80_TCP_ADDR", "10.0.0.1"),
        ("TICKWIRE_GATEWAY_SERVICE_PORT", "80"),
    ];
    let loaded = Given { environment: &environment, ..Given::default() }.loaded();
    assert_eq!(loaded, Given::default().loaded());
}

#[test]
fn a_file_replaces_the_list_of_instruments() {
    let one = "[[market.instruments]]\nsymbol = \"A-B\"\nkind = \"crypto\"\ntick_size = \"0.01\"\nlot_size = \"1\"\nprice = \"5\"\n";
    let market = Given { file: Some(one), ..Given::default() }.loaded().config.market;
    assert_eq!(market.instruments.len(), 1);
    assert_eq!(market.seed, Given::default().loaded().config.market.seed);
}

/// The doc comment of each field names its variable and default.
#[test]
fn each_field_documents_its_variable_and_default() {
    let sources = [
        include_str!("../../src/config/http.rs"),
        include_str!("../../src/config/feed.rs"),
        include_str!("../../src/config/stream.rs"),
        include_str!("../../src/config/limits.rs"),
        include_str!("../../src/config/drain.rs"),
        include_str!("../../src/config/log.rs"),
    ]
    .concat()
    .replace("\n    /// ", " ");
    let loaded = Given::default().loaded();
    for setting in loaded.settings.iter().filter(|setting| !setting.key.starts_with("market.")) {
        let default = match &setting.text {
            Some(text) => format!("default `{text}`"),
            None => "not set by default".into(),
        };
        let expected = format!("`{}`, {default}", variable_of(setting.key));
        assert!(sources.contains(&expected), "no field documents {expected}");
    }
}
