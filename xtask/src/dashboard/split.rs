//! wasm-split: the compiled dashboard becomes a wasm file for the start and some that come later, each with what only
//! functions with `#[wasm_split]` reach, and the JavaScript that fetches those.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow};
use wasm_split_cli_support::Options;

/// The JavaScript that fetches what comes later, beside wasm-bindgen's glue.
const LOADER: &str = "./later.js";
/// What `frontend/src/components/panels/first.rs` calls the code of the panels that everyone sees.
const SOON: &str = "first";

/// What a split gave.
pub(super) struct Split {
    /// What wasm-bindgen goes on with.
    pub(super) start: PathBuf,
    /// The names of the files that every visit needs soon after.
    pub(super) soon: Vec<String>,
}

/// Splits `wasm`: the later files and their loader go to `folder`, where wasm-bindgen's `glue` will be.
///
/// # Errors
/// When the file can't be read, or holds no relocations (`frontend/build.rs` has the linker keep them).
pub(super) fn split(wasm: &Path, folder: &Path, glue: &str) -> Result<Split> {
    let input = fs::read(wasm).with_context(|| format!("{} can't be read", wasm.display()))?;
    let start = wasm.with_extension("start.wasm");
    let mut options = Options::new(&input);
    options.output_dir = folder;
    options.main_out_path = &start;
    options.link_name = LOADER;
    options.main_module = glue;
    let mut split = wasm_split_cli_support::transform(options)
        .map_err(|error| anyhow!("{} can't be split: {error:#}", wasm.display()))?;
    let soon =
        split.prefetch_map.remove(SOON).with_context(|| format!("no code is split off as `{SOON}`"))?;
    Ok(Split { start, soon: soon.into_iter().map(|stem| format!("{stem}.wasm")).collect() })
}
