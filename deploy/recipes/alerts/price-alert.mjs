#!/usr/bin/env node
// Sends a message to ntfy or a webhook when the price crosses a limit or the status changes. Reads
// the stream of UTXOracle Live. Needs Node.js 20 or later and no packages.
//
//   node price-alert.mjs --ntfy https://ntfy.example/my-topic --above 120000 --below 90000
//   node price-alert.mjs --webhook http://127.0.0.1:9000/hook --status
//
// --url URL  the service [http://127.0.0.1:8000]
// A price counts only with status "ok". After an alert, the price must cross the limit again.
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    url: { type: "string", default: "http://127.0.0.1:8000" },
    ntfy: { type: "string" },
    webhook: { type: "string" },
    above: { type: "string" },
    below: { type: "string" },
    status: { type: "boolean", default: false },
  },
});
const above = limit("above");
const below = limit("below");
const target = values.ntfy ?? values.webhook;
if (target === undefined || !URL.canParse(target)) stop("give --ntfy URL or --webhook URL");
if (above === null && below === null && !values.status) stop("give --above USD, --below USD or --status");

const RETRY_MS = 5_000;
/** The service sends something at least every 20 seconds. */
const SILENCE_MS = 60_000;
const LINE_MAX = 32 * 1024 * 1024;

/** What the stream has said so far: a field is sent again only when it changes. */
let known = {};
/** Side of each limit on which the last reliable price was; null: none yet. */
const side = { above: null, below: null };
let lastStatus = null;

for (;;) {
  try {
    await follow();
    console.error("the stream ended; connecting again");
  } catch (error) {
    console.error(`no stream from ${values.url}: ${error.cause?.message ?? error.message}; trying again`);
  }
  await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
}

async function follow() {
  const ending = new AbortController();
  let timer = setTimeout(() => ending.abort(), SILENCE_MS);
  try {
    const response = await fetch(new URL("api/v1/stream", `${values.url.replace(/\/$/, "")}/`), {
      signal: ending.signal,
    });
    if (!response.ok) throw new Error(`status ${response.status}`);
    known = {};
    let rest = "";
    const decoder = new TextDecoder();
    for await (const chunk of response.body) {
      clearTimeout(timer);
      timer = setTimeout(() => ending.abort(), SILENCE_MS);
      rest += decoder.decode(chunk, { stream: true });
      if (rest.length > LINE_MAX) throw new Error("a message is too long");
      const lines = rest.split("\n");
      rest = lines.pop();
      for (const line of lines) if (line.startsWith("data:")) await onMessage(JSON.parse(line.slice(5)));
    }
  } finally {
    clearTimeout(timer);
    ending.abort();
  }
}

async function onMessage({ type, data }) {
  if (type !== "mempool_update") return;
  known = { ...known, ...data };
  const { price, status, source } = known;
  if (status === undefined) return;
  const origin = source === undefined || source === "node" ? "" : ` (${source})`;
  if (values.status && lastStatus !== null && status !== lastStatus)
    await send(`Bitcoin price: status ${lastStatus} → ${status}${origin}`);
  lastStatus = status;
  if (status !== "ok" || typeof price !== "number") return;
  for (const [name, reached] of [
    ["above", above !== null && price >= above],
    ["below", below !== null && price <= below],
  ]) {
    if (reached && side[name] !== true)
      await send(`Bitcoin ${name} $${name === "above" ? above : below}: $${Math.round(price)}${origin}`);
    side[name] = reached;
  }
}

/** A message that cannot be delivered is logged and dropped. */
async function send(text) {
  console.log(text);
  const { price = null, status, timestamp = null } = known;
  const body = values.ntfy === undefined ? JSON.stringify({ text, price, status, timestamp }) : text;
  const type = values.ntfy === undefined ? "application/json" : "text/plain; charset=utf-8";
  try {
    const answer = await fetch(target, {
      method: "POST",
      headers: { "Content-Type": type },
      body,
      signal: AbortSignal.timeout(10_000),
    });
    if (!answer.ok) console.error(`alert not delivered: status ${answer.status}`);
  } catch (error) {
    console.error(`alert not delivered: ${error.cause?.message ?? error.message}`);
  }
}

function limit(name) {
  const text = values[name];
  if (text === undefined) return null;
  const number = Number(text);
  if (!(number > 0)) stop(`--${name} must be a number of dollars`);
  return number;
}

function stop(problem) {
  console.error(`price-alert: ${problem}`);
  process.exit(2);
}
