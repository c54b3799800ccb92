// Runs the long tests, all or those named: `pnpm soak [NAME…]`. Each prints its figures. None fails
// on time.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { ensureBuilt, ensureInstalled, requireNode, root } from "./workspace.mjs";

/** Name, folder, file and arguments. */
const longTests = [
  ["fan-out", "packages/stream-server", "bench/fan-out.ts", "60", "100", "1000", "10000"],
  ["reconnect", "packages/stream-server", "bench/reconnect.ts", "1000", "10000"],
  ["idle-clients", "packages/stream-server", "bench/idle-clients.ts"],
  ["slow-readers", "packages/stream-server", "bench/slow-readers.ts"],
  ["viz-memory", "packages/viz", "bench/memory-soak.ts"],
  ["page-cost", "apps/web", "scripts/page-cost.ts", "60"],
  ["feed-load", "apps/live", "bench/feed-load.ts", "1000", "300", "140"],
  ["node-load", "apps/live", "bench/node-load.ts", "1000", "5", "155", "57000"],
  ["feed-latency", "apps/live", "bench/window-latency.ts", "1000", "300"],
  ["replay-day", "apps/live", "bench/replay-day.ts", "600000", "144"],
  ["confirmed-kills", "apps/live", "bench/confirmed-kills.ts", "50"],
  ["hour-fill", "apps/live", "bench/hour-fill.ts"],
  ["track-record", "apps/live", "bench/track-record.bench.ts", "14", "30"],
  ["score-days", "apps/live", "bench/score-days.ts"],
  ["bus-chaos", "apps/live", "bench/bus-chaos.ts", "600"],
  ["resumes", "apps/live", "bench/resumes.ts", "200"],
  ["attacks", "apps/live", "bench/attacks.ts"],
  ["rare-cases", "release", "soak/rare-cases.ts"],
  ["tx-parser-fuzz", "packages/tx-parser", "soak/coverage-guided.ts", "600"],
  ["tx-parser-runtimes", "packages/tx-parser", "soak/other-runtimes.ts"],
  ["tx-parser-node", "packages/tx-parser", "soak/node-differential.ts", "3000"],
  ["tarballs", "release", "soak/tarball-matrix.ts"],
  ["package-runtimes", "release", "soak/other-runtimes.ts"],
  ["startos-package", "deploy", "scripts/check-startos.ts"],
  ["peer-sizes", "release", "soak/peer-sizes.ts"],
  ["mutation", "release", "soak/mutation.ts"],
];

const wanted = process.argv.slice(2);
const names = longTests.map(([name]) => name);
const unknown = wanted.find((name) => !names.includes(name));
if (unknown !== undefined) {
  console.error(`unknown test "${unknown}"; available: ${names.join(", ")}`);
  process.exit(2);
}

requireNode();
ensureInstalled();
ensureBuilt();

const failed = [];
for (const [name, folder, file, ...parameters] of longTests) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.log(`\n== ${name}`);
  const { status } = spawnSync(
    process.execPath,
    ["--conditions=@utxoracle/source", "--import", "tsx", file, ...parameters],
    { cwd: join(root, folder), stdio: "inherit" },
  );
  if (status !== 0) failed.push(name);
}
if (failed.length > 0) {
  console.error(`failed: ${failed.join(", ")}`);
  process.exit(1);
}
