/**
 * `pnpm bench:confirmed`: 144 blocks of real size, from their bytes to the price, in one process; next to the same
 * parsing and filtering as a plain Python script does it. CPU time, so that other work on the machine counts little.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { corpusPath, hasCorpus } from "@utxoracle/testkit";
import { parseBlockHeader } from "@utxoracle/tx-parser";
import { ChainWindow } from "../src/confirmed/chain-window.ts";
import { BLOCKS_PER_DAY, estimateConfirmed } from "../src/confirmed/estimate-confirmed.ts";

const BLOCK = "blocks/702861.raw.gz";
/** What the original program says of this block alone (vectors/v9_1.json of the corpus). */
const BLOCK_PRICE = 42_951.63645734903;
const PYTHON_READINGS = 8;

if (!hasCorpus) process.exit(1);
const block = new Uint8Array(gunzipSync(readFileSync(corpusPath(BLOCK))));

/** The same transactions under headers that follow each other. */
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
  readonly amounts: Float64Array;
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
  if (price !== BLOCK_PRICE && blocks.length === 1) throw new Error(`price ${price} instead of ${BLOCK_PRICE}`);
  const transactions = chain.blocks.reduce((sum, { payments }) => sum + payments.transactionCount, 0);
  return { transactions, amounts, readSeconds, estimateSeconds };
}

// The result first: one block as the original has it, and 144 of them 144 times its amounts.
const one = run(chainOf(1));
const blocks = chainOf(BLOCKS_PER_DAY);
run(blocks);
const runs = Array.from({ length: 3 }, () => run(blocks)).sort((a, b) => a.readSeconds - b.readSeconds);
const best = runs[0] as Run;
if (best.amounts.length !== BLOCKS_PER_DAY * one.amounts.length)
  throw new Error(`${best.amounts.length} amounts of ${BLOCKS_PER_DAY} times ${one.amounts.length}`);
const rate = best.transactions / best.readSeconds;
const megabytes = (blocks.length * block.length) / 1e6;
console.log(
  `${blocks.length} blocks, ${megabytes.toFixed(0)} MB, ${best.transactions} transactions, ${best.amounts.length} amounts, one core:`,
);
console.log(`  parsed and filtered   ${best.readSeconds.toFixed(2)} s CPU, ${Math.round(rate)} tx/s`);
console.log(`  both engines          ${best.estimateSeconds.toFixed(2)} s CPU`);

const folder = mkdtempSync(join(tmpdir(), "bench-confirmed-"));
try {
  const path = join(folder, "block");
  writeFileSync(path, block);
  const script = fileURLToPath(new URL("./original-style.py", import.meta.url));
  const output = execFileSync("python3", [script, path, String(PYTHON_READINGS)], { encoding: "utf8" });
  const [transactions = 0, amounts = 0, seconds = 0] = output.trim().split(" ").map(Number);
  if (amounts !== one.amounts.length) throw new Error(`Python finds ${amounts} amounts, not ${one.amounts.length}`);
  const pythonRate = transactions / seconds;
  console.log(`  in Python, in the same run: ${Math.round(pythonRate)} tx/s; ratio ${(rate / pythonRate).toFixed(1)}`);
} catch (error) {
  if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  console.log("  no python3 here: no ratio");
} finally {
  rmSync(folder, { recursive: true, force: true });
}
