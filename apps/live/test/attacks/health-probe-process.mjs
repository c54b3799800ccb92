import { readFileSync } from "node:fs";
import { get } from "node:http";
import { setTimeout as pause } from "node:timers/promises";

// Runs in a process of its own, so that the attacker's work does not delay the probe. Arguments: a
// URL and the id of the process that answers. Requests it on a new connection, over and over, and
// after a message sends its parent the longest time without an answer. JavaScript, because loading
// a compiler costs three times as much as the probe.

/** Pause between a response and the next request, ms. */
const PAUSE_MS = 200;
/** Request timeout, ms. The next request starts at once, and the silence continues. */
const REQUEST_TIMEOUT_MS = 60_000;

const [, , url, pid] = process.argv;
/** CPU time of the process so far; null if the system does not report it. */
function cpuMs() {
  if (process.platform !== "linux") return null;
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /s, "")
    .split(" ");
  // Hundredths of a second.
  return 10 * (Number(fields[11]) + Number(fields[12]));
}
let lastAnswerAt = performance.now();
let cpuThen = cpuMs();
let longestSilenceMs = 0;
/** @type {number | null} */
let silenceCpuMs = null;
let isReady = false;
let stopped = false;

/** @returns {Promise<boolean>} whether the URL was answered with 200 */
function ask() {
  return new Promise((resolve) => {
    const request = get(url, { agent: false, timeout: REQUEST_TIMEOUT_MS }, (response) => {
      response.resume();
      response.once("end", () => resolve(response.statusCode === 200));
      response.once("error", () => resolve(false));
    });
    request.once("timeout", () => request.destroy());
    request.once("error", () => resolve(false));
  });
}

process.once("message", () => {
  stopped = true;
});
process.once("disconnect", () => process.exit());

for (;;) {
  const isLast = stopped;
  if (await ask()) {
    const now = performance.now();
    const cpuNow = cpuMs();
    if (isReady) {
      longestSilenceMs = Math.max(longestSilenceMs, now - lastAnswerAt - PAUSE_MS);
      if (cpuNow !== null && cpuThen !== null) silenceCpuMs = Math.max(silenceCpuMs ?? 0, cpuNow - cpuThen);
    } else process.send?.("ready");
    isReady = true;
    lastAnswerAt = now;
    cpuThen = cpuNow;
    if (isLast) break;
  }
  await pause(PAUSE_MS);
}
process.send?.({ longestSilenceMs, silenceCpuMs }, () => process.exit());
