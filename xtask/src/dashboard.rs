//! `cargo xtask dashboard`: from Rust, a stylesheet and an npm package to a folder that any web server can serve.
//!
//! ```text
//! target/dashboard/index.html                                  never cached: it names the files below
//! target/dashboard/assets/BUNDLE_HASH/boot.js                  all scripts that wasm-bindgen and wasm-split make, as one,
//!                                    /dashboard_bg.wasm        and the wasm that it starts
//!                                    /*.wasm                   what is split off and comes later, by fixed names
//! target/dashboard/assets/{tokens,theme,...}-HASH.{css,js,...} all stylesheets as one, and scripts by themselves
//! target/dashboard/{sw.js,manifest.webmanifest,icon*}          what must keep its address: the app that can be installed
//! target/dashboard/licenses/lightweight-charts.txt
//! ```
//!
//! Everything below `assets` may be cached for ever. Beside each file that shrinks lie `.br` and `.gz` of it.

mod bundle;
pub(crate) mod charts;
mod compress;
mod esbuild;
mod index_html;
mod locals;
mod order;
mod output;
mod slim;
mod split;
mod worker;

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

use crate::command::{cargo, run};
use crate::install;
use crate::steps::{self, Step};
use crate::workspace::{Profile, Workspace};
use esbuild::Esbuild;
use output::Output;

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Quick to build, not optimised, not compressed
    #[arg(long)]
    dev: bool,
}

/// What becomes of a page that is heavier than it may be.
#[derive(Clone, Copy)]
pub(crate) enum Heavy {
    /// It is told: who only wants to run it, perhaps with another compiler, shall.
    Told,
    Refused,
}

pub(crate) fn dashboard(workspace: &Workspace, options: &Options) -> Result<()> {
    let profile = if options.dev { Profile::Dev } else { Profile::Release };
    steps::in_order(
        workspace,
        install::for_building().into_iter().chain(self::steps(profile, Heavy::Refused)).collect(),
    )
}

/// The steps, for verbs that need the dashboard among other things.
pub(crate) fn steps(profile: Profile, heavy: Heavy) -> Vec<Step<'static>> {
    vec![
        Step::new("fetching the chart library", charts::fetch),
        Step::new(
            "compiling the dashboard to WebAssembly (about a minute the first time)",
            move |workspace: &Workspace| compile(workspace, profile),
        ),
        Step::new("assembling the dashboard", move |workspace: &Workspace| {
            assemble(workspace, profile, heavy)
        }),
    ]
}

fn compile(workspace: &Workspace, profile: Profile) -> Result<()> {
    let what = ["build", "--package", "frontend", "--bin", "dashboard"];
    run(cargo(workspace).args(what).args(["--target", bundle::TARGET, "--profile", profile.wasm()]))
}

/// Writes everything the page needs, the page last, and then removes what older builds left.
fn assemble(workspace: &Workspace, profile: Profile, heavy: Heavy) -> Result<()> {
    let mut output = Output::new(workspace.dashboard(), profile == Profile::Release);
    let esbuild = Esbuild::new(workspace, profile)?;
    let bundle = bundle::write(workspace, profile, &esbuild, &mut output)?;
    let charts = charts::write(workspace, &esbuild, &mut output)?;
    let page = workspace.frontend().join("index.html");
    let html = fs::read_to_string(&page).with_context(|| format!("{} can't be read", page.display()))?;
    let mut copy = |sources: &[&str]| copy(workspace, &esbuild, &mut output, sources);
    let html = index_html::rewrite(&html, &bundle, &charts, &mut copy).context("frontend/index.html")?;
    worker::write(workspace, &esbuild, &html, &mut output)?;
    output.write("index.html", html.as_bytes())?;
    output.remove_stale()?;
    println!("{}", output.report());
    println!("      in {}", workspace.shown(&workspace.dashboard()));
    match (output.check_sizes(), heavy) {
        (Err(error), Heavy::Told) => println!("      {error}"),
        (checked, _) => checked?,
    }
    Ok(())
}

/// Writes scripts or stylesheets of the frontend, one after the other, named after the first; gives the address.
fn copy(workspace: &Workspace, esbuild: &Esbuild, output: &mut Output, sources: &[&str]) -> Result<String> {
    let mut text = String::new();
    for source in sources {
        let source = workspace.frontend().join(source);
        text +=
            &fs::read_to_string(&source).with_context(|| format!("{} can't be read", source.display()))?;
    }
    let first = Path::new(sources.first().context("no file to copy")?);
    let part = |part: Option<&std::ffi::OsStr>| part.unwrap_or_default().to_string_lossy().into_owned();
    let (name, kind) = (part(first.file_stem()), part(first.extension()));
    output.write_hashed(&name, &kind, esbuild.minify(&format!("{name}.{kind}"), &text)?.as_bytes())
}
