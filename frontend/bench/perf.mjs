// How fast the dashboard is, beside the watchlist in plain React, in one run: frames, main thread, first price, sizes.
//
//   node frontend/bench/perf.mjs --gateway target/release/tickwire --dashboard target/dashboard \
//       --react frontend/bench/react/dist
//
// `cargo xtask bench --only dashboard` builds all of that, runs this, and writes docs/benchmarks/dashboard.md.
// Options: --rate 20000 --react-rate 5000 --symbols 500 --seconds 15 --rounds 3 --browser chromium; --out FILE puts the
// tables between the marks of that file. --soak MINUTES measures the heap at --rate 5000 instead, and fails if it grows.
// Needs Linux and Node.js 20, and nothing from npm.

import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";

import { Browser } from "./browser.mjs";
import { startGateway } from "./gateway.mjs";

/** Until rows, book, chart and sparklines are there, in milliseconds. */
const WARM_UP_MS = 8_000;
/** The longest that a page may take to show a price, in milliseconds. */
const PRICE_MS_MAX = 30_000;
/** The health line is read so often while the page is measured, in milliseconds. */
const LOOK_MS = 1_000;
/** How often a soak looks at the heap, in milliseconds. */
const SOAK_LOOK_MS = 30_000;
/** So much may the heap be larger at the end of a soak than after the first minute: half of the looks lie within it. */
const SOAK_GROWTH_MAX = 0.05;

/** Counts frames, notes when the first price was painted, and finds the memory of the wasm. */
const WATCH = `(() => {
  const watch = (window.tickwireBench = { frames: 0, firstPriceMs: 0, memory: undefined });
  const hasPrice = () => /\\d/.test(document.querySelector("[data-testid=last]")?.textContent ?? "");
  const frame = () => {
    watch.frames += 1;
    if (!watch.firstPriceMs && hasPrice()) requestAnimationFrame((now) => (watch.firstPriceMs ||= now));
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  for (const name of ["instantiate", "instantiateStreaming"]) {
    const original = WebAssembly[name];
    WebAssembly[name] = async (...given) => {
      const made = await original.apply(WebAssembly, given);
      watch.memory ??= (made.instance ?? made).exports.memory; // what comes later brings none of its own
      return made;
    };
  }
})()`;

/** What the page itself counts as updates a second. */
const UPDATES = `(() => {
  const gauges = [...document.querySelectorAll("[data-testid=health] .gauge")];
  const gauge = gauges.find((gauge) => gauge.firstElementChild.textContent.startsWith("updates/s"));
  const text = gauge?.lastElementChild.textContent ?? document.querySelector("[data-updates]")?.dataset.updates;
  return Number((text ?? "0").replace(/[^0-9]/g, ""));
})()`;

/** What was downloaded, but for data: address and bytes on the wire. What is asked for again was kept. */
const DOWNLOADS = `JSON.stringify([...new Map(["navigation", "resource"].flatMap((type) => performance.getEntriesByType(type))
  .filter(({ name }) => !name.includes("/api/")).map(({ name, encodedBodySize }) => [name, encodedBodySize]))])`;

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const megabytes = (bytes) => (bytes / 1e6).toFixed(1);

/** Opens a page on a gateway of its own, hands it to `look`, and ends both. */
async function onPage({ browser: program, gateway: server, symbols }, folder, rate, look) {
  const { url, end } = await startGateway(server, folder, symbols, rate);
  const browser = new Browser(program);
  try {
    await browser.rest();
    const page = await browser.open(url, [WATCH]);
    await page.until("window.tickwireBench?.firstPriceMs > 0", `${folder} shows a price`, PRICE_MS_MAX);
    return await look(page);
  } finally {
    await browser.close();
    end();
  }
}

/** Bytes in use: JavaScript's heap after a collection, and the memory of the wasm. */
async function heap(page) {
  await page.send("HeapProfiler.collectGarbage");
  const { JSHeapUsedSize } = await page.metrics();
  const wasm = await page.evaluate("window.tickwireBench.memory?.buffer.byteLength ?? 0");
  return { js: JSHeapUsedSize, wasm, all: JSHeapUsedSize + wasm };
}

/** What a page costs in a second, after it has warmed up. */
async function observe(page, seconds) {
  const firstPriceMs = await page.evaluate("window.tickwireBench.firstPriceMs");
  await sleep(WARM_UP_MS);
  const frames = () => page.evaluate("window.tickwireBench.frames");
  const [before, framesBefore, began, updates] = [await page.metrics(), await frames(), performance.now(), []];
  while (performance.now() - began < seconds * 1_000) {
    await sleep(LOOK_MS);
    updates.push(await page.evaluate(UPDATES));
  }
  const [after, framesAfter] = [await page.metrics(), await frames()];
  const elapsed = (performance.now() - began) / 1_000;
  const perSecond = (name) => ((after[name] - before[name]) * 1_000) / elapsed;
  const [task, script] = [perSecond("TaskDuration"), perSecond("ScriptDuration")];
  const layout = perSecond("LayoutDuration") + perSecond("RecalcStyleDuration");
  const downloads = JSON.parse(await page.evaluate(DOWNLOADS));
  return {
    firstPriceMs, task, script, layout, rest: task - script - layout, downloads,
    updates: mean(updates), frames: (framesAfter - framesBefore) / elapsed, heap: (await heap(page)).all,
  };
}

/** The pages that are measured, by name. */
function pages({ dashboard, react, rate, reactRate }) {
  const ours = [["Tickwire", dashboard, rate], ["Tickwire", dashboard, reactRate]];
  return react ? [...ours, ["React", react, reactRate]] : ours;
}

