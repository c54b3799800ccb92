// Analyzers, edges and the NATS server are killed and stopped at random while clients read.
// Arguments: SECONDS SEED CLIENTS. Fails when a client gets a number twice, a gap without a
// snapshot, or a wrong `ok`, or when not everything is live again at the end.
import { runChaos } from "../test/bus/chaos.ts";

const [seconds = 600, seed = Date.now() % 1_000_000, clients = 30] = process.argv.slice(2).map(Number);
console.log(`seed ${seed}, ${seconds} s, ${clients} clients at 3 edges, 2 analyzers`);
const { faults, ...report } = await runChaos({ seconds, seed, clients, tell: (line) => console.log(line) });
console.log(report);
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exitCode = 1;
