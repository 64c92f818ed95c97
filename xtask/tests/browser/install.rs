//! The app that can be installed: it starts without a server, and says so.

use anyhow::{Result, ensure};

use crate::page::Page;
use crate::stage::on_stage;

/// How many files the worker has kept so far.
const KEPT: &str = "
    const done = arguments[arguments.length - 1];
    (async () => {
        let count = 0;
        for (const name of await caches.keys()) count += (await (await caches.open(name)).keys()).length;
        return count;
    })().then(done, () => done(-1));
";

#[tokio::test]
async fn the_page_starts_without_a_server() -> Result<()> {
    on_stage("offline", async |stage, page| {
        page.resize(1440, 900, 1.0, false).await?;
        page.is_at_work().await?;
        page.until_later("the worker has kept the page", KEPT, |kept: i64| kept > 5).await?;
        let active = "return navigator.serviceWorker.ready.then(() => true)";
        ensure!(page.ask::<bool>(active, &[]).await?);
        let began = Page::outage_begins()?;
        stage.gateway.kill()?;
        page.open(&stage.gateway.url()).await?;
        page.sees("main .markets").await?;
        page.leaves_live().await?;
        stage.gateway.start().await?;
        page.becomes_live().await?;
        page.outage_ends(began)
    })
    .await
}

#[tokio::test]
async fn the_manifest_is_found() -> Result<()> {
    on_stage("manifest", async |_, page| {
        let name = "
            const done = arguments[arguments.length - 1];
            fetch(document.querySelector('link[rel=manifest]').href).then((it) => it.json())
                .then((manifest) => Promise.all(manifest.icons.map((icon) => fetch(icon.src)))
                    .then((icons) => done(icons.every((icon) => icon.ok && icon.headers.get('content-type').startsWith('image/')))))
                .catch(() => done(false));
        ";
        ensure!(page.ask_later::<bool>(name).await?, "the manifest or an icon is missing");
        Ok(())
    })
    .await
}
