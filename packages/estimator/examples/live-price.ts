import { createInterface } from "node:readline";
import { MempoolAnalyzer } from "@utxoracle/estimator";
import { processMempoolTransaction } from "@utxoracle/tx-parser";

// Raw transactions in hex, one on a line, all seen at this moment. Of a running node: each at its Date.now() / 1000.
const timestamp = Date.UTC(2024, 2, 14, 12) / 1000;
const analyzer = new MempoolAnalyzer();
for await (const hex of createInterface({ input: process.stdin })) {
  const raw = { rawBytes: Buffer.from(hex, "hex"), timestamp, topic: "rawtx" } as const;
  const payment = processMempoolTransaction(raw, analyzer.seenTxids);
  if (payment !== null) analyzer.addTransaction(payment);
}
console.log(analyzer.estimatePrice(timestamp), analyzer.getStats());
