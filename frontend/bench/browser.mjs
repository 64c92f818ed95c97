// A headless browser of its own, driven by the DevTools protocol over a pipe: nothing from npm is needed.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const FLAGS = [
  "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync", "--window-size=1440,900",
  "--remote-debugging-pipe",
];

/** How often a page is looked at while something is waited for, in milliseconds. */
const LOOK_MS = 50;
/** A browser that starts works on pages of its own. It is at rest when all its processes together take so little of a core... */
const REST_SHARE = 0.05;
/** ...for so long, in milliseconds. */
const REST_MS = 500;
/** The longest wait for that, in milliseconds. */
const REST_MS_MAX = 20_000;

/** The DevTools protocol over the pipe of a browser with a fresh profile. */
export class Browser {
  #process;
  #profile = mkdtempSync(join(tmpdir(), "tickwire-bench-"));
  #waiting = new Map();
  #lastId = 0;
  #received = "";

  constructor(program) {
    const flags = [...FLAGS, `--user-data-dir=${this.#profile}`, "about:blank"];
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

  /** Waits until the browser has nothing left to do. */
  async rest() {
    const deadline = performance.now() + REST_MS_MAX;
    const cpu = async () => {
      const { processInfo } = await this.send("SystemInfo.getProcessInfo");
      return { at: performance.now(), seconds: processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0) };
    };
    for (let last = await cpu(), share = 1; share > REST_SHARE; ) {
      if (performance.now() > deadline) throw new Error(`the browser is not at rest within ${REST_MS_MAX} ms`);
      await sleep(REST_MS);
      const now = await cpu();
      share = ((now.seconds - last.seconds) * 1_000) / (now.at - last.at);
      last = now;
    }
  }

  /** Opens a page of 1440 x 900 that counts CPU time, runs `scripts` before anything of its own, and goes to `url`. */
  async open(url, scripts = []) {
    const { targetId } = await this.send("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await this.send("Target.attachToTarget", { targetId, flatten: true });
    const page = new Page((method, params) => this.send(method, params, sessionId));
    await page.send("Page.enable");
    const screen = { width: 1440, height: 900, deviceScaleFactor: 1, mobile: false };
    await page.send("Emulation.setDeviceMetricsOverride", screen);
    await page.send("Performance.enable", { timeDomain: "threadTicks" });
    for (const source of scripts) await page.send("Page.addScriptToEvaluateOnNewDocument", { source });
    await page.send("Page.navigate", { url });
    return page;
  }

  async close() {
    const ended = new Promise((resolve) => this.#process.once("exit", resolve));
    await this.send("Browser.close");
    await ended;
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** A page: commands, questions, and what it costs. */
class Page {
  constructor(send) {
    this.send = send;
  }

  async evaluate(expression) {
    const { result, exceptionDetails } = await this.send("Runtime.evaluate", { expression, awaitPromise: true });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }

  /** Waits until the expression is true. */
  async until(expression, what, milliseconds) {
    const deadline = Date.now() + milliseconds;
    while (!(await this.evaluate(expression))) {
      if (Date.now() > deadline) throw new Error(`not within ${milliseconds} ms: ${what}`);
      await sleep(LOOK_MS);
    }
  }

  /** CPU seconds of the main thread so far, by kind, and the size of the heap. */
  async metrics() {
    const { metrics } = await this.send("Performance.getMetrics");
    return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
  }
}
