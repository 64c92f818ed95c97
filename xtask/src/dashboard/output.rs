//! The folder of the built dashboard: what is written, under which name, and what is left of older builds.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use sha2::{Digest as _, Sha256};

use super::compress;

/// Hexadecimal digits of a hash in a name: 64 bits, so that two contents don't meet by chance.
const HASH_DIGITS: usize = 16;

/// What no browser asks for to show the page.
const NOT_DOWNLOADED: &[&str] = &["licenses/", "icon", "manifest"];
/// What a first visit downloads only if somebody asks for it: see `frontend/src/components/panels/more.rs`.
const ON_DEMAND: &str = "/split_more.wasm";
/// Where names hold a hash of the content.
const ASSETS: &str = "assets/";

/// The wasm that the first price waits for.
const START: &str = "/dashboard_bg.wasm";

/// What a first visit may download in all, compressed, in bytes.
const FIRST_VISIT_BYTES_MAX: usize = 250_000;
/// What the first price may wait for of that.
const START_BYTES_MAX: usize = 150_000;

/// A name for contents: equal contents, equal name. The length of each part counts, too.
pub(super) fn hash<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update((part.len() as u64).to_le_bytes());
        digest.update(part);
    }
    let mut digits = String::new();
    for byte in digest.finalize() {
        let _ = write!(digits, "{byte:02x}");
    }
    digits.truncate(HASH_DIGITS);
    digits
}

pub(super) struct Output {
    root: PathBuf,
    compressed: bool,
    /// Everything of this build, relative to the root.
    written: BTreeSet<PathBuf>,
    sizes: Vec<Size>,
}

/// What a browser downloads for a file, in bytes.
struct Size {
    name: String,
    raw: usize,
    brotli: Option<usize>,
}

impl Output {
    pub(super) fn new(root: PathBuf, compressed: bool) -> Self {
        Self { root, compressed, written: BTreeSet::new(), sizes: Vec::new() }
    }

    /// Writes `assets/STEM-HASH.KIND` and gives its address.
    pub(super) fn write_hashed(&mut self, stem: &str, kind: &str, data: &[u8]) -> Result<String> {
        let name = format!("{ASSETS}{stem}-{}.{kind}", hash([data]));
        self.write(&name, data)?;
        Ok(format!("/{name}"))
    }

    /// Writes a file and its compressed twins; those of unchanged contents are kept.
    pub(super) fn write(&mut self, name: &str, data: &[u8]) -> Result<()> {
        let unchanged = fs::read(self.root.join(name)).is_ok_and(|old| old == data);
        if !unchanged {
            self.put(name, data)?;
        }
        self.written.insert(name.into());
        let brotli = if self.compressed && compress::worth_it(name, data) {
            self.twin(name, "gz", data, unchanged, compress::gzip)?;
            Some(self.twin(name, "br", data, unchanged, compress::brotli)?)
        } else {
            None
        };
        if !NOT_DOWNLOADED.iter().any(|prefix| name.starts_with(prefix)) {
            self.sizes.push(Size { name: name.to_owned(), raw: data.len(), brotli });
        }
        Ok(())
    }

    /// The addresses of all files below `assets` so far, without their twins.
    pub(super) fn assets(&self) -> Vec<String> {
        let names = self.sizes.iter().map(|size| &size.name).filter(|name| name.starts_with(ASSETS));
        names.map(|name| format!("/{name}")).collect()
    }

    /// Removes the files of older builds.
    pub(super) fn remove_stale(&self) -> Result<()> {
        self.remove_stale_below(Path::new(""))
    }

    /// A table of the sizes of what a browser downloads, the sum last.
    pub(super) fn report(&self) -> String {
        let mut report = format!("      {:>9}  {:>9}", "raw", "brotli");
        let mut line = |raw: usize, brotli: usize, name: &str| {
            let _ = write!(report, "\n      {:>9}  {:>9}  {name}", kilobytes(raw), kilobytes(brotli));
        };
        let (mut raw_sum, mut brotli_sum) = (0, 0);
        for Size { name, raw, brotli } in &self.sizes {
            let brotli = brotli.unwrap_or(*raw);
            line(*raw, brotli, name);
            raw_sum += raw;
            brotli_sum += brotli;
        }
        line(raw_sum, brotli_sum, "in all");
        report
    }

    /// Whether a first visit is as light as it must be.
    ///
    /// # Errors
    /// When it is not; nothing is said of files that were not compressed.
    pub(super) fn check_sizes(&self) -> Result<()> {
        let compressed = |size: &Size| size.brotli.unwrap_or(size.raw);
        let visit = || self.sizes.iter().filter(|size| !size.name.ends_with(ON_DEMAND));
        let start: usize = visit().filter(|size| size.name.ends_with(START)).map(compressed).sum();
        let all: usize = visit().map(compressed).sum();
        for (what, bytes, max) in [
            ("the wasm that the first price waits for", start, START_BYTES_MAX),
            ("a first visit", all, FIRST_VISIT_BYTES_MAX),
        ] {
            if self.compressed && bytes > max {
                bail!("{what} has {bytes} bytes in brotli, which is more than {max}");
            }
        }
        Ok(())
    }

