// Installs the service worker, and says when a newer version of the page is there: src/shell.rs tells the person.
const LOOK_EVERY_MS = 3_600_000;
// "load" comes before the WebAssembly has started, and the worker has all files to keep: the first price goes first.
const PATIENCE_MS = 5_000;

addEventListener("load", () => setTimeout(install, PATIENCE_MS));

async function install() {
  try {
    const registration = await navigator.serviceWorker.register("/sw.js");
    setInterval(() => registration.update().catch(() => {}), LOOK_EVERY_MS);
    registration.addEventListener("updatefound", () => {
      const worker = registration.installing;
      worker.addEventListener("statechange", () => {
        const isUpdate = worker.state === "installed" && navigator.serviceWorker.controller;
        if (isUpdate) dispatchEvent(new Event("tickwire-update"));
      });
    });
  } catch {
    // Not over TLS, or not allowed: the page works without.
  }
}
