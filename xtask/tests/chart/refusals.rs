//! Values that are refused, and what is said of them.

use serde_json::Value as Json;

use crate::helm::{chart, refusal};

fn check(values: &str, expected: &[&str]) {
    let said = refusal(values);
    for expected in expected {
        assert!(said.contains(expected), "{values}: no `{expected}` in\n{said}");
    }
}

/// In every object that has names of its own, another one is refused, and named.
#[test]
fn misspelled_keys_are_refused_everywhere() {
    let text = std::fs::read_to_string(chart().join("values.schema.json")).unwrap();
    let schema: Json = serde_json::from_str(&text).unwrap();
    let mut paths = Vec::new();
    objects(&schema, &schema, "", &mut paths);
    assert!(paths.len() > 40, "{paths:?}");
    for path in paths {
        let (opening, closing) = nested(&path);
        check(&format!("{opening}{{misspelled: 1}}{closing}"), &["misspelled"]);
    }
}

/// All places of objects with names of their own, such as `backend.image`; `[]` is an item of a list.
fn objects(schema: &Json, node: &Json, path: &str, found: &mut Vec<String>) {
    let name = node["$ref"].as_str().and_then(|name| name.strip_prefix('#'));
    let node = name.map_or(node, |name| schema.pointer(name).unwrap());
    if let Some(properties) = node["properties"].as_object() {
        found.push(path.trim_start_matches('.').to_owned());
        for (name, node) in properties {
            objects(schema, node, &format!("{path}.{name}"), found);
        }
    }
    if node.get("items").is_some() {
        objects(schema, &node["items"], &format!("{path}.[]"), found);
    }
}

/// What stands around a value so that it is at this place.
fn nested(path: &str) -> (String, String) {
    let steps = path.split('.').filter(|step| !step.is_empty());
    steps.fold((String::new(), String::new()), |(opening, closing), step| match step {
        "[]" => (format!("{opening}["), format!("]{closing}")),
        name => (format!("{opening}{{{name}: "), format!("}}{closing}")),
    })
}

/// Helm up to 3.17 names a value as `a.b`, later ones as `/a/b`.
fn check_path(values: &str, path: &str) {
    let said = refusal(values);
    let pointer = format!("/{}", path.replace('.', "/"));
    assert!(said.contains(path) || said.contains(&pointer), "{values}: no `{path}` in\n{said}");
}

#[test]
fn values_have_types_and_ranges() {
    for (values, expected) in [
        ("backend: {replicas: 0}", "backend.replicas"),
        ("backend: {replicas: two}", "backend.replicas"),
        ("backend: {image: {tag: 'a b'}}", "backend.image.tag"),
        ("backend: {image: {digest: 'sha256:12'}}", "backend.image.digest"),
        ("backend: {image: {pullPolicy: Sometimes}}", "backend.image.pullPolicy"),
        ("backend: {config: {stream: {flush_ms: 1001}}}", "backend.config.stream.flush_ms"),
        ("backend: {config: {log: {format: xml}}}", "backend.config.log.format"),
        ("backend: {config: {http: {listen: '0.0.0.0:80'}}}", "backend.config.http"),
        ("backend: {config: {market: {instruments: [{symbol: A}]}}}", "backend.config.market.instruments.0"),
        ("backend: {resources: {requests: {cpu: much}}}", "backend.resources.requests.cpu"),
        ("backend: {rollout: {maxSurge: 120%}}", "backend.rollout.maxSurge"),
        ("frontend: {hsts: always}", "frontend.hsts"),
        ("frontend: {service: {type: Cluster}}", "frontend.service.type"),
        ("ingress: {hosts: ['https://a.example']}", "ingress.hosts.0"),
        ("ingress: {annotations: {a: 1}}", "ingress.annotations.a"),
        ("httpRoute: {requestTimeout: long}", "httpRoute.requestTimeout"),
        ("tests: {streams: []}", "tests.streams"),
    ] {
        check_path(values, expected);
    }
}

