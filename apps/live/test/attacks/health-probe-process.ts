import { get } from "node:http";
import { setTimeout as pause } from "node:timers/promises";

// Runs in a process of its own, so that the attacker's work does not delay the probe. Argument: a
// URL. Requests it on a new connection, over and over, and sends its parent the longest time
// without an answer when it receives a message.

/** Pause between a response and the next request, ms. */
const PAUSE_MS = 50;
/** Request timeout, ms. The next request starts at once, and the silence continues. */
const REQUEST_TIMEOUT_MS = 60_000;

const url = process.argv[2] as string;
let lastAnswerAt = performance.now();
let longestSilenceMs = 0;
let isReady = false;
let stopped = false;

function ask(): Promise<boolean> {
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
  longestSilenceMs = Math.max(longestSilenceMs, performance.now() - lastAnswerAt - PAUSE_MS);
  process.send?.(longestSilenceMs, () => process.exit());
});
process.once("disconnect", () => process.exit());

while (!stopped) {
  if (await ask()) {
    const now = performance.now();
    if (isReady) longestSilenceMs = Math.max(longestSilenceMs, now - lastAnswerAt - PAUSE_MS);
    else process.send?.("ready");
    isReady = true;
    lastAnswerAt = now;
  }
  await pause(PAUSE_MS);
}
