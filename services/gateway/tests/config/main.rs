//! The configuration as the command line sees it: layers, ranges, mistakes, and what `tickwire config` prints.

mod layers;
mod mistakes;
mod print;

use std::path::PathBuf;

use gateway::cli::ServeFlags;
use gateway::config::{self, ConfigErrors, Loaded, Origin};

/// What a process is started with.
#[derive(Default)]
struct Given<'a> {
    file: Option<&'a str>,
    environment: &'a [(&'a str, &'a str)],
    flags: ServeFlags,
}

impl Given<'_> {
    /// Loads it; the file lives as long as that takes.
    fn load(mut self) -> Result<Loaded, ConfigErrors> {
        let file = self.file.map(Temporary::new);
        if let Some(file) = &file {
            self.flags.config = Some(file.0.clone());
        }
        config::load(&self.flags, self.environment.iter().copied())
    }

    fn loaded(self) -> Loaded {
        self.load().unwrap_or_else(|errors| panic!("{errors}"))
    }

    fn refused(self) -> ConfigErrors {
        self.load().expect_err("a mistake was given")
    }
}

/// A file that is gone afterwards.
struct Temporary(PathBuf);

impl Temporary {
    fn new(text: &str) -> Self {
        use std::sync::atomic::{AtomicU32, Ordering};
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name =
            format!("tickwire-config-{}-{}.toml", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        std::fs::write(&path, text).expect("the directory for temporary files takes a small one");
        Self(path)
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // What is left in a directory for temporary files does no harm.
        let _ = std::fs::remove_file(&self.0);
    }
}

/// The value of a key as TOML, and where it came from.
fn setting<'a>(loaded: &'a Loaded, key: &str) -> (Option<&'a str>, &'a Origin) {
    let setting = loaded.settings.iter().find(|setting| setting.key == key).expect("a known key");
    (setting.text.as_deref(), &setting.origin)
}
