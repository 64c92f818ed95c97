// A gateway on the metronome feed, on ports of its own.

import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Starts one that serves the files in `folder`; gives its address and how to end it. */
export async function startGateway(program, folder, symbols, rate) {
  const [port, adminPort] = [await freePort(), await freePort()];
  const env = {
    PATH: process.env.PATH,
    TICKWIRE_FEED__KIND: "metronome",
    TICKWIRE_FEED__METRONOME__SYMBOLS: `${symbols}`,
    TICKWIRE_FEED__METRONOME__UPDATES_PER_SECOND: `${rate}`,
  };
  const listen = ["--listen", `127.0.0.1:${port}`, "--admin-listen", `127.0.0.1:${adminPort}`];
  const child = spawn(program, ["serve", ...listen, "--dashboard", folder], { env, stdio: "ignore" });
  const isReady = () => fetch(`http://127.0.0.1:${adminPort}/ready`).then((answer) => answer.ok, () => false);
  while (!(await isReady())) {
    if (child.exitCode !== null) throw new Error(`${program} ended with ${child.exitCode}`);
    await sleep(50);
  }
  return { url: `http://127.0.0.1:${port}`, end: () => child.kill("SIGKILL") };
}
