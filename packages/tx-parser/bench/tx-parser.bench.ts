// `pnpm bench:tx-parser`: speed of parsing and hashing the transactions of block 702861, compared
// with bitcoinjs-lib, @bitgo/wasm-utxo and @scure/btc-signer. Compares all ids, values and scripts
// first, then prints the figures. Fails when a result differs, never because of a time.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { RawTx } from "@scure/btc-signer/script.js";
import { remedyFor } from "@utxoracle/testkit";
import { Transaction as BitcoinJsTransaction, crypto as bitcoinJsCrypto } from "bitcoinjs-lib";
import {
  computeTxid,
  computeTxids,
  examineBlockTransactions,
  hashEngine,
  parseBlock,
  parseTransaction,
  parseTransactions,
  processMempoolTransaction,
  scanBlock,
  scanTransaction,
  serializeTransaction,
  type Transaction,
  TransactionScan,
} from "../src/index.ts";
import { corpusBlock } from "../test/corpus-files.ts";

// Its ES module imports a .wasm file, which Node.js 20 does not load.
const { Transaction: WasmUtxoTransaction } = createRequire(import.meta.url)(
  "@bitgo/wasm-utxo",
) as typeof import("@bitgo/wasm-utxo");

const remedy = remedyFor("corpus");
if (remedy !== null) {
  console.error(`corpus missing: ${remedy}`);
  process.exit(1);
}

const blockBytes = corpusBlock("702861");
/**
 * Separate arrays, as received from the network; the peers get Buffers, which they handle fastest.
 */
const transactions = parseBlock(blockBytes).rawTransactions.map((view) => view.slice());
const buffers = transactions.map((bytes) => Buffer.from(bytes));
const bytesOfAll = transactions.reduce((sum, { length }) => sum + length, 0);
const raws = transactions.map((rawBytes) => ({ rawBytes, timestamp: 0, topic: "rawtx" as const }));
const scan = new TransactionScan();

/** Accesses every input, output, script and witness. */
function readThrough(all: readonly Transaction[]): number {
  let sum = 0;
  for (const { inputs, outputs } of all) {
    for (const { scriptSig, witness } of inputs) sum += scriptSig.length + witness.length;
    for (const { valueSats, script } of outputs) sum += valueSats + script.length;
  }
  return sum;
}

const peerIds = buffers.map((bytes) => BitcoinJsTransaction.fromBuffer(bytes).getId());
const peerValues = buffers.map((bytes) =>
  BitcoinJsTransaction.fromBuffer(bytes).outs.map(({ value }) => Number(value)),
);
const peerScripts = buffers.map((bytes) =>
  BitcoinJsTransaction.fromBuffer(bytes).outs.map(({ script }) => Buffer.from(script).toString("hex")),
);
for (const [name, read] of Object.entries({
  "one at a time": transactions.map((bytes) => parseTransaction(bytes)),
  "a batch": parseTransactions(transactions),
  "a block": parseBlock(blockBytes).transactions,
})) {
  assert.deepEqual(
    read.map(({ txid }) => txid),
    peerIds,
    `${name}: ids`,
  );
  assert.deepEqual(
    read.map(({ outputs }) => outputs.map(({ valueSats }) => valueSats)),
    peerValues,
    `${name}: values`,
  );
  assert.deepEqual(
    read.map(({ outputs }) => outputs.map(({ script }) => Buffer.from(script).toString("hex"))),
    peerScripts,
    `${name}: scripts`,
  );
}
assert.deepEqual(transactions.map(computeTxid), peerIds);
assert.deepEqual(computeTxids(transactions), peerIds);
assert.deepEqual(
  transactions.map((bytes) => WasmUtxoTransaction.fromBytes(bytes).getId()),
  peerIds,
);
for (const [index, bytes] of transactions.entries()) {
  scanTransaction(bytes, scan);
  const values = peerValues[index] as number[];
  assert.equal(scan.outputCount, values.length);
  assert.equal(scan.firstValueSats, values[0]);
  assert.equal(scan.secondValueSats, values[1] ?? 0);
}
assert.equal(examineBlockTransactions(blockBytes, new Set(), 0).filter(({ reason }) => reason === null).length, 1680);

