//! The system on Docker Compose, as `docker compose up --build --wait` starts it: the page, its WebSocket, two backends that
//! are killed and drained, an entrance that is restarted, and nothing left in the end.

mod page;
mod project;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use super::clients::{Clients, Figures};
use super::http;
use crate::workspace::Workspace;
use project::{BACKEND, FRONTEND, Project};

/// Clients that watch the replicas come and go.
const CLIENTS: usize = 200;
/// Between two blows, so that all are whole again.
const CALM: Duration = Duration::from_secs(5);
/// Between two looks at the page.
const LOOK: Duration = Duration::from_millis(50);
/// What the issue allows: the whole image of the backend, and what the frontend adds to its base.
const BACKEND_BYTES_MAX: u64 = 15_000_000;
const FRONTEND_BYTES_MAX: u64 = 25_000_000;

pub(super) fn run(workspace: &Workspace, no_build: bool) -> Result<()> {
    let project = Project::new(workspace)?;
    let played = play(workspace, &project, no_build);
    if played.is_err() {
        project.show_logs();
    }
    let left = project.down();
    played.and(left)
}

fn play(workspace: &Workspace, project: &Project, no_build: bool) -> Result<()> {
    let (what, flag) = if no_build {
        ("up until the page is live", "--no-build")
    } else {
        ("built, and up until the page is live", "--build")
    };
    timed(what, || project.up(&[flag]))?;
    sizes(project)?;
    page::check(project)?;
    timed("a second backend", || project.up(&["--no-recreate", "--scale", "backend=2"]))?;
    let figures = blows(workspace, project)?;
    figures.all_went_on()?;
    // Killed, drained, and the entrance restarted: each client was cut off at least once.
    for (name, least) in [("reconnects", CLIENTS as u64), ("resumes", CLIENTS as u64), ("drains", 1)] {
        let count = figures.count(name)?;
        ensure!(count >= least, "{name}: {count}, expected {least} at least");
    }
    tell(&figures)
}

fn sizes(project: &Project) -> Result<()> {
    for (service, max) in [(BACKEND, BACKEND_BYTES_MAX), (FRONTEND, FRONTEND_BYTES_MAX)] {
        let bytes = project.own_bytes(service)?;
        println!("      {service}: {:.1} MB beside its base", megabytes(bytes));
        ensure!(
            bytes <= max,
            "the image of {service} has {bytes} bytes of its own, {max} at most are allowed"
        );
    }
    Ok(())
}

/// Everything that happens to a system in operation, one thing after the other, under clients that would find a loss. The
/// page answers all the time, but for the restart of the entrance itself.
fn blows(workspace: &Workspace, project: &Project) -> Result<Figures> {
    let mut clients = Clients::until_told(workspace, &project.websocket(), CLIENTS)?;
    clients.wait_until_connected()?;
    let (asked, failed) = (AtomicU64::new(0), AtomicU64::new(0));
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                let is_there =
                    http::get(project.address, &project.host(), "/").is_ok_and(|page| page.status == 200);
                asked.fetch_add(1, Ordering::Relaxed);
                failed.fetch_add(u64::from(!is_there), Ordering::Relaxed);
                std::thread::sleep(LOOK);
            }
        });
        let struck = strike(project, &mut clients);
        done.store(true, Ordering::Relaxed);
        struck
    })?;
    let (asked, failed) = (asked.into_inner(), failed.into_inner());
    println!("      page: asked for {asked} times meanwhile, {failed} failed");
    ensure!(failed == 0, "the page must not notice what becomes of the backends");
    timed("the entrance restarted", || project.restart(FRONTEND))?;
    std::thread::sleep(CALM);
    clients.are_at_work()?;
    clients.finish()
}

fn strike(project: &Project, clients: &mut Clients) -> Result<()> {
    for backend in project.containers(BACKEND)? {
        timed("a backend killed (SIGKILL), and well again", || project.kill_and_start(&backend))?;
        std::thread::sleep(CALM);
        clients.are_at_work()?;
    }
    for backend in project.containers(BACKEND)? {
        timed("a backend drained (SIGTERM), and well again", || project.stop_and_start(&backend))?;
        std::thread::sleep(CALM);
        clients.are_at_work()?;
    }
    Ok(())
}

fn tell(figures: &Figures) -> Result<()> {
    println!(
        "      {CLIENTS} clients: {} events, {} checksums verified, {} compared with another client's",
        figures.count("deliveries")?,
        figures.count("checksums_verified")?,
        figures.count("compared")?,
    );
    println!(
        "      {} reconnects, {} resumed, {} of them with a gap, {} silent losses; told to go: {}",
        figures.count("reconnects")?,
        figures.count("resumes")?,
        figures.count("resumed_with_gap")?,
        figures.count("silent_losses")?,
        figures.count("drains")?,
    );
    println!(
        "      away: {:.0} ms in the middle, {:.0} ms for 99 of 100, {:.0} ms at most",
        figures.millis("away_p50_ms")?,
        figures.millis("away_p99_ms")?,
        figures.millis("away_max_ms")?,
    );
    Ok(())
}

fn timed(what: &str, work: impl FnOnce() -> Result<()>) -> Result<()> {
    let started = Instant::now();
    work()?;
    println!("      {what}: {}", crate::steps::shown(started.elapsed()));
    Ok(())
}

#[allow(clippy::cast_precision_loss, reason = "a figure for people")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
