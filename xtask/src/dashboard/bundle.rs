//! wasm-bindgen: the compiled dashboard becomes wasm files, their JavaScript glue and snippets.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use wasm_bindgen_cli_support::Bindgen;

use super::output::{Output, hash};
use super::split::{Split, split};
use crate::workspace::{Profile, Workspace};

pub(super) const TARGET: &str = "wasm32-unknown-unknown";

/// Starts the dashboard. A file of its own, so that the page needs no inline script.
const BOOT_NAME: &str = "boot.js";
const BOOT: &str = r#"import init from "./dashboard.js";
init({ module_or_path: new URL("./dashboard_bg.wasm", import.meta.url) });
"#;

/// The addresses of the bundle's files, as the page names them.
pub(super) struct Bundle {
    /// Starts the dashboard.
    pub(super) boot: String,
    /// The JavaScript that boot will import: the glue and its snippets.
    pub(super) imports: Vec<String>,
    pub(super) wasm: String,
    /// The wasm that comes soon after that.
    pub(super) soon: Vec<String>,
}

/// All files go to one folder named by the hash of all: they import each other by names without a hash.
pub(super) fn write(workspace: &Workspace, profile: Profile, output: &mut Output) -> Result<Bundle> {
    let Generated { files, soon } = generate(workspace, profile)?;
    let folder = format!("assets/{}", hash(files.iter().flat_map(|(name, data)| [name.as_bytes(), data])));
    for (name, data) in &files {
        output.write(&format!("{folder}/{name}"), data)?;
    }
    let address = |name: &str| format!("/{folder}/{name}");
    let imports = files.keys().filter(|name| name.ends_with(".js") && *name != BOOT_NAME);
    let imports = imports.map(|name| address(name)).collect();
    let soon = soon.iter().map(|name| address(name)).collect();
    Ok(Bundle { boot: address(BOOT_NAME), imports, wasm: address("dashboard_bg.wasm"), soon })
}

/// The bundle's files by their paths in it, and which of them come soon after the start.
struct Generated {
    files: BTreeMap<String, Vec<u8>>,
    soon: Vec<String>,
}

fn generate(workspace: &Workspace, profile: Profile) -> Result<Generated> {
    let wasm = workspace.target().join(TARGET).join(profile.wasm_dir()).join("dashboard.wasm");
    let staging = workspace.target().join("dashboard-bindgen");
    clear(&staging)?;
    let release = profile == Profile::Release;
    let Split { start, soon } = split(&wasm, &staging, "./dashboard.js", !release)?;
    let mut bindgen = Bindgen::new();
    bindgen.web(true)?.input_path(&start).out_name("dashboard").typescript(false);
    // What comes later is linked to the table of functions.
    bindgen.keep_lld_exports(true);
    bindgen.debug(!release).remove_name_section(release).remove_producers_section(release);
    bindgen.generate(&staging).with_context(|| format!("wasm-bindgen refused {}", wasm.display()))?;
    let mut files = BTreeMap::from([(BOOT_NAME.to_owned(), BOOT.as_bytes().to_vec())]);
    read_tree(&staging, &PathBuf::new(), &mut files)?;
    // Tells a bundler what to install; there is none.
    files.remove("package.json");
    Ok(Generated { files, soon })
}

fn clear(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("{} can't be removed", folder.display()))?;
    }
    Ok(())
}

fn read_tree(root: &Path, below: &Path, files: &mut BTreeMap<String, Vec<u8>>) -> Result<()> {
    for entry in fs::read_dir(root.join(below))? {
        let entry = entry?;
        let path = below.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            read_tree(root, &path, files)?;
        } else {
            files.insert(path.to_string_lossy().into_owned(), fs::read(entry.path())?);
        }
    }
    Ok(())
}
