// Fills the price history from the blocks of a real regtest node, with payments of a corpus day, and
// kills the service halfway. Argument: HOURS of the chain. Fails if the hours are not filled newest
// first, or if one is lost by the kill. Prints time and CPU.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { HistoryResponse } from "@utxoracle/models";
import { remedyFor } from "@utxoracle/testkit";
import { usageOf } from "../test/e2e/process-usage.ts";
import { ServiceProcess } from "../test/e2e/service-process.ts";
import { RegtestChain } from "../test/price-regtest-chain.ts";

const HOUR = 3600;
const POLL_MS = 200;
const BLOCK_SECONDS = 600;
const DEADLINE_MS = 900_000;

const [wanted = 70] = process.argv.slice(2).map(Number);
for (const name of ["bitcoind", "corpus"] as const) {
  const remedy = remedyFor(name);
  if (remedy === null) continue;
  console.error(`${name} missing: ${remedy}`);
  process.exit(1);
}
const directory = mkdtempSync(join(tmpdir(), "hour-fill-"));
const chain = await RegtestChain.start();
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
  /** Hours filled, newest first. */
  const hours = async (service: ServiceProcess): Promise<number[]> => {
    const { time: times, status } = JSON.parse((await service.get("/api/v1/history?step=600")).text) as HistoryResponse;
    return times.filter((_, index) => status[index] === "confirmed").reverse();
  };
  /** Fills until a number of hours is there. */
  const fillTo = async (service: ServiceProcess, count: number): Promise<number[]> => {
    const startedAtMs = performance.now();
    for (let known: number[] = []; ; await sleep(POLL_MS)) {
      const filled = await hours(service);
      for (const [index, at] of filled.entries())
        if (index > 0 && at !== (filled[index - 1] as number) - HOUR) throw new Error(`a gap in ${filled.join(" ")}`);
      if (filled.length < known.length) throw new Error(`${known.length - filled.length} hours were lost`);
      known = filled;
      if (filled.length >= count) return filled;
      if (performance.now() - startedAtMs > DEADLINE_MS) throw new Error(`only ${filled.length} hours after a while`);
    }
  };
  const first = await start();
  let startedAtMs = performance.now();
  const half = await fillTo(first, Math.floor(wanted / 2));
  await first.stop("SIGKILL");
  const again = await start();
  const kept = await fillTo(again, 1);
  if (kept.length < half.length) throw new Error(`${half.length} hours before the kill, ${kept.length} after it`);
  console.log(
    `${half.length} hours in ${((performance.now() - startedAtMs) / 1000).toFixed(1)} s, all there after a kill`,
  );
  startedAtMs = performance.now();
  const before = usageOf(again).cpuSeconds;
  const all = await fillTo(again, wanted);
  const seconds = (performance.now() - startedAtMs) / 1000;
  const cpu = usageOf(again).cpuSeconds - before;
  const blocks = await chain.rpc<number>("getblockcount");
  console.log(
    `${all.length - kept.length} more hours in ${seconds.toFixed(1)} s with ${cpu.toFixed(1)} s of CPU, chain of ${blocks} blocks, newest first`,
  );
  await again.stop();
} finally {
  await chain.daemon.remove();
  rmSync(directory, { recursive: true, force: true });
}
