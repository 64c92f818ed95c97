//! What happens to the release while clients watch.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value as Json;

use super::NAMESPACE;
use super::entrance::Entrance;
use super::node;
use super::release::{Part, Release};
use super::report::Report;
use super::watch::{self, Seen};
use crate::e2e::clients::{Clients, Figures};
use crate::workspace::Workspace;

/// Before and after, so that all are connected, and whole again.
const CALM: Duration = Duration::from_secs(5);
/// How long a client of a killed server may be away.
const AWAY_MS_MAX: f64 = 15_000.0;
/// Clients that stay while the load that made the scaler add pods goes.
const STAYING: usize = 50;
/// Load that makes the scaler add pods: so many times the clients of the other scenes.
const LOAD_FACTOR: usize = 2;
/// How long the scaler may take to add pods, and to take them away again.
const SCALED_OUT_MAX: Duration = Duration::from_secs(180);
const SCALED_IN_MAX: Duration = Duration::from_secs(300);

/// A stage with clients and a page that is asked for.
struct Stage<'a> {
    workspace: &'a Workspace,
    release: &'a Release<'a>,
    entrance: &'a Entrance,
    clients: usize,
}

/// What clients and page saw, and how long it took.
struct Played {
    figures: Figures,
    seen: Seen,
    took: Duration,
}

type Play = fn(&Stage<'_>) -> Result<Played>;

pub(super) fn play(
    workspace: &Workspace,
    release: &Release<'_>,
    entrance: &Entrance,
    report: &mut Report,
) -> Result<()> {
    let stage = Stage { workspace, release, entrance, clients: release.options.clients };
    let scenes: [(&str, Play); 5] = [
        ("restart of the backend", restart_of_the_backend),
        ("upgrade of both images", upgrade_of_both_images),
        ("kill -9", kill_9),
        ("restart of the frontend", restart_of_the_frontend),
        ("scaled out and in", scaled_out_and_in),
    ];
    for (name, scene) in scenes {
        if name.starts_with("scaled") && !has_metrics(release) {
            report.left_out(name, "the cluster has no metrics API");
            continue;
        }
        println!("      {name}");
        let played = scene(&stage).context(name)?;
        report.scene(name, played.took, &played.figures, played.seen)?;
        played.figures.all_went_on().context(name)?;
        ensure!(played.seen.pages_failed == 0, "{name}: the page failed {} times", played.seen.pages_failed);
    }
    Ok(())
}

impl Stage<'_> {
    /// Clients come, something is done, they go.
    fn under_clients(&self, work: impl FnOnce() -> Result<()>) -> Result<Played> {
        let mut clients = Clients::until_told(self.workspace, &self.entrance.websocket(), self.clients)?;
        clients.wait_until_connected()?;
        std::thread::sleep(CALM);
        let started = Instant::now();
        let (took, seen) = watch::during(self.entrance, || {
            work()?;
            let took = started.elapsed();
            std::thread::sleep(CALM);
            Ok(took)
        })?;
        clients.are_at_work()?;
        Ok(Played { figures: clients.finish()?, seen, took })
    }

    fn replaced(&self, parts: &[Part], work: impl FnOnce() -> Result<()>) -> Result<()> {
        let old: Vec<Vec<Json>> = parts.iter().map(|part| self.release.pods(*part)).collect::<Result<_>>()?;
        work()?;
        for (part, old) in parts.iter().zip(&old) {
            self.release.wait_for_rollout(*part)?;
            self.release.wait_until_gone(*part, old)?;
        }
        Ok(())
    }

    fn rollout_restart(&self, part: Part) -> Result<()> {
        let deployment = format!("deployment/{}", part.object());
        self.release.cluster.kubectl(&["rollout", "restart", &deployment, "--namespace", NAMESPACE])?;
        Ok(())
    }

    /// Everybody was moved, and told so before.
    fn all_were_told(&self, figures: &Figures) -> Result<()> {
        let (reconnects, drains) = (figures.count("reconnects")?, figures.count("drains")?);
        ensure!(reconnects >= self.clients as u64, "{reconnects} reconnects of {} clients", self.clients);
        ensure!(drains >= reconnects, "{drains} were told of {reconnects} that reconnected");
        let untold = figures.count("untold_ends")?;
        ensure!(untold == 0, "{untold} connections ended without a word");
        // Spread over ten seconds and more: at once they would be a stampede.
        let most = figures.count("reconnects_per_second_max")?;
        ensure!(most <= reconnects / 3, "{most} of {reconnects} came back in the same second");
        Ok(())
    }
}

