// Posts to a webhook when the price of utxoracle-live moves or its status changes:
// node webhook.mjs ws://127.0.0.1:8000/ws/mempool https://example.org/hook [percent]
import { StreamClient } from "@utxoracle/viz/client";
import WebSocket from "ws";

const [streamUrl, webhookUrl, percent = "1"] = process.argv.slice(2);
if (streamUrl === undefined || webhookUrl === undefined || !(Number(percent) > 0)) {
  console.error("usage: node webhook.mjs STREAM_URL WEBHOOK_URL [PERCENT]");
  process.exit(2);
}
const threshold = Number(percent) / 100;

/** The last post; null before the first. @type {{ status: string, price: number | null } | null} */
let last = null;
/** The running post: one at a time keeps the order. @type {Promise<void>} */
let posting = Promise.resolve();

const client = new StreamClient({
  url: streamUrl,
  WebSocket,
  onMessage: ({ type, data }) => {
    if (type !== "mempool_update" || !isNews(data)) return;
    last = { status: data.status, price: data.price };
    const { price, interval, confidence, status, source, timestamp } = data;
    // Null while the price is stale, unsure or simulated: the receiver must not sell at it.
    const firm_price = client.priceNoOlderThan(60);
    const body = JSON.stringify({ firm_price, price, interval, confidence, status, source, timestamp });
    posting = posting.then(() => post(body));
  },
  onEvent: (event) => console.error(event.type),
});
client.connect();
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => client.close());

/** @param {{ status: string, price: number | null }} update */
function isNews({ status, price }) {
  if (last === null || last.status !== status) return true;
  if (price === null || last.price === null) return price !== last.price;
  return Math.abs(price / last.price - 1) >= threshold;
}

/** Posts with retries, in case the receiver restarts. @param {string} body */
async function post(body) {
  for (const seconds of [1, 5, 25, 0]) {
    try {
      const answer = await fetch(webhookUrl ?? "", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body,
        signal: AbortSignal.timeout(10_000),
      });
      if (answer.ok) return console.log(`posted ${body}`);
      console.error(`the webhook responded with ${answer.status}`);
    } catch (error) {
      console.error(`the webhook is unreachable: ${error}`);
    }
    if (seconds > 0) await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  }
  console.error(`not delivered: ${body}`);
}
