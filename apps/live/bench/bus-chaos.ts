// Kills and suspends analyzers, edges and the NATS server at random, with connected clients.
// Arguments: SECONDS SEED CLIENTS. Fails if a client gets a duplicate number, a gap without a
// snapshot, or a false `ok`, or if the fleet does not recover at the end.
import { runChaos } from "../test/bus/chaos.ts";

const [seconds = 600, seed = Date.now() % 1_000_000, clients = 30] = process.argv.slice(2).map(Number);
console.log(`seed ${seed}, ${seconds} s, ${clients} clients at 3 edges, 2 analyzers`);
const { faults: seen, ...report } = await runChaos({ seconds, seed, clients, tell: (line) => console.log(line) });
console.log(report);
const { actions, epochs, okUpdates, okAnswers } = report;
// A run without these shows nothing.
const isEmpty = Object.keys(actions).length < 3 || epochs < 2 || Math.min(okUpdates, okAnswers) === 0;
const faults = isEmpty ? [...seen, "too few kinds of actions, epochs or ok prices"] : seen;
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exitCode = 1;
