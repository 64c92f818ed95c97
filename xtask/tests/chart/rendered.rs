//! What the chart makes of values.

use serde_json::{Value as Json, json};

use crate::files;
use crate::helm::{count, find, lint, objects, objects_of, tickwire_config};

#[test]
fn helm_lint_has_nothing_to_say() {
    let files = files();
    for file in std::iter::once(None).chain(files.iter().map(|file| Some(file.as_path()))) {
        let (is_content, said) = lint(file);
        assert!(is_content, "{file:?}: {said}");
    }
}

#[test]
fn each_file_of_values_makes_the_objects_of_its_switches() {
    let kinds = [
        ("Deployment", [2, 2, 2, 2]),
        ("Service", [3, 3, 3, 3]),
        ("ServiceAccount", [1, 1, 0, 1]),
        ("ConfigMap", [1, 2, 1, 2]),
        ("Ingress", [0, 1, 0, 1]),
        ("HTTPRoute", [0, 1, 0, 0]),
        ("HorizontalPodAutoscaler", [0, 2, 0, 2]),
        ("PodDisruptionBudget", [2, 2, 0, 2]),
        ("NetworkPolicy", [2, 2, 0, 2]),
        ("ServiceMonitor", [0, 1, 0, 1]),
        ("PrometheusRule", [0, 1, 0, 1]),
        ("Pod", [1, 1, 1, 1]),
    ];
    let all: Vec<_> =
        std::iter::once(objects("{}")).chain(files().iter().map(|file| objects_of(file))).collect();
    for (number, objects) in all.iter().enumerate() {
        for (kind, expected) in &kinds {
            assert_eq!(count(objects, kind), expected[number], "{kind} of {number}");
        }
        let known: usize = kinds.iter().map(|(_, expected)| expected[number]).sum();
        assert_eq!(objects.len(), known, "other objects of {number}");
    }
}

/// What the chart makes of settings is what the server reads.
#[test]
fn the_server_takes_its_settings() {
    let values = r#"
        backend:
          config:
            http: {connections_max: 1000000, allowed_origins: ["https://a.example", "http://b.example:3000"]}
            feed: {kind: metronome, speed: 2.5, loop: false, metronome: {symbols: 3, book: true}}
            stream: {replay_bytes_max: 17179869184, shards: 3}
            drain: {pause_ms: 0}
            log: {filter: "info,gateway=debug"}
            market:
              seed: 9007199254740991
              events_per_second: 0.5
              instruments: [{symbol: A-B, kind: crypto, tick_size: "0.01", lot_size: "1", price: "100", activity: 2}]
    "#;
    let said = tickwire_config(&settings(&objects(values))).unwrap_or_else(|mistakes| panic!("{mistakes}"));
    for line in [
        "listen = \"0.0.0.0:8000\"",
        "admin_listen = \"0.0.0.0:9000\"",
        "connections_max = 1000000",
        "allowed_origins = [\"https://a.example\", \"http://b.example:3000\"]",
        "kind = \"metronome\"",
        "speed = 2.5",
        "loop = false",
        "symbols = 3",
        "replay_bytes_max = 17179869184",
        "shards = 3",
        "pause_ms = 0",
        "spread_ms = 10000",
        "format = \"json\"",
        "filter = \"info,gateway=debug\"",
        "seed = 9007199254740991",
        "events_per_second = 0.5",
    ] {
        assert!(said.lines().any(|found| found.starts_with(line)), "no `{line}` in\n{said}");
    }
    assert!(said.contains("symbol = \"A-B\""), "{said}");
}

fn settings(objects: &[Json]) -> String {
    find(objects, "ConfigMap", "-backend")["data"]["tickwire.toml"].as_str().unwrap().to_owned()
}

/// The image has variables for wherever there is no file; here the file counts.
#[test]
fn the_image_s_own_variables_are_emptied() {
    let objects = objects("{}");
    let container = &find(&objects, "Deployment", "-backend")["spec"]["template"]["spec"]["containers"][0];
    for name in ["TICKWIRE_HTTP__LISTEN", "TICKWIRE_HTTP__ADMIN_LISTEN", "TICKWIRE_LOG__FORMAT"] {
        assert!(container["env"].as_array().unwrap().contains(&json!({"name": name, "value": ""})), "{name}");
    }
}

