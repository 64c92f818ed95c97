//! What is left in the namespace after `helm uninstall`.

use std::time::Duration;

use anyhow::{Context as _, Result};

use super::NAMESPACE;
use super::cluster::Cluster;
use super::report::Report;

/// How long the last pods may drain.
const GONE_MAX: Duration = Duration::from_secs(180);

/// What every namespace has, and what only tells of the past.
const NOT_OURS: [&str; 4] =
    ["configmap/kube-root-ca.crt", "serviceaccount/default", "event/", "event.events.k8s.io/"];

pub(super) fn none(cluster: &Cluster, report: &mut Report) -> Result<()> {
    let kinds = cluster.kubectl(&["api-resources", "--namespaced", "--verbs=list", "--output=name"])?;
    // The metrics of a pod outlive it by a moment, and are no object.
    let kinds: Vec<_> = kinds.lines().filter(|kind| !kind.ends_with("metrics.k8s.io")).collect();
    let all = kinds.join(",");
    let list = || {
        let list = cluster.kubectl(&[
            "get",
            &all,
            "--namespace",
            NAMESPACE,
            "--output=name",
            "--ignore-not-found",
        ])?;
        let ours: Vec<_> = list
            .lines()
            .filter(|name| !NOT_OURS.iter().any(|not| name.starts_with(not)))
            .map(str::to_owned)
            .collect();
        anyhow::Ok(ours)
    };
    let is_empty = || Ok(list()?.is_empty().then_some(()));
    cluster
        .until("nothing is left", GONE_MAX, is_empty)
        .with_context(|| format!("left: {:?}", list().unwrap_or_default()))?;
    report.fact("objects left by `helm uninstall`", "0");
    Ok(())
}
