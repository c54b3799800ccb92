// Runs two servers for 65 s with default limits, each with 900 clients. One has 100 more clients,
// of which 50 read nothing and 50 read one byte per second. Compares the delays of the 900 clients
// and the servers' memory, and prints how the slow ones were closed. Usage, in this package:
// node --conditions=@utxoracle/source --import tsx bench/slow-readers.ts
import assert from "node:assert/strict";
import { type LoadReport, runLoad } from "../test/load/load-run.ts";

const SECONDS = 65;
const READERS = 900;
const SLOW_OF_EACH_KIND = 50;
const server = { kind: "ours", intervalMs: 500, paddingBytes: 16_384 } as const;

const [without, beside] = await Promise.all([
  runLoad({ clients: READERS, seconds: SECONDS, server }),
  runLoad({
    clients: READERS,
    seconds: SECONDS,
    server,
    slow: { neverRead: SLOW_OF_EACH_KIND, oneByteASecond: SLOW_OF_EACH_KIND },
  }),
]);
for (const report of [without, beside]) {
  assert.equal(report.missed, 0, "a reader missed an update");
  assert.equal(report.behind, 0, "a reader did not get the last update");
  assert.equal(report.closed, 0, "a reader was closed");
}
assert.deepEqual(beside.slow, { ends: { 1013: 2 * SLOW_OF_EACH_KIND }, greetedAgain: 2 * SLOW_OF_EACH_KIND });

const row = (name: string, { delayMs, server: { rssMiB } }: LoadReport): string =>
  `${name.padEnd(28)} p50 ${delayMs.p50.toFixed(1)} ms, p99 ${delayMs.p99.toFixed(1)} ms, max ${delayMs.max.toFixed(1)} ms, RSS ${rssMiB.toFixed(0)} MiB`;
console.log(row(`${READERS} readers`, without));
console.log(row(`beside ${2 * SLOW_OF_EACH_KIND} slow ones`, beside));
console.log(
  `p99 beside the slow ones: ${(beside.delayMs.p99 / without.delayMs.p99).toFixed(2)} times that without them`,
);
