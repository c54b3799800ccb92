// A stand-in node in its own process. Arguments: SEED TRANSACTIONS (in the mempool at the start).
// Prints a JSON line that says how to reach it, then reads commands from stdin: `run RATE SECONDS`
// publishes transactions at a rate, then a block, and prints the counts.
import { createInterface } from "node:readline";
import { startStandInNode } from "./stand-in-node.ts";

const [seed = "1", waiting = "0"] = process.argv.slice(2);
const node = await startStandInNode(Number(seed), Number(waiting));
const { flags, env, atStart } = node;
console.log(JSON.stringify({ flags, env, atStart }));

for await (const line of createInterface({ input: process.stdin })) {
  const [, rate, seconds] = line.split(" ").map(Number) as [unknown, number, number];
  console.log(JSON.stringify(await node.run(rate, seconds)));
}
await node.stop();
