//! wasm-bindgen: the compiled dashboard becomes wasm files, and one script of their JavaScript glue, its snippets, and what
//! starts it all.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use wasm_bindgen_cli_support::Bindgen;

use super::esbuild::Esbuild;
use super::output::{Output, hash};
use super::slim::{slim, slim_glue};
use super::split::{Split, split};
use crate::workspace::{Profile, Workspace};

pub(super) const TARGET: &str = "wasm32-unknown-unknown";

/// The script that the page names.
const BOOT: &str = "js/boot.js";
const BOOT_NAME: &str = "boot.js";
/// What it calls wasm-bindgen's glue, and the glue's file.
const GLUE: &str = "dashboard";
const GLUE_NAME: &str = "dashboard.js";
/// The wasm that it has the glue load.
const START_NAME: &str = "dashboard_bg.wasm";

/// The addresses of the bundle's files, as the page names them.
pub(super) struct Bundle {
    /// Starts the dashboard.
    pub(super) boot: String,
    pub(super) wasm: String,
    /// The wasm that comes soon after that.
    pub(super) soon: Vec<String>,
}

/// Where files lie between two tools.
pub(super) fn staging(workspace: &Workspace) -> PathBuf {
    workspace.target().join("dashboard-bindgen")
}

/// All files go to one folder named by the hash of all: they load each other by names without a hash.
pub(super) fn write(
    workspace: &Workspace,
    profile: Profile,
    esbuild: &Esbuild,
    output: &mut Output,
) -> Result<Bundle> {
    let staging = staging(workspace);
    let soon = generate(workspace, profile, &staging)?;
    let mut files = wasm_files(&staging)?;
    let script = esbuild.bundle(&workspace.frontend().join(BOOT), &[(GLUE, &staging.join(GLUE_NAME))])?;
    files.insert(BOOT_NAME.to_owned(), script.into_bytes());
    let folder = format!("assets/{}", hash(files.iter().flat_map(|(name, data)| [name.as_bytes(), data])));
    for (name, data) in &files {
        output.write(&format!("{folder}/{name}"), data)?;
    }
    let address = |name: &str| format!("/{folder}/{name}");
    let soon = soon.iter().map(|name| address(name)).collect();
    Ok(Bundle { boot: address(BOOT_NAME), wasm: address(START_NAME), soon })
}

/// Leaves the wasm files and their glue in `staging`; gives the names of those that come soon after the start.
fn generate(workspace: &Workspace, profile: Profile, staging: &Path) -> Result<Vec<String>> {
    let wasm = workspace.target().join(TARGET).join(profile.wasm_dir()).join("dashboard.wasm");
    clear(staging)?;
    let release = profile == Profile::Release;
    let Split { start, soon } = split(&wasm, staging, &format!("./{GLUE_NAME}"))?;
    let mut bindgen = Bindgen::new();
    bindgen.web(true)?.input_path(&start).out_name("dashboard").typescript(false);
    // What comes later is linked to the table of functions.
    bindgen.keep_lld_exports(true);
    bindgen.debug(!release);
    bindgen.generate(staging).with_context(|| format!("wasm-bindgen refused {}", wasm.display()))?;
    if release {
        slim_files(staging)?;
    }
    Ok(soon)
}

/// Makes the wasm files smaller, and the glue call its functions as they do then.
fn slim_files(staging: &Path) -> Result<()> {
    for (name, wasm) in wasm_files(staging)? {
        let (slim, names) = slim(&wasm).with_context(|| name.clone())?;
        fs::write(staging.join(&name), slim)?;
        if name == START_NAME {
            let glue = staging.join(GLUE_NAME);
            fs::write(&glue, slim_glue(&fs::read_to_string(&glue)?, &names))?;
        } else {
            ensure!(names.is_empty(), "{name} calls the glue, not what the first wasm file hands it");
        }
    }
    Ok(())
}

fn wasm_files(folder: &Path) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "wasm") {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            files.insert(name, fs::read(&path)?);
        }
    }
    Ok(files)
}

/// An empty folder.
fn clear(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("{} can't be removed", folder.display()))?;
    }
    fs::create_dir_all(folder).with_context(|| format!("{} can't be made", folder.display()))
}
