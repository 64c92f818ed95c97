//! Who reaches whom, tried from pods; and what the namespace refuses.

use std::time::Duration;

use anyhow::{Result, ensure};
use serde_json::{Value as Json, json};

use super::entrance::Entrance;
use super::images::OLD;
use super::release::{Part, Release};
use super::report::Report;
use super::{MONITORING, NAMESPACE, STRANGERS};

/// How long a pod may take to start and to say whether it was answered.
const TRY_MAX: Duration = Duration::from_secs(60);

/// From where, to what, and whether that is to be answered. The ones that are show that a refusal is the policy's.
const TRIES: [(&str, Part, &str, bool); 7] = [
    (STRANGERS, Part::Frontend, ":80/", true),
    (STRANGERS, Part::Backend, ":8000/api/v1/instruments", false),
    (STRANGERS, Part::Backend, ":9000/live", false),
    (NAMESPACE, Part::Backend, ":8000/api/v1/instruments", false),
    (NAMESPACE, Part::Backend, ":9000/live", false),
    (MONITORING, Part::Backend, ":9000/metrics", true),
    (MONITORING, Part::Backend, ":8000/api/v1/instruments", false),
];

pub(super) fn check(release: &Release<'_>, entrance: &Entrance, report: &mut Report) -> Result<()> {
    for (number, (from, part, rest, expected)) in TRIES.into_iter().enumerate() {
        let url = format!("http://{}.{NAMESPACE}.svc.cluster.local{rest}", part.object());
        let is_answered = is_answered(release, from, &format!("try-{number}"), &url)?;
        let said = if is_answered { "answered" } else { "not answered" };
        ensure!(is_answered == expected, "{url} from a pod in {from}: {said}");
        println!("      {url} from a pod in {from}: {said}");
    }
    entrance.api()?;
    report.fact("who reaches the backend, of frontend, other pods, other namespaces", "the frontend");
    report.fact("who reaches its admin port, of monitoring, other pods, other namespaces", "monitoring");
    refuses_privileged_pods(release, report)
}

/// A pod with the backend's own client, which has no shell.
fn is_answered(release: &Release<'_>, namespace: &str, name: &str, url: &str) -> Result<bool> {
    let image = format!("{}:{OLD}", release.images.backend);
    release.cluster.apply(namespace, &restricted_pod(name, &image, url))?;
    let code = release.cluster.until(&format!("the pod {name} has ended"), TRY_MAX, || {
        let pod = release.cluster.json(&["get", "pod", name, "--namespace", namespace, "--output=json"])?;
        let ended = &pod["status"]["containerStatuses"][0]["state"]["terminated"];
        Ok(ended["exitCode"].as_i64())
    })?;
    release.cluster.kubectl(&["delete", "pod", name, "--namespace", namespace, "--wait=false"])?;
    Ok(code == 0)
}

fn restricted_pod(name: &str, image: &str, url: &str) -> Json {
    json!({
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name},
        "spec": {
            "restartPolicy": "Never",
            "automountServiceAccountToken": false,
            "securityContext": {"runAsNonRoot": true, "seccompProfile": {"type": "RuntimeDefault"}},
            "containers": [{
                "name": "client",
                "image": image,
                "args": ["healthcheck", format!("--url={url}")],
                "securityContext": {"allowPrivilegeEscalation": false, "capabilities": {"drop": ["ALL"]}},
            }],
        },
    })
}

/// The namespace enforces what the chart's pods keep to.
fn refuses_privileged_pods(release: &Release<'_>, report: &mut Report) -> Result<()> {
    let image = format!("--image={}:{OLD}", release.images.backend);
    let arguments =
        ["run", "privileged", "--namespace", NAMESPACE, "--dry-run=server", "--privileged", &image];
    ensure!(!release.cluster.accepts(&arguments), "the namespace takes a privileged pod");
    report.fact("Pod Security level that the namespace enforces", "restricted");
    Ok(())
}
