// Runs the built program under a constant load from another process, longer than the window.
// Arguments: TRANSACTIONS_PER_SECOND SECONDS WINDOW_SECONDS. Prints memory and CPU. Fails if a
// transaction is lost, memory exceeds 150 MB, or memory grows in the second half.
import { Load } from "../test/e2e/load.ts";
import { tellsUsage, usageOf } from "../test/e2e/process-usage.ts";
import { eventually, ServiceProcess } from "../test/e2e/service-process.ts";

const [rate = 1000, seconds = 300, windowSeconds = 140] = process.argv.slice(2).map(Number);
const SAMPLE_MS = 10_000;
const MOST_RSS_MIB = 150e6 / 2 ** 20;
/** Noise of the garbage collector. */
const MOST_GROWTH = 1.1;

const load = await Load.start(6, [`${rate}:${seconds}`]);
const service = await ServiceProcess.listening([
  ...["--zmq-rawtx", load.endpoint, "--zmq-rawblock", "none", "--rpc-url", "none", "--window", String(windowSeconds)],
]);
const memory: number[] = [];
const sample = async (): Promise<void> => {
  const { total_received: received, active_in_window: active } = await service.price();
  const { rssMib, cpuSeconds } = usageOf(service);
  memory.push(rssMib);
  console.log(`${received} received, ${active} active, ${rssMib.toFixed(0)} MiB, ${cpuSeconds.toFixed(1)} s of CPU`);
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
  const { published, seconds: took } = await load.phase();
  await eventually(
    "the last transaction",
    () => service.price(),
    (price) => price.total_received >= published,
  );
  const { total_received: received } = await service.price();
  const { text } = await service.get("/metrics");
  if (received !== published) throw new Error(`${published} were published, ${received} received`);
  if (/^utxoracle_feed_missed_messages_total\{.*\} [1-9]/m.test(text)) throw new Error("messages were missed");
  console.log(`${published} in ${took.toFixed(1)} s: nothing missed`);
  if (failure !== undefined) throw failure;
  const settled = memory.slice(memory.length >> 1);
  const [first, last, most] = [settled[0] ?? 0, settled.at(-1) ?? 0, Math.max(...memory)];
  if (tellsUsage)
    console.log(`memory at most ${most.toFixed(0)} MiB, ${first.toFixed(0)} to ${last.toFixed(0)} in the second half`);
  if (most > MOST_RSS_MIB) throw new Error(`${most.toFixed(0)} MiB are more than 150 MB`);
  if (last > MOST_GROWTH * first) throw new Error(`memory grows: ${first.toFixed(0)} to ${last.toFixed(0)} MiB`);
} finally {
  clearInterval(timer);
  await service.stop("SIGKILL");
  load.stop();
}
