// Publishes synthetic transactions on rawtx, at one rate after the other, from a pool created in
// advance. Arguments: SEED RATE:SECONDS … Prints a JSON line with the endpoint when it is bound,
// then one for each rate with the number of transactions and their times (Unix milliseconds, base64
// of 64-bit floats).
import { setTimeout as sleep } from "node:timers/promises";
import { generateTransactions, type PublishOptions, publishTransactions, SimulatorError } from "@utxoracle/simulator";

/** The previous socket takes a moment to release its address. */
const MOST_ATTEMPTS = 50;

async function publish(options: PublishOptions) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await publishTransactions(options);
    } catch (error) {
      if (!(error instanceof SimulatorError && error.code === "cannot_listen") || attempt === MOST_ATTEMPTS)
        throw error;
      await sleep(100);
    }
  }
}

const [seed = "1", ...phases] = process.argv.slice(2);
const rates = phases.map((phase) => {
  const [rate = 0, seconds = 0] = phase.split(":").map(Number);
  return { rate, count: rate * seconds };
});
const pool: Uint8Array[] = [];
const count = rates.reduce((sum, phase) => sum + phase.count, 0);
for (const { rawBytes } of generateTransactions({ seed: Number(seed), count, transactionsPerSecond: 1000 }))
  pool.push(rawBytes);

let endpoint: string | undefined;
for (const phase of rates) {
  const times = new Float64Array(phase.count);
  const result = await publish({
    transactions: pool.splice(0, phase.count),
    transactionsPerSecond: phase.rate,
    ...(endpoint === undefined ? {} : { endpoint }),
    onListening: (bound) => {
      if (endpoint === undefined) console.log(JSON.stringify({ endpoint: bound }));
      endpoint = bound;
    },
    onPublished: (index) => {
      times[index] = performance.timeOrigin + performance.now();
    },
  });
  console.log(JSON.stringify({ ...result, times: Buffer.from(times.buffer).toString("base64") }));
}
