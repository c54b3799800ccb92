// Runs the built program at a stand-in node with RPC and all topics, under a constant load. The
// number of remembered ids grows: mempool transactions older than the window. A block every minute
// causes a full mempool sync. Arguments: TRANSACTIONS_PER_SECOND MINUTES WINDOW_SECONDS
// TRANSACTIONS_AT_START. Prints memory and CPU. Fails if a count is wrong, memory exceeds 150 MB,
// or memory grows in the second half by more than the new remembered ids need.
import { tellsUsage, usageOf } from "../test/e2e/process-usage.ts";
import { eventually, ServiceProcess } from "../test/e2e/service-process.ts";
import { StandIn } from "../test/e2e/stand-in.ts";

const [rate = 1000, minutes = 5, windowSeconds = 155, atStart = 57_000] = process.argv.slice(2).map(Number);
const SAMPLE_MS = 5_000;
const MOST_RSS_MIB = 150e6 / 2 ** 20;
/** Noise of the garbage collector. */
const MOST_GROWTH = 1.1;
/**
 * Maximum memory of a remembered id, including its share of a hash table that has just doubled.
 */
const MIB_PER_REMEMBERED = 64 / 2 ** 20;

/** Metric values by name, summed over labels. */
async function metricsOf(service: ServiceProcess): Promise<(name: string) => number> {
  const { text } = await service.get("/metrics");
  return (name) =>
    [...text.matchAll(new RegExp(`^${name}(?:\\{.*\\})? (\\S+)$`, "gm"))].reduce(
      (sum, [, value]) => sum + Number(value),
      0,
    );
}

const standIn = await StandIn.start(6, atStart);
const service = await ServiceProcess.listening([...standIn.flags, "--window", String(windowSeconds)], standIn.env);
const memory: { readonly rssMib: number; readonly remembered: number }[] = [];
const mib = (bytes: number): string => (bytes / 2 ** 20).toFixed(0);
const sample = async (): Promise<void> => {
  const { total_received: received, active_in_window: active } = await service.price();
  const value = await metricsOf(service);
  const { rssMib, peakRssMib, cpuSeconds } = usageOf(service);
  const remembered = value("utxoracle_window_remembered_ids");
  memory.push({ rssMib, remembered });
  console.log(
    `${received} received, ${active} active, ${remembered} remembered; ` +
      `${rssMib.toFixed(0)} MiB (at most ${peakRssMib.toFixed(0)}): heap ${mib(value("nodejs_heap_size_used_bytes"))} of ` +
      `${mib(value("nodejs_heap_size_total_bytes"))}, outside ${mib(value("nodejs_external_memory_bytes"))}; ${cpuSeconds.toFixed(1)} s of CPU`,
  );
};
let failure: unknown;
const timer = tellsUsage
  ? setInterval(() => {
      sample().catch((error: unknown) => {
        failure ??= error;
      });
    }, SAMPLE_MS)
  : undefined;
try {
  await eventually(
    "the mempool at the start",
    () => service.price(),
    ({ total_received: received }) => received === standIn.atStart.transactions,
    60_000,
  );
  for (let minute = 1; minute <= minutes; minute++) {
    const { transactions, mempool } = await standIn.run(rate, 60);
    const { answer } = await eventually(
      `the block of minute ${minute}`,
      async () => ({ price: await service.price(), ready: await service.ready() }),
      ({ price, ready }) => price.total_received >= transactions && ready.status === 200,
    );
    if (answer.price.total_received !== transactions)
      throw new Error(`there were ${transactions} transactions, ${answer.price.total_received} were counted`);
    console.log(`minute ${minute}: all ${transactions} counted, ${mempool} in the mempool`);
  }
  const value = await metricsOf(service);
  if (value("utxoracle_feed_missed_messages_total") > 0) throw new Error("messages were missed");
  if (failure !== undefined) throw failure;
  const [first, last] = [memory[memory.length >> 1], memory.at(-1)];
  if (first !== undefined && last !== undefined) {
    const most = Math.max(...memory.map(({ rssMib }) => rssMib));
    console.log(
      `memory at most ${most.toFixed(0)} MiB, ${first.rssMib.toFixed(0)} to ${last.rssMib.toFixed(0)} in the second half, ` +
        `in which ${last.remembered - first.remembered} remembered ids came`,
    );
    if (most > MOST_RSS_MIB) throw new Error(`${most.toFixed(0)} MiB are more than 150 MB`);
    const expected = first.rssMib + (last.remembered - first.remembered) * MIB_PER_REMEMBERED;
    if (last.rssMib > MOST_GROWTH * expected)
      throw new Error(`memory grows: ${last.rssMib.toFixed(0)} MiB instead of ${expected.toFixed(0)}`);
  }
} finally {
  clearInterval(timer);
  await service.stop("SIGKILL");
  standIn.stop();
}
