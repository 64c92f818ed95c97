//! Where things are, and in which of two ways they are built.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use cargo_metadata::{Metadata, MetadataCommand};

/// The checkout that this xtask was built from.
pub(crate) struct Workspace {
    pub(crate) metadata: Metadata,
}

impl Workspace {
    /// Asks cargo. Members only: what they depend on need not be downloaded for that.
    pub(crate) fn find() -> Result<Self> {
        let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
        let metadata = MetadataCommand::new().manifest_path(manifest).no_deps().exec();
        Ok(Self { metadata: metadata.context("cargo metadata could not read the workspace")? })
    }

    pub(crate) fn root(&self) -> &Path {
        self.metadata.workspace_root.as_std_path()
    }

    /// `target`, or what `CARGO_TARGET_DIR` says.
    pub(crate) fn target(&self) -> &Path {
        self.metadata.target_directory.as_std_path()
    }

    pub(crate) fn frontend(&self) -> PathBuf {
        self.root().join("frontend")
    }

    /// The built dashboard: what the gateway's `--dashboard` and Nginx serve.
    pub(crate) fn dashboard(&self) -> PathBuf {
        self.target().join("dashboard")
    }

    pub(crate) fn gateway(&self, profile: Profile) -> PathBuf {
        self.target().join(profile.native_dir()).join("tickwire")
    }

    /// A path as a person in the root would type it.
    pub(crate) fn shown(&self, path: &Path) -> String {
        path.strip_prefix(self.root()).unwrap_or(path).display().to_string()
    }
}

/// How much the compiler works for the result.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    /// Quick to build, slow to run; the dashboard is not compressed.
    Dev,
    /// What is shipped.
    Release,
}

impl Profile {
    pub(crate) fn native(self) -> &'static str {
        match self {
            Self::Dev => "dev",
            Self::Release => "release",
        }
    }

    pub(crate) fn native_dir(self) -> &'static str {
        match self {
            Self::Dev => "debug",
            Self::Release => "release",
        }
    }

    /// A size-first profile of its own: the wasm is downloaded before it runs.
    pub(crate) fn wasm(self) -> &'static str {
        match self {
            Self::Dev => "dev",
            Self::Release => "wasm-release",
        }
    }

    pub(crate) fn wasm_dir(self) -> &'static str {
        match self {
            Self::Dev => "debug",
            Self::Release => "wasm-release",
        }
    }
}
