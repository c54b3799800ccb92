/**
 * `pnpm bench:confirmed`: CPU time to compute a price from 144 blocks of real size, in one process,
 * compared with a plain Python script that gives the same price.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { corpusPath, remedyFor } from "@utxoracle/testkit";
import { parseBlockHeader } from "@utxoracle/tx-parser";
import { ROUND_BTC_BINS } from "../../../packages/estimator/src/reference/histogram.ts";
import { POINT_USD_AMOUNTS } from "../../../packages/estimator/src/reference/round-dollar-points.ts";
import { SPIKES } from "../../../packages/estimator/src/reference/stencils.ts";
import { ChainWindow } from "../src/confirmed/chain-window.ts";
import { BLOCKS_PER_DAY, estimateConfirmed } from "../src/confirmed/estimate-confirmed.ts";

const BLOCK = "blocks/702861.raw.gz";
/** Result of the original program for this block (vectors/v9_1.json of the corpus). */
const BLOCK_PRICE = 42_951.63645734903;
const RUNS = 5;

const remedy = remedyFor("corpus");
if (remedy !== null) {
  console.error(`corpus missing: ${remedy}`);
  process.exit(1);
}
const block = new Uint8Array(gunzipSync(readFileSync(corpusPath(BLOCK))));

/** The same transactions in a chain of headers. */
function chainOf(count: number): Uint8Array[] {
  const blocks: Uint8Array[] = [];
  let previous = new Uint8Array(32);
  for (let index = 0; index < count; index++) {
    const bytes = block.slice();
    bytes.set(previous, 4);
    blocks.push(bytes);
    previous = Uint8Array.from(Buffer.from(parseBlockHeader(bytes).hash, "hex").reverse());
  }
  return blocks;
}

const cpuSeconds = (since?: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1e6;
};

interface Run {
  readonly transactions: number;
  readonly amounts: number;
  readonly price: number | null;
  readonly readSeconds: number;
  readonly estimateSeconds: number;
}

function run(blocks: readonly Uint8Array[]): Run {
  const chain = new ChainWindow({ seconds: Number.POSITIVE_INFINITY, keeps: "amounts" });
  const begin = process.cpuUsage();
  for (const bytes of blocks) chain.connect(bytes, null);
  const amounts = chain.amountsBtc();
  const readSeconds = cpuSeconds(begin);
  const estimateBegin = process.cpuUsage();
  const { price } = estimateConfirmed("reference")(amounts);
  const estimateSeconds = cpuSeconds(estimateBegin);
  const transactions = chain.blocks.reduce((sum, { payments }) => sum + payments.transactionCount, 0);
  return { transactions, amounts: amounts.length, price, readSeconds, estimateSeconds };
}

/** Runs the Python script. Null without Python. */
function runInPython(folder: string): Run | null {
  const path = join(folder, "block");
  writeFileSync(path, block);
  const tables = join(folder, "tables.json");
  writeFileSync(
    tables,
    JSON.stringify({ spikes: SPIKES, round_bins: ROUND_BTC_BINS, round_dollars: POINT_USD_AMOUNTS }),
  );
  const script = fileURLToPath(new URL("./original-style.py", import.meta.url));
  try {
    const output = execFileSync("python3", [script, path, String(BLOCKS_PER_DAY), tables], { encoding: "utf8" });
    const [transactions = 0, amounts = 0, price = 0, readSeconds = 0, estimateSeconds = 0] = output
      .trim()
      .split(" ")
      .map(Number);
    return { transactions, amounts, price, readSeconds, estimateSeconds };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return null;
  }
}

const total = ({ readSeconds, estimateSeconds }: Run): number => readSeconds + estimateSeconds;
const median = (runs: readonly Run[]): Run =>
  [...runs].sort((a, b) => total(a) - total(b))[Math.floor(runs.length / 2)] as Run;

// Check the results first: one block as in the original, and 144 blocks with 144 times its amounts.
const one = run(chainOf(1));
if (one.price !== BLOCK_PRICE) throw new Error(`price ${one.price} instead of ${BLOCK_PRICE}`);
const blocks = chainOf(BLOCKS_PER_DAY);
const ours = median(Array.from({ length: RUNS + 1 }, () => run(blocks)).slice(1));
if (ours.amounts !== BLOCKS_PER_DAY * one.amounts)
  throw new Error(`${ours.amounts} amounts of ${BLOCKS_PER_DAY} times ${one.amounts}`);
const megabytes = ((blocks.length * block.length) / 1e6).toFixed(0);
console.log(
  `${blocks.length} blocks, ${megabytes} MB, ${ours.transactions} transactions, ${ours.amounts} amounts, CPU time of one core, median of ${RUNS}:`,
);
const show = (what: string, { transactions, readSeconds, estimateSeconds }: Run): void =>
  console.log(
    `  ${what.padEnd(14)} parsed and filtered ${readSeconds.toFixed(2)} s (${Math.round(transactions / readSeconds)} tx/s), estimated ${estimateSeconds.toFixed(2)} s, in all ${(readSeconds + estimateSeconds).toFixed(2)} s`,
  );
show("here", ours);

const folder = mkdtempSync(join(tmpdir(), "bench-confirmed-"));
try {
  const python = runInPython(folder);
  if (python === null) console.log("  no python3 here: nothing to compare with");
  else {
    if (python.amounts !== ours.amounts || python.price !== ours.price)
      throw new Error(`Python finds ${python.price} of ${python.amounts} amounts, here it is ${ours.price}`);
    show("plain Python", python);
    console.log(
      `  ratio          parsed and filtered ${(python.readSeconds / ours.readSeconds).toFixed(1)}, estimated ${(python.estimateSeconds / ours.estimateSeconds).toFixed(1)}, in all ${(total(python) / total(ours)).toFixed(1)}`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
