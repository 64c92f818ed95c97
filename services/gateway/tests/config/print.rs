//! `tickwire config`.

use gateway::cli::ServeFlags;

use crate::Given;

fn given() -> Given<'static> {
    Given {
        file: Some("stream.flush_ms = 7\nhttp.allowed_origins = [\"https://desk.example\"]"),
        environment: &[("TICKWIRE_LOG__FILTER", "info,gateway=debug"), ("TICKWIRE_FEED__SPEED", "10")],
        flags: ServeFlags { seed: Some("42".into()), ..ServeFlags::default() },
    }
}

#[test]
fn every_key_says_where_it_came_from() {
    let printed = given().loaded().to_string();
    for (start, end) in [
        ("heartbeat_ms = 5000 ", " # from default"),
        ("flush_ms = 7 ", ".toml"),
        ("allowed_origins = [\"https://desk.example\"] ", ".toml"),
        ("filter = \"info,gateway=debug\" ", " # from environment TICKWIRE_LOG__FILTER"),
        ("speed = 10.0 ", " # from environment TICKWIRE_FEED__SPEED"),
        ("seed = 42 ", " # from flag --seed"),
        ("# dashboard is not set", ""),
        ("    { symbol = \"BTC-USDT\", ", " },"),
    ] {
        let found = printed.lines().any(|line| line.starts_with(start) && line.ends_with(end));
        assert!(found, "no line `{start}...{end}` in:\n{printed}");
    }
}

#[test]
fn what_is_printed_can_be_given_back() {
    for loaded in [Given::default().loaded(), given().loaded()] {
        let printed = loaded.to_string();
        let again = Given { file: Some(&printed), ..Given::default() }.loaded();
        assert_eq!(again.config, loaded.config, "{printed}");
    }
}

#[test]
fn the_built_in_file_can_be_given_as_one() {
    let file = Some(include_str!("../../default.toml"));
    assert_eq!(Given { file, ..Given::default() }.loaded().config, Given::default().loaded().config);
}
