//! The chart on the cluster: installed, upgraded, tested, rolled back, uninstalled.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value as Json;

use super::cluster::{Cluster, program};
use super::images::{Images, NEW, OLD};
use super::report::Report;
use super::{MONITORING, NAMESPACE, Options};
use crate::command::run;

const NAME: &str = "tickwire";
/// The host of the HTTPRoute; the ingress is for any.
pub(super) const ROUTE_HOST: &str = "gateway.tickwire.test";
/// How long Helm waits for pods.
const WAIT: [&str; 2] = ["--wait", "--timeout=5m"];
/// How long replaced pods may take to be gone: their drains are part of it.
const REPLACED_MAX: Duration = Duration::from_secs(240);

pub(super) struct Release<'a> {
    pub(super) cluster: &'a Cluster,
    pub(super) images: &'a Images,
    pub(super) options: &'a Options,
}

/// A part of the release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Backend,
    Frontend,
}

impl Part {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Backend => "backend",
            Self::Frontend => "frontend",
        }
    }

    /// Its deployment, and its service.
    pub(super) fn object(self) -> String {
        format!("{NAME}-{}", self.name())
    }

    fn selector(self) -> String {
        format!("--selector=app.kubernetes.io/component={}", self.name())
    }
}

impl Release<'_> {
    pub(super) fn install(&self, report: &mut Report) -> Result<()> {
        let started = Instant::now();
        self.helm(&["upgrade", "--install", NAME], &self.values(OLD))?;
        report.time("`helm upgrade --install --wait`, from nothing", started.elapsed());
        Ok(())
    }

    /// To the new images of both parts.
    pub(super) fn upgrade(&self) -> Result<()> {
        self.helm(&["upgrade", NAME], &self.values(NEW))
    }

    /// With other values, of the version that is there.
    pub(super) fn change(&self, values: &[&str]) -> Result<()> {
        let changed = values.iter().flat_map(|value| ["--set".to_owned(), (*value).to_owned()]);
        self.helm(&["upgrade", NAME], &self.values(NEW).into_iter().chain(changed).collect::<Vec<_>>())
    }

    pub(super) fn test(&self) -> Result<()> {
        run(program("helm").args(["test", NAME, "--namespace", NAMESPACE]))
    }

    /// Back to what was installed first.
    pub(super) fn roll_back(&self, report: &mut Report) -> Result<()> {
        let started = Instant::now();
        run(program("helm").args(["rollback", NAME, "1", "--namespace", NAMESPACE]).args(WAIT))?;
        for part in [Part::Backend, Part::Frontend] {
            let deployment = self.cluster.get(&["deployment", &part.object()])?;
            let image = &deployment["spec"]["template"]["spec"]["containers"][0]["image"];
            let is_old = image.as_str().is_some_and(|image| image.ends_with(OLD));
            ensure!(is_old, "after the rollback the image of {} is {image}", part.name());
        }
        report.time("`helm rollback --wait` to the first revision", started.elapsed());
        Ok(())
    }

    pub(super) fn uninstall(&self) -> Result<()> {
        run(program("helm").args(["uninstall", NAME, "--namespace", NAMESPACE]).args(WAIT))
    }

    /// The pods of a part that are not about to end.
    pub(super) fn pods(&self, part: Part) -> Result<Vec<Json>> {
        let mut pods = self.all_pods(part)?;
        pods.retain(|pod| pod["metadata"].get("deletionTimestamp").is_none());
        Ok(pods)
    }

    /// Those that are about to end, too.
    fn all_pods(&self, part: Part) -> Result<Vec<Json>> {
        let list = self.cluster.get(&["pods", &part.selector()])?;
        Ok(list["items"].as_array().context("a list of pods")?.clone())
    }

    /// Waits until none of these pods is left, however long it drains.
    pub(super) fn wait_until_gone(&self, part: Part, old: &[Json]) -> Result<()> {
        let is_old = |pod: &Json| old.iter().any(|old| old["metadata"]["uid"] == pod["metadata"]["uid"]);
        let what = format!("the old pods of the {} are gone", part.name());
        self.cluster
            .until(&what, REPLACED_MAX, || Ok((!self.all_pods(part)?.iter().any(is_old)).then_some(())))
    }

    pub(super) fn wait_for_rollout(&self, part: Part) -> Result<()> {
        let deployment = format!("deployment/{}", part.object());
        self.cluster.kubectl(&[
            "rollout",
            "status",
            &deployment,
            "--namespace",
            NAMESPACE,
            "--timeout=4m",
        ])?;
        Ok(())
    }

    fn helm(&self, verb: &[&str], values: &[String]) -> Result<()> {
        let mut helm = program("helm");
        helm.args(verb).arg(&self.cluster.chart).args(["--namespace", NAMESPACE]).args(WAIT);
        helm.arg("--values").arg(self.cluster.chart.join("ci/e2e-values.yaml"));
        run(helm.args(values).stdout(std::process::Stdio::null()))
    }

    /// What depends on the cluster, and on the version.
    fn values(&self, tag: &str) -> Vec<String> {
        let mut values = vec![
            format!("backend.image.repository={}", self.images.backend),
            format!("backend.image.tag={tag}"),
            format!("frontend.image.repository={}", self.images.frontend),
            format!("frontend.image.tag={tag}"),
            format!("ingress.className={}", self.options.ingress_class),
            format!("networkPolicy.monitoring.namespace={MONITORING}"),
        ];
        if let Some((namespace, name)) =
            self.options.gateway.as_ref().and_then(|gateway| gateway.split_once('/'))
        {
            values.push("httpRoute.enabled=true".into());
            values.push(format!("httpRoute.hostnames[0]={ROUTE_HOST}"));
            values.push(format!("httpRoute.parentRefs[0].name={name}"));
            values.push(format!("httpRoute.parentRefs[0].namespace={namespace}"));
        }
        values.into_iter().flat_map(|value| ["--set".to_owned(), value]).collect()
    }
}