/**
 * The double hash of the same bytes by Node's crypto (OpenSSL): what the hashing alone must cost.
 */
const stripped = transactions.map((bytes) => serializeTransaction(parseTransaction(bytes), { includeWitness: false }));
function opensslIds(): Buffer[] {
  return stripped.map((bytes) => createHash("sha256").update(createHash("sha256").update(bytes).digest()).digest());
}
assert.deepEqual(
  opensslIds().map((digest) => digest.reverse().toString("hex")),
  peerIds,
);
console.log(`${transactions.length} ids, and all values and scripts, match the peers`);

/** Reads the id and all outputs of each. */
function readOutputs(all: readonly Transaction[]): number {
  let sum = 0;
  for (const { txid, outputs } of all) {
    sum += txid.length;
    for (const { valueSats, script } of outputs) sum += valueSats + script.length;
  }
  return sum;
}

const peerName = "bitcoinjs-lib fromBuffer + getHash";
const peerHashName = "bitcoinjs-lib hash256, no parsing";
const cases: [group: string, name: string, run: () => unknown][] = [
  [
    "with ids, all outputs read",
    peerName,
    () => {
      let sum = 0;
      for (const bytes of buffers) {
        const transaction = BitcoinJsTransaction.fromBuffer(bytes);
        sum += transaction.getHash().length;
        for (const { value, script } of transaction.outs) sum += Number(value) + script.length;
      }
      return sum;
    },
  ],
  [
    "with ids, all outputs read",
    "@bitgo/wasm-utxo fromBytes",
    () => {
      let sum = 0;
      for (const bytes of transactions) {
        const transaction = WasmUtxoTransaction.fromBytes(bytes);
        sum += transaction.getId().length;
        for (const { value, script } of transaction.getOutputs()) sum += Number(value) + script.length;
        // Without this, a finalizer frees its memory later.
        (transaction.wasm as unknown as { free(): void }).free();
      }
      return sum;
    },
  ],
  [
    "with ids, all outputs read",
    "parseTransaction, one at a time",
    () => {
      let sum = 0;
      for (const bytes of transactions) sum += readOutputs([parseTransaction(bytes)]);
      return sum;
    },
  ],
  ["with ids, all outputs read", "parseTransactions, a batch", () => readOutputs(parseTransactions(transactions))],
  ["with ids, all outputs read", "parseBlock, a whole block", () => readOutputs(parseBlock(blockBytes).transactions)],
  ["ids alone", "computeTxid, one at a time", () => transactions.map((bytes) => computeTxid(bytes))],
  ["ids alone", "computeTxids, a batch", () => computeTxids(transactions)],
  ["ids alone", "node:crypto, no parsing", opensslIds],
  ["ids alone", peerHashName, () => stripped.map((bytes) => bitcoinJsCrypto.hash256(bytes))],
  [
    "with ids, all inputs and outputs read",
    "parseBlock, inputs too",
    () => readThrough(parseBlock(blockBytes).transactions),
  ],
  [
    "the filter, with ids",
    "processMempoolTransaction, one at a time",
    () => {
      const seen = new Set<string>();
      return raws.map((raw) => processMempoolTransaction(raw, seen));
    },
  ],
  ["the filter, with ids", "examineBlockTransactions", () => examineBlockTransactions(blockBytes, new Set(), 0)],
  ["without ids", "@scure/btc-signer RawTx.decode", () => transactions.map((bytes) => RawTx.decode(bytes))],
  [
    "without ids",
    "scanTransaction into one scan",
    () => {
      let outputs = 0;
      for (const bytes of transactions) outputs += scanTransaction(bytes, scan).outputCount;
      return outputs;
    },
  ],
  ["without ids", "scanBlock", () => scanBlock(blockBytes, () => {})],
];

