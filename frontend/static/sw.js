// The service worker: the page starts without a network and shows what is wrong, as the app that it may be installed as.
// `cargo xtask` puts this file at /sw.js and fills in the first two lines.
//
// Nothing of it can hold a person back on an old version: the page itself always comes from the network while there is
// one, and each version's files lie in a cache of their own. A new worker waits until no tab runs the old version, whose
// files it then removes. What is not a file of this page (/api, /ws) it never touches.
const VERSION = "development";
const FILES = [];

const PREFIX = "tickwire-";
const CACHE = PREFIX + VERSION;
const PAGE = "/";
const PATIENCE_MS = 4_000;

self.addEventListener("install", (event) => event.waitUntil(fill()));
self.addEventListener("activate", (event) => event.waitUntil(clear()));
self.addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (method !== "GET" || origin !== self.location.origin) return;
  if (pathname.startsWith("/assets/")) event.respondWith(asset(event.request));
  else if (mode === "navigate" && !/^\/(api|ws)(\/|$)/.test(pathname)) event.respondWith(page(event.request));
});

/** All files of this version, or none. */
async function fill() {
  const page = await fetch(PAGE, { cache: "reload" });
  const text = await page.clone().text();
  if (!FILES.some((file) => file.endsWith("/boot.js") && text.includes(file))) {
    throw new Error("the page is of another version than this worker: a deployment is under way");
  }
  const cache = await caches.open(CACHE);
  await cache.addAll(FILES);
  await cache.put(PAGE, page);
}

/** The files of other versions go. */
async function clear() {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
}

/** From the network; the kept one if that fails or takes too long. */
async function page(request) {
  const patience = new Promise((_, reject) => setTimeout(reject, PATIENCE_MS));
  try {
    const answer = await Promise.race([fetch(request), patience]);
    if (answer.status < 500) return answer;
  } catch {
    // No network, or as good as none.
  }
  const cache = await caches.open(CACHE);
  return (await cache.match(PAGE)) ?? fetch(request);
}

/** Its name holds a hash of its content: whoever has it, has the right one. */
async function asset(request) {
  return (await caches.match(request)) ?? fetch(request);
}
