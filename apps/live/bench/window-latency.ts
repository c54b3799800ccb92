// Measures the time from a publisher in another process to the window, with estimates running.
// Arguments: TRANSACTIONS_PER_SECOND SECONDS. Fails if a transaction is lost.
import { Registry } from "prom-client";
import type { SyncedWindow } from "../src/ingest/feed.ts";
import { feedMetrics } from "../src/ingest/feed-metrics.ts";
import { LiveWindow } from "../src/ingest/live-window.ts";
import { createLogger } from "../src/logging/create-logger.ts";
import { NodeFeed } from "../src/sync/node-feed.ts";
import { Load } from "../test/e2e/load.ts";

const [rate = "1000", seconds = "30"] = process.argv.slice(2);
const TICK_MS = 500;

const load = await Load.start(6, [`${rate}:${seconds}`]);
const window = new LiveWindow({ windowSeconds: 10_800, engine: "posterior" });
const feed = new NodeFeed({
  source: "node",
  endpoints: { rawtx: load.endpoint },
  node: null,
  chain: null,
  windowSeconds: 10_800,
  blockSeconds: 10_800,
  metrics: feedMetrics(new Registry()),
  log: createLogger({ format: "json", level: "error" }),
});
const arrivals: number[] = [];
const sink = {
  transaction: (rawBytes: Uint8Array, timestamp: number): void => {
    window.transaction(rawBytes, timestamp);
    arrivals.push(performance.timeOrigin + performance.now());
  },
} as SyncedWindow;
const stop = new AbortController();
const running = feed.run(sink, stop.signal);
const timer = setInterval(() => window.analyzer.estimatePrice(feed.now()), TICK_MS);
const { times, published } = await load.phase();
while (arrivals.length < published) await new Promise((resolve) => setTimeout(resolve, 50));
clearInterval(timer);
stop.abort();
await running;
load.stop();

const delays = Float64Array.from(times, (time, index) => (arrivals[index] as number) - time).sort();
const at = (share: number): string => (delays[Math.floor(share * (delays.length - 1))] as number).toFixed(2);
const { totalReceived, activeTxCount } = window.analyzer.getStats(feed.now());
if (arrivals.length !== published || totalReceived !== published)
  throw new Error(`${published} published, ${arrivals.length} arrived, ${totalReceived} counted`);
console.log(
  `${published} at ${rate} a second, all in the window (${activeTxCount} payments); publish to window, ms: ` +
    `p50 ${at(0.5)}, p99 ${at(0.99)}, p99.9 ${at(0.999)}, most ${at(1)}`,
);
