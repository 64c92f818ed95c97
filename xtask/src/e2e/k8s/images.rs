//! The two images, in two versions of the same content, brought to the nodes.

use std::path::Path;
use std::process::Stdio;

use anyhow::{Context as _, Result, ensure};

use super::Options;
use super::cluster::program;
use crate::command::run;
use crate::workspace::Workspace;

/// Where they are said to be from; no registry is asked.
const REPOSITORIES: [(&str, &str); 2] =
    [("tickwire/backend", "services/gateway/Dockerfile"), ("tickwire/frontend", "frontend/Dockerfile")];
/// What is there without a build, as Compose names it.
const BUILT: &str = "dev";
/// The version that is installed, and the one that it is upgraded to.
pub(super) const OLD: &str = "e2e-1";
pub(super) const NEW: &str = "e2e-2";

pub(super) struct Images {
    pub(super) backend: &'static str,
    pub(super) frontend: &'static str,
}

impl Images {
    /// Builds them, or takes those that are there, and loads both versions.
    pub(super) fn bring(workspace: &Workspace, options: &Options, no_build: bool) -> Result<Self> {
        for (number, (repository, file)) in REPOSITORIES.into_iter().enumerate() {
            let old = format!("{repository}:{OLD}");
            let named = options.images.as_ref().map(|images| images[number].clone());
            match named.or_else(|| no_build.then(|| format!("{repository}:{BUILT}"))) {
                Some(image) => run(program("docker").args(["tag", &image, &old]))?,
                None => build(workspace, file, &old)?,
            }
            derive(&old, &format!("{repository}:{NEW}"))?;
        }
        load(workspace, options)?;
        let [(backend, _), (frontend, _)] = REPOSITORIES;
        Ok(Self { backend, frontend })
    }
}

fn build(workspace: &Workspace, file: &str, tag: &str) -> Result<()> {
    let mut build = program("docker");
    build.args(["build", "--quiet", "--file", file, "--tag", tag, "."]);
    run(build.current_dir(workspace.root()))
}

/// Another image with the same content: what a release that changes nothing would be.
fn derive(from: &str, tag: &str) -> Result<()> {
    let mut build = program("docker");
    build.args(["build", "--quiet", "--tag", tag, "-"]).stdin(Stdio::piped()).stdout(Stdio::null());
    let mut child = build.spawn().context("docker could not be started")?;
    let dockerfile = format!("FROM {from}\nLABEL org.opencontainers.image.version={NEW}\n");
    let mut stdin = child.stdin.take().context("docker has a stdin")?;
    std::io::Write::write_all(&mut stdin, dockerfile.as_bytes())?;
    drop(stdin);
    let status = child.wait()?;
    ensure!(status.success(), "docker build of {tag} ended with {status}");
    Ok(())
}

fn load(workspace: &Workspace, options: &Options) -> Result<()> {
    let archive = workspace.target().join("e2e-images.tar");
    let tags =
        REPOSITORIES.iter().flat_map(|(repository, _)| [OLD, NEW].map(|tag| format!("{repository}:{tag}")));
    run(program("docker").arg("save").arg("--output").arg(&archive).args(tags))?;
    let loaded = load_archive(&options.load_with, &archive);
    // It is large, and of no more use.
    let _ = std::fs::remove_file(&archive);
    loaded
}

/// The command is words, and gets the archive as the last one.
fn load_archive(command: &str, archive: &Path) -> Result<()> {
    let mut words = command.split_whitespace();
    let name = words.next().context("--load-with names no command")?;
    run(std::process::Command::new(name).args(words).arg(archive))
}
