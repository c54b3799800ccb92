import type { ProcessedTransaction } from "../src/index.ts";

export function payment(txid: string, timestamp: number, amounts: number[]): ProcessedTransaction {
  return { txid, timestamp, amounts, feeRate: null, inputCount: 1, outputCount: 2 };
}