fn restart_of_the_backend(stage: &Stage<'_>) -> Result<Played> {
    let played =
        stage.under_clients(|| stage.replaced(&[Part::Backend], || stage.rollout_restart(Part::Backend)))?;
    stage.all_were_told(&played.figures)?;
    Ok(played)
}

fn upgrade_of_both_images(stage: &Stage<'_>) -> Result<Played> {
    let played = stage
        .under_clients(|| stage.replaced(&[Part::Backend, Part::Frontend], || stage.release.upgrade()))?;
    stage.all_were_told(&played.figures)?;
    Ok(played)
}

/// Nginx can tell nobody: it has the backends tell its clients.
fn restart_of_the_frontend(stage: &Stage<'_>) -> Result<Played> {
    let played = stage
        .under_clients(|| stage.replaced(&[Part::Frontend], || stage.rollout_restart(Part::Frontend)))?;
    stage.all_were_told(&played.figures)?;
    Ok(played)
}

fn kill_9(stage: &Stage<'_>) -> Result<Played> {
    let victim = stage.release.pods(Part::Backend)?.into_iter().next().context("there is a backend")?;
    let played = stage.under_clients(|| {
        node::kill(stage.release, &victim)?;
        // Its container is started again in the same pod.
        let name = victim["metadata"]["name"].as_str().context("a pod has a name")?;
        stage.release.cluster.until("the killed server is back", Duration::from_secs(60), || {
            let status = &stage.release.cluster.get(&["pod", name])?["status"]["containerStatuses"][0];
            let is_back = status["restartCount"].as_i64() > Some(0) && status["ready"] == true;
            Ok(is_back.then_some(()))
        })
    })?;
    let (reconnects, longest) = (played.figures.count("reconnects")?, played.figures.millis("away_max_ms")?);
    ensure!(reconnects > 0, "the killed server had no clients");
    ensure!(longest <= AWAY_MS_MAX, "a client was away for {longest} ms");
    Ok(played)
}

/// Load comes, pods are added; it goes, and they are taken away again under the clients that stay.
fn scaled_out_and_in(stage: &Stage<'_>) -> Result<Played> {
    let least = stage.release.pods(Part::Backend)?.len();
    let few = Stage { clients: STAYING, ..*stage };
    let played = few.under_clients(|| {
        stage.release.change(&["backend.autoscaling.enabled=true"])?;
        let load =
            Clients::until_told(stage.workspace, &stage.entrance.websocket(), stage.clients * LOAD_FACTOR)?;
        let pods = |is: &dyn Fn(usize) -> bool| {
            let count = stage.release.pods(Part::Backend)?.len();
            anyhow::Ok(is(count).then_some(count))
        };
        let cluster = stage.release.cluster;
        let most = cluster.until("pods are added", SCALED_OUT_MAX, || pods(&|count| count > least))?;
        println!("      {most} backends");
        stage.release.wait_for_rollout(Part::Backend)?;
        let figures = load.finish()?;
        figures.all_went_on().context("the load")?;
        cluster.until("pods are taken away", SCALED_IN_MAX, || pods(&|count| count == least))?;
        println!("      {least} backends");
        std::thread::sleep(CALM * 4); // the last one drains
        Ok(())
    })?;
    let untold = played.figures.count("untold_ends")?;
    ensure!(untold == 0, "{untold} connections ended without a word");
    Ok(played)
}

fn has_metrics(release: &Release<'_>) -> bool {
    release.cluster.accepts(&["top", "pods", "--namespace", NAMESPACE])
}
