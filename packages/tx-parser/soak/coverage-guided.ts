// Coverage-guided fuzzing: `pnpm soak tx-parser-fuzz`, or `tsx soak/coverage-guided.ts [seconds]
// [seed]` in this package. Keeps and mutates inputs that run new code or cause a new error. Fails,
// and prints the input, when a parser throws anything but a TxParseError, disagrees with another
// parser or a peer, or when serializing does not restore the bytes.
import { isAvailable } from "@utxoracle/testkit";
import { corpusMempool } from "../test/corpus-files.ts";
import { type Mutation, mutate, mutationKinds, tellingBytes } from "../test/mutation.ts";
import { blockBytes, toHex, transactionBytes } from "../test/transaction-bytes.ts";
import { BlockCoverage } from "./block-coverage.ts";

const seconds = Number(process.argv[2] ?? 600);
const seed = Number(process.argv[3] ?? Date.now() % 2 ** 31);
/**
 * Inputs per coverage measurement. If coverage grew, the inputs responsible are found by bisection.
 */
const batchSize = 400;
const largestInputBytes = 4000;
/** The peers are slow: they parse one of this many inputs. */
const peersReadOneOf = 4;

const coverage = new BlockCoverage((url) => url.includes("/tx-parser/src/"));
await coverage.start();
const { readEverything } = await import("../test/read-everything.ts");
const { compareWithPeers } = await import("../test/peers.ts");

/** A linear congruential generator: the same seed gives the same inputs. */
let state = seed >>> 0;
function below(limit: number): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((state / 2 ** 32) * limit);
}
const pick = <T>(items: readonly T[]): T => items[below(items.length)] as T;

function change(input: Uint8Array, kept: readonly Uint8Array[]): Uint8Array {
  const mutations: Mutation[] = Array.from({ length: 1 + below(4) }, () => ({
    kind: pick(mutationKinds),
    place: below(2) === 0 ? below(2 ** 20) / 2 ** 20 : below(2 ** 16) / 2 ** 20,
    byte: below(2) === 0 ? pick(tellingBytes) : below(256),
  }));
  const changed = mutate(input, mutations);
  if (below(8) > 0) return changed.subarray(0, largestInputBytes);
  // Sometimes joins the start of one input with the end of another.
  const other = pick(kept);
  const joined = Buffer.concat([
    changed.subarray(0, below(changed.length + 1)),
    other.subarray(below(other.length + 1)),
  ]);
  return new Uint8Array(joined.subarray(0, largestInputBytes));
}

const handMade = [
  transactionBytes({ outputs: [{ valueSats: 5000 }, { valueSats: 6000, script: "6a0101" }] }),
  transactionBytes({
    inputs: [{ witness: ["", "0102"] }, { scriptSig: "51".repeat(260) }],
    outputs: [{ valueSats: 1 }],
  }),
  transactionBytes({ inputs: [{ outpointTxid: "00".repeat(32), vout: 0xffffffff, witness: ["77".repeat(32)] }] }),
  transactionBytes({
    outputs: [{ valueSats: 1, script: `5221${`02${"11".repeat(32)}`}21${`03${"22".repeat(32)}`}52ae` }],
  }),
];
const real = isAvailable("corpus") ? corpusMempool().filter(({ length }) => length < 400) : [];
const kept: Uint8Array[] = [
  ...handMade,
  blockBytes(handMade.slice(0, 2)),
  blockBytes([]),
  ...Array.from({ length: Math.min(50, real.length) }, () => pick(real)),
];

const outcomes = new Set<string>();
function run(inputs: readonly Uint8Array[]): void {
  for (const [index, input] of inputs.entries())
    try {
      const found = readEverything(input);
      if (index % peersReadOneOf === 0) compareWithPeers(input);
      if (found.every((outcome) => outcomes.has(outcome))) continue;
      for (const outcome of found) outcomes.add(outcome);
      kept.push(input);
    } catch (error) {
      console.error(`seed ${seed}, input ${toHex(input)}`);
      throw error;
    }
}

/** Keeps the inputs that add coverage, found by bisection. */
async function keepNew(inputs: readonly Uint8Array[]): Promise<void> {
  const before = coverage.snapshot();
  run(inputs);
  if (!(await coverage.grew())) return;
  if (inputs.length === 1) {
    kept.push(inputs[0] as Uint8Array);
    return;
  }
  coverage.restore(before);
  const half = inputs.length >> 1;
  await keepNew(inputs.slice(0, half));
  await keepNew(inputs.slice(half));
}

run([...kept]);
await coverage.grew();
console.log(`seed ${seed}: ${kept.length} inputs to begin with, ${coverage.size} characters of code covered`);

const begin = performance.now();
const elapsedSeconds = (): number => (performance.now() - begin) / 1000;
let inputsRun = 0;
let nextReport = 30;
while (elapsedSeconds() < seconds) {
  await keepNew(Array.from({ length: batchSize }, () => change(pick(kept), kept)));
  inputsRun += batchSize;
  if (elapsedSeconds() > nextReport) {
    nextReport += 30;
    console.log(`${inputsRun} inputs, ${coverage.size} characters covered, ${kept.length} inputs kept`);
  }
}
console.log(
  `${inputsRun} inputs in ${elapsedSeconds().toFixed(0)} s (${Math.round(inputsRun / elapsedSeconds())}/s), ` +
    `${coverage.size} characters of code covered, ${kept.length} inputs kept, ${outcomes.size} different outcomes; no fault found`,
);
