// Replays a capture of a day's simulated traffic with the built program at full speed. Arguments:
// TRANSACTIONS BLOCKS (default 600,000 and 144). Prints the duration. Fails if a count is wrong, or
// memory grows in the second half.
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tellsUsage, usageOf } from "../test/e2e/process-usage.ts";
import { eventually, ServiceProcess } from "../test/e2e/service-process.ts";
import { captureTraffic } from "../test/e2e/traffic-capture.ts";

const [transactions = 600_000, blocks = 144] = process.argv.slice(2).map(Number);
const DAY_SECONDS = 86_400;
const SECONDS_PER_BLOCK = 600;
const SAMPLE_MS = 1_000;
/** Noise of the garbage collector. */
const MOST_GROWTH = 1.2;

const folder = mkdtempSync(join(tmpdir(), "replay-day-"));
try {
  const path = join(folder, "day.capture");
  const traffic = await captureTraffic(path, {
    seed: 12,
    transactions,
    blocks,
    spanSeconds: Math.min(DAY_SECONDS, blocks * SECONDS_PER_BLOCK),
    startTime: Date.parse("2024-05-07T00:00:00Z") / 1000,
  });
  console.log(
    `${traffic.messages} messages, ${traffic.transactions} transactions, ${blocks} blocks in ${(statSync(path).size / 2 ** 20).toFixed(0)} MiB`,
  );
  const service = await ServiceProcess.listening(["replay", path, "--speed", "max"]);
  const memory: number[] = [];
  const timer = tellsUsage ? setInterval(() => memory.push(usageOf(service).rssMib), SAMPLE_MS) : undefined;
  try {
    const startedAt = performance.now();
    await service.logLine((line) => String(line.msg).includes("replay finished"));
    const took = (performance.now() - startedAt) / 1000;
    const { answer } = await eventually(
      "the last tick",
      () => service.price(),
      (price) => price.timestamp === traffic.lastTimestamp && price.height === traffic.tipHeight,
    );
    if (answer.total_received !== traffic.transactions || answer.height !== traffic.tipHeight)
      throw new Error(`received ${answer.total_received} up to height ${answer.height}: not what was recorded`);
    const { text } = await service.get("/metrics");
    if (!text.includes(`utxoracle_blocks_total{event="connected"} ${blocks}\n`))
      throw new Error(`not ${blocks} blocks were connected`);
    const error = Math.abs((answer.price ?? Number.NaN) / traffic.lastPrice - 1);
    if (!(error < 0.02)) throw new Error(`price ${answer.price}, the traffic's was ${traffic.lastPrice}`);
    console.log(`replayed in ${took.toFixed(1)} s, every count exact, the price within ${(100 * error).toFixed(2)} %`);
    const settled = memory.slice(memory.length >> 1);
    const [first, last, most] = [settled[0] ?? 0, settled.at(-1) ?? 0, Math.max(...memory)];
    if (tellsUsage)
      console.log(
        `memory at most ${most.toFixed(0)} MiB, ${first.toFixed(0)} to ${last.toFixed(0)} in the second half`,
      );
    if (last > MOST_GROWTH * first) throw new Error(`memory grows: ${first.toFixed(0)} to ${last.toFixed(0)} MiB`);
  } finally {
    clearInterval(timer);
    await service.stop("SIGKILL");
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
