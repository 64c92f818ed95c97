// What the dashboard costs the browser's main thread: builds of it, side by side in one run, in turn, at known rates.
//
//   node frontend/bench/encoding.mjs --gateway target/release/tickwire \
//       --dashboard msgpack=target/dashboard --dashboard json=target/dashboard-json
//
// docs/benchmarks/dashboard-encoding.md has figures; frontend/src/socket.rs says which sub-protocol a build offers.
// Options: --rates 2000,10000,20000 --symbols 500 --seconds 20 --rounds 3 --browser chromium; --frames 1 draws so often a second, in place of as often as
// the browser can: what is left is the cost of the messages. Needs Linux and Node.js 20, and nothing from npm.

import { readdirSync, statSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";

import { Browser } from "./browser.mjs";
import { startGateway } from "./gateway.mjs";

/** Until rows, book, chart and sparklines are there, in milliseconds. */
const WARM_UP_MS = 5_000;
/** The longest that a page may take to say that it is live, in milliseconds. */
const LIVE_MS_MAX = 30_000;
/** The health line is read so often while the page is measured, in milliseconds. */
const LOOK_MS = 1_000;

/** What the health line says, by the name of the gauge. */
const READ_HEALTH = `JSON.stringify(Object.fromEntries([...document.querySelectorAll("[data-testid=health] .gauge")]
  .map((gauge) => [...gauge.children].map((part) => part.textContent))))`;
const IS_LIVE = `document.querySelector("[data-testid=health]")?.dataset.state === "live"`;

/** One page for some seconds: milliseconds of the main thread a second, updates and frames a second. */
async function measure({ browser: program, gateway: server, symbols, seconds, frames }, dashboard, rate) {
  const { url, end } = await startGateway(server, dashboard, symbols, rate);
  const browser = new Browser(program);
  try {
    const page = await browser.open(url, frames ? [drawAt(frames)] : []);
    await page.until(IS_LIVE, `${dashboard} is live`, LIVE_MS_MAX);
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
  const [before, began] = [await page.metrics(), performance.now()];
  const looks = [];
  while (performance.now() - began < seconds * 1_000) {
    await sleep(LOOK_MS);
    looks.push(JSON.parse(await page.evaluate(READ_HEALTH)));
  }
  const after = await page.metrics();
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
