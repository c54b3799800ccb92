// Fills the price history from the blocks of a real regtest node, with payments of a corpus day,
// and kills the service on the way. Fails if the hours are not filled newest first, or if the kill
// loses one. Prints time and CPU.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { remedyFor } from "@utxoracle/testkit";
import { pino } from "pino";
import { readHours } from "../src/history/saved-rows.ts";
import { SavedData } from "../src/store/saved-data.ts";
import { usageOf } from "../test/e2e/process-usage.ts";
import { ServiceProcess } from "../test/e2e/service-process.ts";
import { RegtestChain } from "../test/price-regtest-chain.ts";

const HOUR = 3600;
const BLOCK_SECONDS = 600;
const FIRST_RUN_MS = 4000;
/** Or until the chain's first hour. */
const SECOND_RUN_MS = 30_000;

for (const name of ["bitcoind", "corpus"] as const) {
  const remedy = remedyFor(name);
  if (remedy === null) continue;
  console.error(`${name} missing: ${remedy}`);
  process.exit(1);
}
const directory = mkdtempSync(join(tmpdir(), "hour-fill-"));
const chain = await RegtestChain.start({ oneOf: 12 });
try {
  const time = async (): Promise<number> =>
    (await chain.rpc<{ time: number }>("getblockheader", await chain.rpc("getbestblockhash"))).time;
  while ((await time()) < Date.now() / 1000 - BLOCK_SECONDS) await chain.mine(BLOCK_SECONDS);
  const { rawtx, rawblock, sequence } = chain.daemon.endpoints;
  const start = (): Promise<ServiceProcess> =>
    ServiceProcess.listening([
      ...["--zmq-rawtx", String(rawtx), "--zmq-rawblock", String(rawblock), "--zmq-sequence", String(sequence)],
      ...["--data-dir", directory, ...chain.flags],
    ]);
  /** Starts of the hours that were computed, newest first. */
  const saved = async (): Promise<number[]> => {
    const data = await SavedData.open(join(directory, "saved-prices-regtest"), pino({ level: "silent" }));
    try {
      const { rows, damaged } = await readHours(data);
      assert.equal(damaged, 0);
      const hours = [...rows.keys()].sort((one, other) => other - one);
      for (const [index, hour] of hours.entries())
        if (index > 0) assert.equal(hour, (hours[index - 1] as number) - HOUR, "hours are not filled newest first");
      return hours;
    } finally {
      await data.close();
    }
  };
  const first = await start();
  await first.logLine(({ msg }) => msg === "loaded price history");
  await sleep(FIRST_RUN_MS);
  await first.stop("SIGKILL");
  const kept = await saved();
  const again = await start();
  await again.logLine(({ msg }) => msg === "loaded price history");
  const startedAtMs = performance.now();
  const before = usageOf(again).cpuSeconds;
  const isFilled = again.logLine(({ msg }) => msg === "filled price history from blocks");
  await Promise.race([isFilled, sleep(SECOND_RUN_MS)]);
  const seconds = (performance.now() - startedAtMs) / 1000;
  const cpu = usageOf(again).cpuSeconds - before;
  isFilled.catch(() => undefined);
  await again.stop();
  const all = await saved();
  for (const hour of kept) assert(all.includes(hour), "a kill lost an hour");
  console.log(
    `${kept.length} hours in the first ${FIRST_RUN_MS / 1000} s, all there after a kill; ${all.length - kept.length} more in ${seconds.toFixed(1)} s with ${cpu.toFixed(1)} s of CPU; chain of ${await chain.rpc<number>("getblockcount")} blocks`,
  );
} finally {
  await chain.daemon.remove();
  rmSync(directory, { recursive: true, force: true });
}