#[test]
fn values_that_contradict_each_other_are_refused() {
    for (values, expected) in [
        (
            "backend: {terminationGracePeriodSeconds: 20}",
            "backend.terminationGracePeriodSeconds: found 20, expected more than 20: preStopSeconds and config.drain.deadline_ms",
        ),
        (
            "backend: {config: {drain: {spread_ms: 20000}}}",
            "backend.config.drain.deadline_ms: found 15000, expected at least pause_ms + spread_ms: 20500",
        ),
        (
            "frontend: {drainSeconds: 10}",
            "frontend.drainSeconds: found 10, expected more than backend.config.drain.spread_ms, 10000 ms",
        ),
        ("backend: {config: {feed: {kind: replay}}}", "backend.config.feed.file: is not set"),
        ("backend: {config: {feed: {kind: replay, file: /a}}}", "backend.extraVolumeMounts: is empty"),
        (
            "backend: {autoscaling: {enabled: true, minReplicas: 11}}",
            "backend.autoscaling.minReplicas: found 11, expected at most maxReplicas: 10",
        ),
        (
            "backend: {autoscaling: {enabled: true, cpu: {enabled: false}}}",
            "backend.autoscaling: is enabled without anything to scale by: enable cpu or connections",
        ),
        (
            "frontend: {autoscaling: {enabled: true, cpu: {enabled: false}}}",
            "frontend.autoscaling: is enabled without anything to scale by: enable cpu\n",
        ),
        (
            "backend: {autoscaling: {enabled: true}, resources: {requests: {cpu: null}}}",
            "backend.resources.requests.cpu: is not set",
        ),
        (
            "backend: {autoscaling: {enabled: true, connections: {enabled: true, target: 30000}}}",
            "backend.autoscaling.connections.target: found 30000, expected at most config.http.connections_max",
        ),
        (
            "backend: {podDisruptionBudget: {maxUnavailable: 0}}",
            "maxUnavailable: found 0: no pod could ever be evicted",
        ),
        (
            "frontend: {podDisruptionBudget: {maxUnavailable: 0%}}",
            "frontend.podDisruptionBudget.maxUnavailable: found 0%",
        ),
        (
            "backend: {podDisruptionBudget: {minAvailable: 2}}",
            "backend.podDisruptionBudget.minAvailable: found 2 of 2: no pod could ever be evicted",
        ),
        ("backend: {podDisruptionBudget: {minAvailable: 100%}}", "minAvailable: found 100% of 2"),
        ("frontend: {rollout: {maxSurge: 0}}", "frontend.rollout: maxSurge and maxUnavailable are both 0"),
        (
            "frontend: {service: {nodePort: 30000}}",
            "frontend.service.nodePort: is set, but frontend.service.type is ClusterIP",
        ),
        (
            "ingress: {enabled: true, tls: {enabled: true}}",
            "ingress.hosts: is empty, expected the hosts that ingress.tls is for",
        ),
        (
            "ingress: {hosts: [a.example], tls: {enabled: true}}",
            "ingress.tls.enabled: is true, but ingress.enabled is not",
        ),
        (
            "ingress: {tls: {secretName: cert}}",
            "ingress.tls.secretName: is set, but ingress.tls.enabled is not true",
        ),
        ("httpRoute: {enabled: true}", "httpRoute.parentRefs: is empty, expected the Gateways to attach to"),
    ] {
        check(values, &["the values have 1 mistake(s):", expected]);
    }
}

#[test]
fn all_contradictions_are_told_at_once() {
    check(
        "{backend: {config: {drain: {spread_ms: 20000}}, podDisruptionBudget: {maxUnavailable: 0}}, httpRoute: {enabled: true}}",
        &[
            "the values have 3 mistake(s):",
            "drain.deadline_ms",
            "podDisruptionBudget",
            "httpRoute.parentRefs",
        ],
    );
}
