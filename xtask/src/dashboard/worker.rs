//! What must keep its address: the manifest and its icons, and the service worker with the list of what it keeps.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};

use super::esbuild::Esbuild;
use super::output::{Output, hash};
use crate::workspace::Workspace;

/// The lines of `frontend/static/sw.js` that are filled in.
const VERSION_LINE: &str = r#"const VERSION = "development";"#;
const FILES_LINE: &str = "const FILES = [];";

/// Copies `static/root` and writes the worker; `html` is the finished page.
pub(super) fn write(workspace: &Workspace, esbuild: &Esbuild, html: &str, output: &mut Output) -> Result<()> {
    let folder = workspace.frontend().join("static");
    for entry in fs::read_dir(folder.join("root")).context("frontend/static/root")? {
        let entry = entry?;
        output.write(&entry.file_name().to_string_lossy(), &read(&entry.path())?)?;
    }
    let worker = String::from_utf8(read(&folder.join("sw.js"))?).context("frontend/static/sw.js")?;
    let worker = fill_in(&worker, html, &output.assets()).context("frontend/static/sw.js")?;
    output.write("sw.js", esbuild.minify("sw.js", &worker)?.as_bytes())
}

/// The version is a hash of everything that the worker keeps, and of its own code.
fn fill_in(worker: &str, html: &str, assets: &[String]) -> Result<String> {
    for line in [VERSION_LINE, FILES_LINE] {
        ensure!(worker.contains(line), "`{line}` is missing");
    }
    let list: Vec<String> = assets.iter().map(|address| format!("\n  \"{address}\",")).collect();
    let list = list.concat();
    let version = hash([worker, html, &list].map(str::as_bytes));
    Ok(worker
        .replace(VERSION_LINE, &format!("const VERSION = \"{version}\";"))
        .replace(FILES_LINE, &format!("const FILES = [{list}\n];")))
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("{} can't be read", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORKER: &str = include_str!("../../../frontend/static/sw.js");
    const MANIFEST: &str = include_str!("../../../frontend/static/root/manifest.webmanifest");

    #[test]
    fn the_real_worker_gets_its_list() {
        let assets = ["/assets/1/boot.js".to_owned(), "/assets/style-2.css".to_owned()];
        let filled = fill_in(WORKER, "<html>", &assets).unwrap();
        assert!(filled.contains("const FILES = [\n  \"/assets/1/boot.js\",\n  \"/assets/style-2.css\",\n];"));
        assert!(!filled.contains("development"));
    }

    #[test]
    fn any_change_is_another_version() {
        let assets = ["/assets/1/boot.js".to_owned()];
        let first = fill_in(WORKER, "<html>", &assets).unwrap();
        assert_eq!(fill_in(WORKER, "<html>", &assets).unwrap(), first);
        let other_code = format!("{WORKER}// changed");
        for other in [
            fill_in(WORKER, "<html lang>", &assets).unwrap(),
            fill_in(WORKER, "<html>", &[]).unwrap(),
            fill_in(&other_code, "<html>", &assets).unwrap(),
        ] {
            assert_ne!(other.lines().find(|line| line.starts_with("const V")), version_line(&first));
        }
        assert!(fill_in("nothing", "<html>", &assets).is_err());
    }

    fn version_line(worker: &str) -> Option<&str> {
        worker.lines().find(|line| line.starts_with("const V"))
    }

    #[test]
    fn the_manifest_names_files_that_are_there() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../frontend/static/root");
        let icons: Vec<&str> =
            MANIFEST.split("\"src\": \"/").skip(1).filter_map(|it| it.split('"').next()).collect();
        assert_eq!(icons.len(), 4);
        for icon in icons {
            assert!(root.join(icon).exists(), "{icon}");
        }
    }
}
