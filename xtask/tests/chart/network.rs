//! Who reaches whom, and the ways in.

use serde_json::{Value as Json, json};

use crate::helm::{find, objects};

fn labels(component: &str) -> Json {
    json!({
        "app.kubernetes.io/name": "tickwire",
        "app.kubernetes.io/instance": "desk",
        "app.kubernetes.io/component": component,
    })
}

fn pods(component: &str) -> Json {
    json!({"podSelector": {"matchLabels": labels(component)}})
}

#[test]
fn only_the_frontend_reaches_the_backend_and_only_monitoring_its_admin_port() {
    let objects = objects("{}");
    let policy = &find(&objects, "NetworkPolicy", "-backend")["spec"];
    assert_eq!(policy["podSelector"]["matchLabels"], labels("backend"));
    assert_eq!(policy["policyTypes"], json!(["Ingress", "Egress"]));
    let monitoring =
        json!({"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}});
    let expected = json!([
        {"from": [pods("frontend")], "ports": [{"port": "http"}]},
        {"from": [monitoring], "ports": [{"port": "admin"}]},
    ]);
    assert_eq!(policy["ingress"], expected);
    assert_eq!(policy["egress"], json!([]), "it asks nobody for anything");
}

#[test]
fn the_frontend_reaches_the_backend_and_name_servers_only() {
    let objects = objects("{}");
    let policy = &find(&objects, "NetworkPolicy", "-frontend")["spec"];
    assert_eq!(policy["ingress"], json!([{"ports": [{"port": "http"}]}]));
    let egress = policy["egress"].as_array().unwrap();
    assert_eq!(egress.len(), 2);
    assert_eq!(egress[0]["ports"], json!([{"port": 53, "protocol": "UDP"}, {"port": 53, "protocol": "TCP"}]));
    assert_eq!(egress[1], json!({"to": [pods("backend")], "ports": [{"port": "http"}]}));
}

/// Nobody but who is named, and `helm test`.
#[test]
fn who_reaches_the_frontend_can_be_limited() {
    let from = "{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ingress-nginx}}}";
    let objects = objects(&format!("networkPolicy: {{frontendFrom: [{from}]}}"));
    let ingress = &find(&objects, "NetworkPolicy", "-frontend")["spec"]["ingress"];
    let namespace = json!({"matchLabels": {"kubernetes.io/metadata.name": "ingress-nginx"}});
    assert_eq!(ingress[0]["from"], json!([{"namespaceSelector": namespace}, pods("test")]));
}

/// A pod is found by its labels: selectors of services, deployments and policies are those of the pods' own.
#[test]
fn selectors_find_the_pods() {
    let objects = objects("{commonLabels: {team: desk}, backend: {podLabels: {tier: back}}}");
    for component in ["backend", "frontend"] {
        let name = format!("-{component}");
        let deployment = &find(&objects, "Deployment", &name)["spec"];
        let pod = &deployment["template"]["metadata"]["labels"];
        assert_eq!(deployment["selector"]["matchLabels"], labels(component));
        assert_eq!(find(&objects, "Service", &name)["spec"]["selector"], labels(component));
        let selected = labels(component);
        assert!(selected.as_object().unwrap().iter().all(|(name, value)| pod[name] == *value), "{pod}");
    }
    let pods = &find(&objects, "Service", "-backend-pods")["spec"];
    assert_eq!((&pods["clusterIP"], &pods["selector"]), (&json!("None"), &labels("backend")));
    let pod = &find(&objects, "Deployment", "-backend")["spec"]["template"]["metadata"]["labels"];
    assert_eq!((&pod["tier"], &pod["team"]), (&json!("back"), &json!("desk")));
}

#[test]
fn nginx_asks_for_the_whole_name_of_the_backend() {
    let objects = objects("clusterDomain: cluster.example");
    let pod = &find(&objects, "Deployment", "-frontend")["spec"]["template"]["spec"];
    let host = "desk-tickwire-backend.market.svc.cluster.example:8000";
    let variables = pod["containers"][0]["env"].as_array().unwrap();
    assert!(variables.contains(&json!({"name": "ENTRANCE_BACKEND", "value": host})), "{variables:?}");
}

#[test]
fn an_ingress_lets_websockets_live() {
    let values = "ingress: {enabled: true, className: nginx, hosts: [a.example, b.example], tls: {enabled: true, secretName: cert}}";
    let objects = objects(values);
    let ingress = find(&objects, "Ingress", "");
    for timeout in ["proxy-read-timeout", "proxy-send-timeout"] {
        let seconds =
            ingress["metadata"]["annotations"][format!("nginx.ingress.kubernetes.io/{timeout}")].as_str();
        assert!(seconds.unwrap().parse::<u32>().unwrap() >= 3_600, "{timeout}");
    }
    assert_eq!(ingress["metadata"]["annotations"]["nginx.ingress.kubernetes.io/proxy-buffering"], "off");
    assert_eq!(ingress["spec"]["ingressClassName"], "nginx");
    assert_eq!(ingress["spec"]["tls"], json!([{"hosts": ["a.example", "b.example"], "secretName": "cert"}]));
    let rules = ingress["spec"]["rules"].as_array().unwrap();
    let hosts: Vec<_> = rules.iter().map(|rule| rule["host"].as_str().unwrap()).collect();
    assert_eq!(hosts, ["a.example", "b.example"]);
    let service = json!({"name": "desk-tickwire-frontend", "port": {"name": "http"}});
    assert!(rules.iter().all(|rule| rule["http"]["paths"][0]["backend"]["service"] == service));
}

#[test]
fn an_ingress_without_hosts_is_for_any() {
    let objects = objects("ingress: {enabled: true}");
    let rules = find(&objects, "Ingress", "")["spec"]["rules"].as_array().unwrap();
    assert_eq!(rules.len(), 1);
    assert!(rules[0].get("host").is_none());
}

#[test]
fn a_route_has_no_end_of_time() {
    let objects = objects("httpRoute: {enabled: true, parentRefs: [{name: public}], hostnames: [a.example]}");
    let spec = &find(&objects, "HTTPRoute", "")["spec"];
    assert_eq!(spec["parentRefs"], json!([{"name": "public"}]));
    assert_eq!(spec["rules"][0]["timeouts"]["request"], "0s");
    assert_eq!(spec["rules"][0]["backendRefs"], json!([{"name": "desk-tickwire-frontend", "port": 80}]));
}