    fn twin(
        &mut self,
        name: &str,
        kind: &str,
        data: &[u8],
        unchanged: bool,
        compress: fn(&[u8]) -> Result<Vec<u8>>,
    ) -> Result<usize> {
        let name = format!("{name}.{kind}");
        let kept = if unchanged { fs::metadata(self.root.join(&name)).ok() } else { None };
        let bytes = match kept {
            Some(file) => usize::try_from(file.len())?,
            None => {
                let compressed = compress(data)?;
                self.put(&name, &compressed)?;
                compressed.len()
            }
        };
        self.written.insert(name.into());
        Ok(bytes)
    }

    fn put(&self, name: &str, data: &[u8]) -> Result<()> {
        let path = self.root.join(name);
        let folder = path.parent().unwrap_or(&self.root);
        fs::create_dir_all(folder).with_context(|| format!("{} can't be made", folder.display()))?;
        fs::write(&path, data).with_context(|| format!("{} can't be written", path.display()))
    }

    fn remove_stale_below(&self, below: &Path) -> Result<()> {
        for entry in fs::read_dir(self.root.join(below))? {
            let entry = entry?;
            let path = below.join(entry.file_name());
            if !self.written.iter().any(|written| written.starts_with(&path)) {
                let remove = if entry.file_type()?.is_dir() { fs::remove_dir_all } else { fs::remove_file };
                remove(entry.path())
                    .with_context(|| format!("{} can't be removed", entry.path().display()))?;
            } else if entry.file_type()?.is_dir() {
                self.remove_stale_below(&path)?;
            }
        }
        Ok(())
    }
}

/// 1 kB = 1,000 bytes, rounded up.
fn kilobytes(bytes: usize) -> String {
    format!("{} kB", bytes.div_ceil(1000))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("tickwire-xtask-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        folder
    }

    #[test]
    fn names_follow_contents() {
        assert_eq!(hash([&b"market"[..]]), hash([&b"market"[..]]));
        assert_ne!(hash([&b"market"[..]]), hash([&b"marker"[..]]));
        assert_ne!(hash([&b"ab"[..], b"c"]), hash([&b"a"[..], b"bc"]), "the parts are told apart");
        assert_eq!(hash([&b"market"[..]]).len(), HASH_DIGITS);
    }

    #[test]
    fn a_new_build_replaces_the_old_one_whole() {
        let root = folder("replace");
        let mut first = Output::new(root.clone(), true);
        let old = first.write_hashed("style", "css", "a { b: c }\n".repeat(100).as_bytes()).unwrap();
        first.write("index.html", "first".repeat(100).as_bytes()).unwrap();
        first.remove_stale().unwrap();
        assert!(root.join(format!("{}.br", &old[1..])).exists());

        let mut second = Output::new(root.clone(), false);
        let new = second.write_hashed("style", "css", "d { e: f }\n".repeat(100).as_bytes()).unwrap();
        second.write("index.html", b"second").unwrap();
        second.remove_stale().unwrap();
        assert_ne!(old, new);
        assert!(root.join(&new[1..]).exists());
        for stale in [&old[1..], &format!("{}.br", &old[1..]), "index.html.br", "index.html.gz"] {
            assert!(!root.join(stale).exists(), "{stale} is of the first build");
        }
        fs::remove_dir_all(root).unwrap();
    }

    #[test]
    fn a_heavy_page_is_refused() {
        for (name, bytes, fits) in [
            ("a/dashboard_bg.wasm", START_BYTES_MAX, true),
            ("a/dashboard_bg.wasm", START_BYTES_MAX + 1, false),
            ("a/split_first.wasm", START_BYTES_MAX + 1, true),
            ("a/split_more.wasm", FIRST_VISIT_BYTES_MAX + 1, true),
            ("a.png", FIRST_VISIT_BYTES_MAX + 1, false),
        ] {
            let mut output = Output::new(PathBuf::new(), true);
            output.sizes.push(Size { name: name.to_owned(), raw: 9 * bytes, brotli: Some(bytes) });
            assert_eq!(output.check_sizes().is_ok(), fits, "{name} of {bytes} bytes");
        }
    }

    #[test]
    fn the_report_sums_up() {
        let root = folder("report");
        let mut output = Output::new(root.clone(), false);
        output.write("a.bin", &[0; 1500]).unwrap();
        output.write("b.bin", &[0; 500]).unwrap();
        assert_eq!(output.report().lines().last().unwrap().trim(), "2 kB       2 kB  in all");
        fs::remove_dir_all(root).unwrap();
    }
}
