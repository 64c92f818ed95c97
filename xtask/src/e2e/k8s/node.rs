//! SIGKILL for a process in a container: sent from the node, as nothing in the container could.

use std::time::Duration;

use anyhow::{Context as _, Result};
use serde_json::{Value as Json, json};

use super::NODE;
use super::images::OLD;
use super::release::Release;

/// How long the pod on the node may take.
const KILL_MAX: Duration = Duration::from_secs(60);

/// The kubelet mounts files of the pod into each of its containers, and their paths name the pod.
const SCRIPT: &str = r#"
for process in /proc/[0-9]*; do
  if [ "$(cat "$process/comm" 2>/dev/null)" = tickwire ] && grep -q "$POD" "$process/mountinfo" 2>/dev/null; then
    kill -9 "${process#/proc/}" && exit 0
  fi
done
echo "no such process" >&2
exit 1
"#;

/// `kill -9` of the server in this pod.
pub(super) fn kill(release: &Release<'_>, victim: &Json) -> Result<()> {
    let cluster = release.cluster;
    cluster.apply(NODE, &killer(&format!("{}:{OLD}", release.images.frontend), victim))?;
    let code = cluster.until("the process is killed", KILL_MAX, || {
        let pod = cluster.json(&["get", "pod", "killer", "--namespace", NODE, "--output=json"])?;
        Ok(pod["status"]["containerStatuses"][0]["state"]["terminated"]["exitCode"].as_i64())
    })?;
    (code == 0).then_some(()).context("the process could not be killed from the node")
}

fn killer(image: &str, victim: &Json) -> Json {
    json!({
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "killer"},
        "spec": {
            "restartPolicy": "Never",
            "nodeName": victim["spec"]["nodeName"],
            "hostPID": true,
            "tolerations": [{"operator": "Exists"}],
            "containers": [{
                "name": "killer",
                "image": image,
                "command": ["/bin/sh", "-c", SCRIPT],
                "env": [{"name": "POD", "value": victim["metadata"]["uid"]}],
                "securityContext": {"privileged": true, "runAsUser": 0},
            }],
        },
    })
}
