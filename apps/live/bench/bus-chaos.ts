// Analyzers, edges and the NATS server are killed and stopped at random while readers read. Arguments: SECONDS SEED READERS.
// Fails when a reader gets a number twice, a gap without a snapshot, or a wrong `ok`, or when not everything is live again
// at the end.
import { runChaos } from "../test/bus/chaos.ts";

const [seconds = 600, seed = Date.now() % 1_000_000, readers = 30] = process.argv.slice(2).map(Number);
console.log(`seed ${seed}, ${seconds} s, ${readers} readers at 3 edges, 2 analyzers`);
const { faults, ...report } = await runChaos({ seconds, seed, readers, tell: (line) => console.log(line) });
console.log(report);
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exitCode = 1;
