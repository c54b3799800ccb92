import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { corpusPath } from "@utxoracle/testkit";
import { parseBlock, processMempoolTransaction } from "@utxoracle/tx-parser";

/** Amounts of payments of one moment, whole satoshis. */
export type AmountSet = Float64Array;

/** Payments of the real mempool of 2024-03-14. */
export function mempoolAmounts(): AmountSet {
  const lines = gunzipSync(readFileSync(corpusPath("mempool/2024-03-14.rawtx.hex.gz")))
    .toString()
    .trim()
    .split("\n");
  return paymentAmounts(lines.map((line) => Uint8Array.from(Buffer.from(line.trim(), "hex"))));
}

/** Payments of a real block. */
export function blockAmounts(name: string): AmountSet {
  return paymentAmounts(parseBlock(gunzipSync(readFileSync(corpusPath(`blocks/${name}.raw.gz`)))).rawTransactions);
}

function paymentAmounts(transactions: Iterable<Uint8Array>): AmountSet {
  const seen = new Set<string>();
  const sats: number[] = [];
  for (const rawBytes of transactions) {
    const payment = processMempoolTransaction({ rawBytes, timestamp: 0, topic: "rawtx" }, seen);
    for (const btc of payment?.amounts ?? []) sats.push(Math.round(btc * 1e8));
  }
  return Float64Array.from(sats);
}