#[test]
fn pods_are_replaced_when_settings_change_and_only_then() {
    let checksum = |values: &str| {
        let deployment = find(&objects(values), "Deployment", "-backend").clone();
        deployment["spec"]["template"]["metadata"]["annotations"]["checksum/config"].clone()
    };
    let plain = checksum("{}");
    assert_eq!(checksum("backend: {replicas: 5}"), plain);
    assert_ne!(checksum("backend: {config: {stream: {flush_ms: 20}}}"), plain);
}

#[test]
fn an_image_is_named_by_tag_or_digest() {
    let digest = format!("sha256:{}", "0".repeat(64));
    let by_digest = format!("backend: {{image: {{digest: '{digest}'}}}}");
    for (values, expected) in [
        ("backend: {image: {repository: here/back}}", format!("here/back:{}", env!("CARGO_PKG_VERSION"))),
        ("backend: {image: {tag: '7'}}", "ghcr.io/tickwire/backend:7".into()),
        (&by_digest, format!("ghcr.io/tickwire/backend@{digest}")),
    ] {
        let objects = objects(values);
        let pod = &find(&objects, "Deployment", "-backend")["spec"]["template"]["spec"];
        assert_eq!(pod["containers"][0]["image"], expected.as_str());
        // `helm test` is of the same image.
        assert_eq!(find(&objects, "Pod", "-test")["spec"]["containers"][0]["image"], expected.as_str());
    }
}

#[test]
fn autoscaling_decides_alone_how_many_and_takes_pods_away_slowly() {
    let objects = objects("backend: {autoscaling: {enabled: true, connections: {enabled: true}}}");
    assert!(find(&objects, "Deployment", "-backend")["spec"].get("replicas").is_none());
    assert_eq!(find(&objects, "Deployment", "-frontend")["spec"]["replicas"], 2);
    let spec = &find(&objects, "HorizontalPodAutoscaler", "-backend")["spec"];
    assert_eq!(
        spec["metrics"][0]["resource"]["target"],
        json!({"type": "Utilization", "averageUtilization": 70})
    );
    assert_eq!(spec["metrics"][1]["pods"]["metric"]["name"], "tickwire_clients");
    assert_eq!(spec["metrics"][1]["pods"]["target"], json!({"type": "AverageValue", "averageValue": "2000"}));
    let (up, down) = (&spec["behavior"]["scaleUp"], &spec["behavior"]["scaleDown"]);
    assert_eq!((&up["stabilizationWindowSeconds"], &up["policies"][0]["value"]), (&json!(0), &json!(4)));
    assert_eq!(
        (&down["stabilizationWindowSeconds"], &down["policies"][0]["value"]),
        (&json!(600), &json!(1))
    );
}

#[test]
fn a_budget_says_how_many_go_or_how_many_stay() {
    let budget = |values: &str| find(&objects(values), "PodDisruptionBudget", "-backend")["spec"].clone();
    let goes = budget("{}");
    assert_eq!((&goes["maxUnavailable"], goes.get("minAvailable")), (&json!(1), None));
    let stays = budget("backend: {podDisruptionBudget: {minAvailable: 50%}}");
    assert_eq!((&stays["minAvailable"], stays.get("maxUnavailable")), (&json!("50%"), None));
}

#[test]
fn rules_and_dashboard_are_those_of_the_repository() {
    let objects = objects("monitoring: {prometheusRule: {enabled: true}, dashboard: {enabled: true}}");
    let rule = find(&objects, "PrometheusRule", "");
    assert!(!rule["spec"]["groups"].as_array().unwrap().is_empty());
    let dashboard = find(&objects, "ConfigMap", "-dashboard");
    assert_eq!(dashboard["metadata"]["labels"]["grafana_dashboard"], "1");
    let dashboard: Json = serde_json::from_str(dashboard["data"]["tickwire.json"].as_str().unwrap()).unwrap();
    assert!(!dashboard["panels"].as_array().unwrap().is_empty());
}
