//! Other servers that do the work of `broadcast`: copied, built, and started as their README says.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::Context;

use super::server::{self, Server};

/// What a peer's client says first.
const CENTRIFUGE_CONNECT: &str = r#"{"id":1,"connect":{}}"#;
const PORT_FIRST: u16 = 18_310;

/// A server that can be started.
#[derive(Clone, Debug)]
pub(super) struct Peer {
    pub(super) name: &'static str,
    pub(super) say: Option<&'static str>,
    pub(super) address: String,
    port: u16,
    folder: PathBuf,
    start: &'static [&'static str],
    variable: Option<(&'static str, &'static str)>,
}

/// How a peer is built and started, in its folder.
struct Recipe {
    name: &'static str,
    folder: &'static str,
    build: &'static [&'static str],
    start: &'static [&'static str],
    variable: Option<(&'static str, &'static str)>,
    say: Option<&'static str>,
}

/// Into an environment of its own.
const PIP: &[&str] = &[
    "sh",
    "-c",
    "python3 -m venv venv && venv/bin/pip install --quiet fastapi==0.165.0 'uvicorn[standard]==0.54.0'",
];
const UVICORN: &[&str] =
    &["sh", "-c", "exec venv/bin/python -m uvicorn app:app --port $PORT --ws websockets --log-level warning"];
const CARGO: &[&str] = &["cargo", "build", "--release", "--quiet", "--target-dir", "target"];

const RECIPES: &[Recipe] = &[
    Recipe {
        name: "bare writes, 10 ms (rawlimit)",
        folder: "rawlimit",
        build: CARGO,
        start: &["target/release/rawlimit"],
        variable: Some(("WINDOW_MS", "10")),
        say: None,
    },
    Recipe {
        name: "Bun pub/sub",
        folder: "bun",
        build: &["npm", "install", "--no-audit", "--no-fund", "bun@1.4.5"],
        start: &["node_modules/.bin/bun", "server.js"],
        variable: None,
        say: None,
    },
    Recipe {
        name: "axum + broadcast channel (axum_naive)",
        folder: "axum_naive",
        build: CARGO,
        start: &["target/release/axum_naive"],
        variable: None,
        say: None,
    },
    Recipe {
        name: "Node ws",
        folder: "node",
        build: &["npm", "install", "--no-audit", "--no-fund", "ws@8"],
        start: &["node", "server.js"],
        variable: None,
        say: None,
    },
    Recipe {
        name: "centrifuge, 10 ms",
        folder: "centrifuge",
        build: &["go", "build", "-o", "centrifuge-server", "."],
        start: &["./centrifuge-server"],
        variable: Some(("WRITE_DELAY_MS", "10")),
        say: Some(CENTRIFUGE_CONNECT),
    },
    Recipe {
        name: "FastAPI, uvicorn",
        folder: "fastapi",
        build: PIP,
        start: UVICORN,
        variable: None,
        say: None,
    },
];

impl Peer {
    /// Starts it on a core and waits until it takes connections.
    pub(super) fn start(&self, core: usize) -> anyhow::Result<Server> {
        let [program, arguments @ ..] = self.start else { anyhow::bail!("{} has no command", self.name) };
        let program = if program.contains('/') { self.folder.join(program) } else { program.into() };
        let mut command = server::bound(Some(core), &program);
        command.args(arguments).current_dir(&self.folder).env("PORT", self.port.to_string());
        if let Some((name, value)) = self.variable {
            command.env(name, value);
        }
        let mut server = Server::start(&mut command)?;
        server.wait_for_port(self.name, &self.address)?;
        Ok(server)
    }
}

/// Builds what can be built, and tells what could not.
pub(super) fn build(peers: &Path, scratch: &Path) -> (Vec<Peer>, Vec<String>) {
    let (mut built, mut missing) = (Vec::new(), Vec::new());
    for (recipe, port) in RECIPES.iter().zip(PORT_FIRST..) {
        println!("building {}", recipe.name);
        match prepare(recipe, peers, scratch) {
            Ok(folder) => built.push(Peer {
                name: recipe.name,
                say: recipe.say,
                address: format!("127.0.0.1:{port}"),
                port,
                folder,
                start: recipe.start,
                variable: recipe.variable,
            }),
            Err(error) => missing.push(format!("{}: {error:#}", recipe.name)),
        }
    }
    (built, missing)
}

/// The peers' own folder is not written to: it is copied first.
fn prepare(recipe: &Recipe, peers: &Path, scratch: &Path) -> anyhow::Result<PathBuf> {
    let source = peers.join(recipe.folder);
    anyhow::ensure!(source.is_dir(), "there is no folder `{}`", recipe.folder);
    let folder = scratch.join(recipe.folder);
    copy(&source, &folder)?;
    let folder = folder.canonicalize()?;
    let [program, arguments @ ..] = recipe.build else { return Ok(folder) };
    let mut command = server::bound(None, Path::new(program));
    command.args(arguments).current_dir(&folder).stdin(Stdio::null()).env_remove("CARGO_TARGET_DIR");
    let output = command.output().with_context(|| format!("starting {program}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    anyhow::ensure!(output.status.success(), "{}", said.lines().last().unwrap_or("it can't be built"));
    Ok(folder)
}

/// Sources only: what was built or installed there is not taken along.
fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from).with_context(|| from.display().to_string())? {
        let entry = entry?;
        let name = entry.file_name();
        if entry.file_type()?.is_dir() {
            if name != "node_modules" && name != "target" && name != "venv" {
                copy(&entry.path(), &to.join(&name))?;
            }
        } else {
            // `fs::copy` would take over that the file may not be written.
            std::fs::write(to.join(&name), std::fs::read(entry.path())?)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_copied_and_what_was_built_is_not() {
        let folder = std::env::temp_dir().join(format!("loadgen-peers-{}", std::process::id()));
        let (from, to) = (folder.join("from"), folder.join("to"));
        std::fs::create_dir_all(from.join("src")).unwrap();
        std::fs::create_dir_all(from.join("target")).unwrap();
        std::fs::write(from.join("src/main.rs"), "fn main() {}").unwrap();
        std::fs::write(from.join("target/waste"), "").unwrap();
        copy(&from, &to).unwrap();
        assert!(to.join("src/main.rs").is_file());
        assert!(!to.join("target").exists());
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_peer_that_is_not_there_is_told() {
        let folder = std::env::temp_dir().join(format!("loadgen-no-peers-{}", std::process::id()));
        let (built, missing) = build(&folder.join("none"), &folder.join("scratch"));
        assert!(built.is_empty());
        assert_eq!(missing.len(), RECIPES.len());
        let _ = std::fs::remove_dir_all(folder);
    }
}
