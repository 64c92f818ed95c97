//! `cargo xtask shots`: the pictures of the README, taken from the running system.

use anyhow::Result;

use crate::command::run;
use crate::steps::{self, Step};
use crate::workspace::Workspace;
use crate::{install, test};

pub(crate) fn shots(workspace: &Workspace) -> Result<()> {
    let shoot = Step::new("taking the pictures", |workspace: &Workspace| {
        let images = workspace.root().join("docs/images");
        println!("      into {}", workspace.shown(&images));
        run(test::browser_tests(workspace)?.env("XTASK_SCREENSHOTS", images).args(["--", "screenshots"]))
    });
    steps::in_order(
        workspace,
        install::for_browser_tests().into_iter().chain(test::built()).chain([shoot]).collect(),
    )
}