/**
 * Nanoseconds of CPU time that the `openssl` program needs for the two hashes of an id of mean
 * size: C code with the processor's SHA instructions, no parsing, no calls between languages. Null
 * without the program.
 */
function opensslSpeedNs(): number | null {
  const nsOf = (bytes: number): number => {
    const output = execFileSync("openssl", ["speed", "-mr", "-seconds", "1", "-bytes", String(bytes), "sha256"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    const bytesPerSecond = Number(/^\+F:.*:sha256:([\d.]+)$/m.exec(output)?.[1]);
    if (!(bytesPerSecond > 0)) throw new Error(`openssl speed printed no figure:\n${output}`);
    return (bytes / bytesPerSecond) * 1e9;
  };
  try {
    return nsOf(Math.round(stripped.reduce((sum, { length }) => sum + length, 0) / stripped.length)) + nsOf(32);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

/**
 * Runs the cases of each group in turn, thirty times, and takes the least CPU time of each. With
 * all groups in turn the garbage of the others slows the peer by a fifth. CPU time includes garbage
 * collection, and other load on the machine disturbs it least. Start with `--single-threaded-gc`:
 * on a busy machine the collector's threads spend more time waiting for each other than working.
 */
const rounds = 30;
const shortestSampleMs = 20;
const bestNs = new Map<string, number>();

/** Nanoseconds per transaction. */
function measure(run: () => unknown): number {
  let passes = 0;
  let elapsedMs = 0;
  const start = process.cpuUsage();
  do {
    run();
    passes++;
    const { user, system } = process.cpuUsage(start);
    elapsedMs = (user + system) / 1000;
  } while (elapsedMs < shortestSampleMs);
  return (elapsedMs * 1e6) / passes / transactions.length;
}
for (const measured of new Set(cases.map(([group]) => group)))
  for (let round = 0; round < rounds; round++)
    for (const [group, name, run] of cases)
      if (group === measured) bestNs.set(name, Math.min(measure(run), bestNs.get(name) ?? Number.POSITIVE_INFINITY));

const best = (name: string): number => bestNs.get(name) ?? Number.NaN;
const peerNs = best(peerName);
console.log(
  `Node ${process.version}, SHA-256: ${hashEngine()}, ${(bytesOfAll / 1e6).toFixed(2)} MB in ${transactions.length} transactions\n`,
);
console.log(`| ${"".padEnd(42)} |      tx/s |   MB/s | × bitcoinjs-lib |`);
console.log(`|${"-".repeat(44)}|----------:|-------:|----------------:|`);
let lastGroup = "";
for (const [group, name] of cases) {
  if (group !== lastGroup) console.log(`| ${`*${group}*`.padEnd(42)} |           |        |                 |`);
  lastGroup = group;
  const ns = best(name);
  const perSecond = Math.round(1e9 / ns / 1000) * 1000;
  const megabytes = (bytesOfAll / transactions.length / ns) * 1000;
  console.log(
    `| ${name.padEnd(42)} | ${perSecond.toLocaleString("en").padStart(9)} | ${megabytes.toFixed(0).padStart(6)} | ${(peerNs / ns).toFixed(1).padStart(15)} |`,
  );
}
const share = (part: string, whole: string): string => `${((100 * best(part)) / best(whole)).toFixed(0)} %`;
console.log(
  `\nids take ${share(peerHashName, peerName)} of bitcoinjs-lib's time, ${share("computeTxid, one at a time", "parseTransaction, one at a time")} of parseTransaction's and ${share("computeTxids, a batch", "parseBlock, a whole block")} of parseBlock's`,
);
const opensslNs = opensslSpeedNs();
if (opensslNs !== null)
  console.log(
    `\nopenssl speed, the two hashes alone: ${Math.round(1e6 / opensslNs)} k/s; ids in a batch reach ${((100 * opensslNs) / best("computeTxids, a batch")).toFixed(0)} % of it`,
  );
