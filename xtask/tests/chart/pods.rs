//! What every pod is allowed, and how it ends.

use serde_json::{Value as Json, json};

use crate::files;
use crate::helm::{find, objects, objects_of};

/// The pods' specs, with the names of what has them.
fn pods(objects: &[Json]) -> Vec<(String, Json)> {
    let pod = |object: &Json| {
        let spec = match object["kind"].as_str()? {
            "Deployment" => &object["spec"]["template"]["spec"],
            "Pod" => &object["spec"],
            _ => return None,
        };
        Some((object["metadata"]["name"].to_string(), spec.clone()))
    };
    objects.iter().filter_map(pod).collect()
}

/// The level `restricted` of the Pod Security Standards, and more: no token, nothing to write to but memory.
#[test]
fn every_pod_is_restricted() {
    let all: Vec<_> =
        std::iter::once(objects("{}")).chain(files().iter().map(|file| objects_of(file))).collect();
    for (name, pod) in all.iter().flat_map(|objects| pods(objects)) {
        assert_eq!(pod["automountServiceAccountToken"], false, "{name}");
        assert_eq!(pod["securityContext"]["runAsNonRoot"], true, "{name}");
        assert_eq!(pod["securityContext"]["seccompProfile"]["type"], "RuntimeDefault", "{name}");
        for container in pod["containers"].as_array().unwrap() {
            let expected = json!({
                "allowPrivilegeEscalation": false,
                "readOnlyRootFilesystem": true,
                "capabilities": {"drop": ["ALL"]},
            });
            assert_eq!(container["securityContext"], expected, "{name}");
            assert!(container["resources"]["limits"]["memory"].is_string(), "{name}: no limit of memory");
        }
    }
}

#[test]
fn probes_ask_the_admin_port() {
    let objects = objects("{}");
    let container = &find(&objects, "Deployment", "-backend")["spec"]["template"]["spec"]["containers"][0];
    for (probe, path) in [("startupProbe", "/live"), ("livenessProbe", "/live"), ("readinessProbe", "/ready")]
    {
        assert_eq!(container[probe]["httpGet"], json!({"path": path, "port": "admin"}), "{probe}");
    }
}

/// Endpoints forget the pod, then it is told to end, then its clients are; SIGKILL comes after all that.
#[test]
fn a_backend_has_the_time_to_drain() {
    for (values, pause, grace) in [
        ("{}", json!(5), 5 + 15 + 10),
        ("backend: {preStopSeconds: 8, config: {drain: {deadline_ms: 20500}}}", json!(8), 8 + 21 + 10),
        ("backend: {preStopSeconds: 0, config: {drain: null}}", Json::Null, 10 + 10),
        ("backend: {terminationGracePeriodSeconds: 21}", json!(5), 21),
    ] {
        let objects = objects(values);
        let pod = &find(&objects, "Deployment", "-backend")["spec"]["template"]["spec"];
        assert_eq!(pod["terminationGracePeriodSeconds"], grace, "{values}");
        assert_eq!(pod["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"], pause, "{values}");
    }
}

/// A frontend that goes has its clients told by the backends; those that stay are cut off after drainSeconds.
#[test]
fn a_frontend_has_its_clients_told_and_waits_for_them() {
    let objects = objects("frontend: {drainSeconds: 40}");
    let pod = &find(&objects, "Deployment", "-frontend")["spec"]["template"]["spec"];
    assert_eq!(pod["terminationGracePeriodSeconds"], 5 + 40 + 10);
    let container = &pod["containers"][0];
    let variables = container["env"].as_array().unwrap();
    assert!(variables.contains(&json!({"name": "ENTRANCE_SHUTDOWN_SECONDS", "value": "40"})));
    let pods = json!({"name": "ENTRANCE_BACKENDS", "value": "desk-tickwire-backend-pods.market.svc.cluster.local:8000"});
    assert!(variables.contains(&pods), "{variables:?}");
    assert_eq!(container["lifecycle"]["preStop"]["exec"]["command"], json!(["leave.sh", "5"]));
}

#[test]
fn replicas_are_spread_and_replaced_one_by_one() {
    let objects = objects("{}");
    for name in ["-backend", "-frontend"] {
        let spec = &find(&objects, "Deployment", name)["spec"];
        assert_eq!(spec["replicas"], 2);
        assert_eq!(spec["strategy"]["rollingUpdate"], json!({"maxSurge": 1, "maxUnavailable": 0}));
        let spread = spec["template"]["spec"]["topologySpreadConstraints"].as_array().unwrap();
        let keys: Vec<_> = spread.iter().map(|one| one["topologyKey"].as_str().unwrap()).collect();
        assert_eq!(keys, ["topology.kubernetes.io/zone", "kubernetes.io/hostname"]);
        assert!(spread.iter().all(|one| one["labelSelector"] == spec["selector"]));
    }
}

#[test]
fn helm_test_verifies_a_real_stream() {
    let objects = objects("frontend: {service: {port: 8081}}");
    let pod = find(&objects, "Pod", "-test");
    assert_eq!(pod["metadata"]["annotations"]["helm.sh/hook"], "test");
    let url = "--url=ws://desk-tickwire-frontend.market.svc.cluster.local:8081/ws";
    let expected = json!(["tail", url, "--count=500", "book:10:*", "ticker:*"]);
    assert_eq!(pod["spec"]["containers"][0]["args"], expected);
    assert_eq!(
        (&pod["spec"]["restartPolicy"], &pod["spec"]["activeDeadlineSeconds"]),
        (&json!("Never"), &json!(90))
    );
}
