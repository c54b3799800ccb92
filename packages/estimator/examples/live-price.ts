import { createInterface } from "node:readline";
import { MempoolAnalyzer } from "@utxoracle/estimator";
import { processMempoolTransaction } from "@utxoracle/tx-parser";

// Raw transactions in hex, one per line, all seen at this time. With a running node, use
// `Date.now() / 1000`.
const timestamp = Date.UTC(2024, 2, 14, 12) / 1000;
const analyzer = new MempoolAnalyzer();
for await (const hex of createInterface({ input: process.stdin })) {
  const raw = { rawBytes: Buffer.from(hex, "hex"), timestamp, topic: "rawtx" } as const;
  const payment = processMempoolTransaction(raw, analyzer.seenTxids);
  if (payment !== null) analyzer.addTransaction(payment);
}
console.log(analyzer.estimatePrice(timestamp), analyzer.getStats());