/** All measurements: which page goes first changes from round to round. */
async function measure(given) {
  const list = pages(given);
  const taken = list.map(() => []);
  for (let round = 0; round < given.rounds; round++) {
    const order = [...list.keys()];
    for (const at of round % 2 ? order.reverse() : order) {
      const [name, folder, rate] = list[at];
      const figures = await onPage(given, folder, rate, (page) => observe(page, given.seconds));
      console.error(round, name, rate, JSON.stringify({ ...figures, downloads: undefined }));
      taken[at].push(figures);
    }
  }
  return list.map(([name, , rate], at) => ({ name, rate, figures: taken[at] }));
}

function speed(given, measured) {
  const heads = [
    "page", "updates/s asked for", "received", "frames/s", "main thread, ms/s", "least to most", "script",
    "style and layout", "paint and the rest", "first price, ms", "heap, MB",
  ];
  const rows = measured.map(({ name, rate, figures }) => {
    const of = (key, digits = 0) => median(figures.map((figure) => figure[key])).toFixed(digits);
    const tasks = figures.map(({ task }) => task);
    const range = `${Math.min(...tasks).toFixed(0)} to ${Math.max(...tasks).toFixed(0)}`;
    const heap = megabytes(median(figures.map((figure) => figure.heap)));
    return [
      name, rate, of("updates"), of("frames", 1), of("task"), range, of("script"), of("layout"), of("rest"),
      of("firstPriceMs"), heap,
    ];
  });
  const { symbols, rounds, seconds } = given;
  const where = `${cpus().length} x ${cpus()[0].model}; ${symbols} symbols, ${rounds} rounds of ${seconds} s, medians.`;
  return [where, "", ...table(heads, rows)].join("\n");
}

/** What the first visit downloads, largest first. */
function sizes(measured) {
  const downloads = measured[0].figures[0].downloads.map(([name, bytes]) => [shortened(name), bytes]);
  const rows = downloads.toSorted(([, a], [, b]) => b - a);
  const sum = rows.reduce((sum, [, bytes]) => sum + bytes, 0);
  return table(["file", "bytes on the wire"], [...rows, ["in all", sum]]).join("\n");
}

/** The name without the hash, which changes with each build. */
function shortened(address) {
  const name = new URL(address).pathname.split("/").pop() || "index.html";
  return name.replace(/-[0-9a-f]{16}(?=\.)/, "");
}

function table(heads, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(heads), line(heads.map(() => "---")), ...rows.map(line)];
}

/** The heap every half minute; the last value against that after the first minute. */
async function soak(given) {
  const looks = await onPage(given, given.dashboard, given.rate, async (page) => {
    const [began, looks] = [performance.now(), []];
    while (performance.now() - began < given.soak * 60_000) {
      await sleep(SOAK_LOOK_MS);
      const look = { minutes: (performance.now() - began) / 60_000, ...(await heap(page)), updates: await page.evaluate(UPDATES) };
      console.error(JSON.stringify(look));
      looks.push(look);
    }
    return looks;
  });
  const settled = looks.filter(({ minutes }) => minutes >= 1);
  const growth = median(settled.slice(-4).map(({ all }) => all)) / median(settled.slice(0, 4).map(({ all }) => all)) - 1;
  const step = Math.max(1, Math.round(settled.length / 10));
  const rows = settled.filter((_, at) => at % step === 0 || at === settled.length - 1)
    .map(({ minutes, js, wasm, updates }) => [minutes.toFixed(1), megabytes(js), megabytes(wasm), updates]);
  const verdict = `Growth after the first minute: ${(growth * 100).toFixed(1)} %.`;
  const text = [...table(["minutes", "JavaScript heap, MB", "wasm memory, MB", "updates/s"], rows), "", verdict].join("\n");
  return { text, hasGrown: growth > SOAK_GROWTH_MAX };
}

/** Puts the text between `<!-- name -->` and `<!-- end of name -->` of the file, or prints it. */
function put(file, name, text) {
  if (!file) return console.log(text);
  const [begin, end] = [`<!-- ${name} -->`, `<!-- end of ${name} -->`];
  const page = readFileSync(file, "utf8");
  const [head, tail] = [page.split(begin)[0], page.split(end)[1]];
  if (tail === undefined) throw new Error(`${file} has no ${end}`);
  return writeFileSync(file, `${head}${begin}\n${text}\n${end}${tail}`);
}

function options() {
  const text = (value) => ({ type: "string", default: value });
  const { values } = parseArgs({
    options: {
      gateway: { type: "string" }, dashboard: { type: "string" }, react: { type: "string" }, out: { type: "string" },
      browser: text("chromium"), rate: { type: "string" }, "react-rate": text("5000"), symbols: text("500"),
      seconds: text("15"), rounds: text("3"), soak: text("0"),
    },
  });
  if (!values.gateway || !values.dashboard) throw new Error("--gateway PROGRAM and --dashboard FOLDER are needed");
  const number = (name) => Number(values[name]);
  return {
    ...values, symbols: number("symbols"), seconds: number("seconds"), rounds: number("rounds"), soak: number("soak"),
    rate: Number(values.rate ?? (values.soak === "0" ? 20_000 : 5_000)), reactRate: number("react-rate"),
  };
}

const given = options();
if (given.soak) {
  const { text, hasGrown } = await soak(given);
  put(given.out, "soak", text);
  process.exitCode = hasGrown ? 1 : 0;
} else {
  const measured = await measure(given);
  put(given.out, "speed", speed(given, measured));
  put(given.out, "sizes", sizes(measured));
}
