// What the dashboard costs the browser's main thread: builds of it, side by side in one run, in turn, at known rates.
//
//   node frontend/bench/encoding.mjs --gateway target/release/tickwire \
//       --dashboard msgpack=target/dashboard --dashboard json=target/dashboard-json
//
// docs/benchmarks/dashboard-encoding.md has figures; frontend/src/socket.rs says which sub-protocol a build offers.
// Options: --rates 2000,10000,20000 --symbols 500 --seconds 20 --rounds 3 --browser chromium; --frames 1 draws so often a second, in place of as often as
// the browser can: what is left is the cost of the messages. Needs Linux and Node.js 20, and nothing from npm.

import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";

/** Until rows, book, chart and sparklines are there, in milliseconds. */
const WARM_UP_MS = 5_000;
/** The longest that a page may take to say that it is live, in milliseconds. */
const LIVE_MS_MAX = 30_000;
/** The health line is read so often while the page is measured, in milliseconds. */
const LOOK_MS = 1_000;

const BROWSER_FLAGS = [
  "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync", "--window-size=1440,900",
  "--remote-debugging-pipe",
];

/** What the health line says, by the name of the gauge. */
const READ_HEALTH = `JSON.stringify(Object.fromEntries([...document.querySelectorAll("[data-testid=health] .gauge")]
  .map((gauge) => [...gauge.children].map((part) => part.textContent))))`;
const READ_STATE = `document.querySelector("[data-testid=health]")?.dataset.state ?? ""`;

/** The DevTools protocol over the pipe of a browser of its own. */
class Browser {
  #process;
  #profile = mkdtempSync(join(tmpdir(), "tickwire-bench-"));
  #waiting = new Map();
  #lastId = 0;
  #received = "";

  constructor(program) {
    const flags = [...BROWSER_FLAGS, `--user-data-dir=${this.#profile}`, "about:blank"];
    this.#process = spawn(program, flags, { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
    this.#process.stdio[4].setEncoding("utf8").on("data", (text) => this.#take(text));
  }

  /** Messages end with a zero byte. */
  #take(text) {
    const parts = (this.#received + text).split("\0");
    this.#received = parts.pop();
    for (const { id, result, error } of parts.map((part) => JSON.parse(part))) {
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error) waiting?.reject(new Error(error.message));
      else waiting?.resolve(result);
    }
  }

  send(method, params = {}, sessionId = undefined) {
    const id = ++this.#lastId;
    this.#process.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  /** Opens a page; gives what sends commands to it. */
  async open(url) {
    const { targetId } = await this.send("Target.createTarget", { url });
    const { sessionId } = await this.send("Target.attachToTarget", { targetId, flatten: true });
    return (method, params) => this.send(method, params, sessionId);
  }

  async close() {
    const ended = new Promise((resolve) => this.#process.once("exit", resolve));
    await this.send("Browser.close");
    await ended;
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A gateway on the metronome feed; gives its address and how to end it. */
async function gateway(program, dashboard, symbols, rate) {
  const [port, adminPort] = [await freePort(), await freePort()];
  const env = {
    PATH: process.env.PATH,
    TICKWIRE_FEED__KIND: "metronome",
    TICKWIRE_FEED__METRONOME__SYMBOLS: `${symbols}`,
    TICKWIRE_FEED__METRONOME__UPDATES_PER_SECOND: `${rate}`,
  };
  const listen = ["--listen", `127.0.0.1:${port}`, "--admin-listen", `127.0.0.1:${adminPort}`];
  const child = spawn(program, ["serve", ...listen, "--dashboard", dashboard], { env, stdio: "ignore" });
  const isReady = () => fetch(`http://127.0.0.1:${adminPort}/ready`).then((answer) => answer.ok, () => false);
  while (!(await isReady())) {
    if (child.exitCode !== null) throw new Error(`${program} ended with ${child.exitCode}`);
    await sleep(50);
  }
  return { url: `http://127.0.0.1:${port}`, end: () => child.kill("SIGKILL") };
}

async function evaluate(page, expression) {
  return (await page("Runtime.evaluate", { expression })).result.value;
}

/** CPU seconds of the page's main thread so far, and frames drawn. */
async function metrics(page) {
  const { metrics: list } = await page("Performance.getMetrics");
  return Object.fromEntries(list.map(({ name, value }) => [name, value]));
}

/** One page for some seconds: milliseconds of the main thread a second, updates and frames a second. */
async function measure({ browser: program, gateway: server, symbols, seconds, frames }, dashboard, rate) {
  const { url, end } = await gateway(server, dashboard, symbols, rate);
  const browser = new Browser(program);
  try {
    const page = await browser.open("about:blank");
    if (frames) await page("Page.addScriptToEvaluateOnNewDocument", { source: drawAt(frames) });
    await page("Page.enable");
    await page("Page.navigate", { url });
    await page("Emulation.setDeviceMetricsOverride", { width: 1440, height: 900, deviceScaleFactor: 1, mobile: false });
    await page("Performance.enable", { timeDomain: "threadTicks" });
    const deadline = Date.now() + LIVE_MS_MAX;
    while ((await evaluate(page, READ_STATE)) !== "live") {
      if (Date.now() > deadline) throw new Error(`${dashboard}: not live in time`);
      await sleep(50);
    }
    await sleep(WARM_UP_MS);
    return await observe(page, seconds);
  } finally {
    await browser.close();
    end();
  }
}

const drawAt = (frames) =>
  `window.requestAnimationFrame = (draw) => setTimeout(() => draw(performance.now()), ${1_000 / frames});`;

async function observe(page, seconds) {
  const [before, began] = [await metrics(page), performance.now()];
  const looks = [];
  while (performance.now() - began < seconds * 1_000) {
    await sleep(LOOK_MS);
    looks.push(JSON.parse(await evaluate(page, READ_HEALTH)));
  }
  const after = await metrics(page);
  const elapsed = (performance.now() - began) / 1_000;
  const perSecond = (name) => ((after[name] - before[name]) * 1_000) / elapsed;
  const number = (text) => Number(text.replace(/[^0-9.]/g, ""));
  const gauge = (name) => mean(looks.map((look) => number(look[name])));
  const updates = gauge("updates/s");
  const task = perSecond("TaskDuration");
  return {
    task, script: perSecond("ScriptDuration"), updates, frames: gauge("frames/s"),
    perThousand: (task * 1_000) / updates, conflated: number(looks.at(-1).conflated), gaps: number(looks.at(-1).gaps),
  };
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/** Bytes of the wasm of a dashboard, raw and compressed. */
function wasmBytes(dashboard) {
  const files = readdirSync(dashboard, { recursive: true }).filter((name) => /\.wasm(\.br)?$/.test(name));
  return files.sort().map((name) => statSync(join(dashboard, name)).size);
}

function options() {
  const { values } = parseArgs({
    options: {
      gateway: { type: "string" }, dashboard: { type: "string", multiple: true, default: [] },
      browser: { type: "string", default: "chromium" }, rates: { type: "string", default: "2000,10000,20000" },
      symbols: { type: "string", default: "500" }, seconds: { type: "string", default: "20" },
      rounds: { type: "string", default: "3" }, frames: { type: "string", default: "0" },
    },
  });
  if (!values.gateway || values.dashboard.length === 0) {
    throw new Error("--gateway PROGRAM and at least one --dashboard NAME=FOLDER are needed");
  }
  const dashboards = values.dashboard.map((text) => text.split("="));
  const { symbols, seconds, rounds, frames } = values;
  const numbers = { symbols: Number(symbols), seconds: Number(seconds), rounds: Number(rounds), frames: Number(frames) };
  return { ...values, ...numbers, dashboards, rates: values.rates.split(",").map(Number) };
}

/** All measurements, by rate and name: which goes first changes from round to round. */
async function run(given) {
  const taken = new Map();
  for (let round = 0; round < given.rounds; round++) {
    for (const rate of given.rates) {
      const order = round % 2 ? given.dashboards.toReversed() : given.dashboards;
      for (const [name, folder] of order) {
        const figures = await measure(given, folder, rate);
        console.error(round, rate, name, JSON.stringify(figures));
        const key = `${rate} ${name}`;
        taken.set(key, [...(taken.get(key) ?? []), figures]);
      }
    }
  }
  return taken;
}

function report({ dashboards, rates, rounds, seconds, symbols }, taken) {
  console.log(`${cpus().length} x ${cpus()[0].model}; ${symbols} symbols, ${rounds} rounds of ${seconds} s, medians\n`);
  console.log("| updates/s | build | received/s | main thread, ms/s | least to most | of it script | ms per 1,000 updates | frames/s | conflated | gaps |");
  console.log("|---|---|---|---|---|---|---|---|---|---|");
  for (const [rate, [name]] of rates.flatMap((rate) => dashboards.map((dashboard) => [rate, dashboard]))) {
    const figures = taken.get(`${rate} ${name}`);
    const of = (key, digits = 0) => median(figures.map((figure) => figure[key])).toFixed(digits);
    const tasks = figures.map(({ task }) => task);
    const range = `${Math.min(...tasks).toFixed(0)} to ${Math.max(...tasks).toFixed(0)}`;
    const cells = [rate, name, of("updates"), of("task"), range, of("script"), of("perThousand", 2), of("frames", 1)];
    console.log(`| ${[...cells, of("conflated"), of("gaps")].join(" | ")} |`);
  }
  console.log("\n| build | wasm, bytes | brotli, bytes |\n|---|---|---|");
  for (const [name, folder] of dashboards) console.log(`| ${name} | ${wasmBytes(folder).join(" | ")} |`);
}

const given = options();
report(given, await run(given));
