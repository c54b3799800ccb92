import { createInterface } from "node:readline";
import { MempoolAnalyzer } from "@utxoracle/estimator";
import { processMempoolTransaction } from "@utxoracle/tx-parser";

// Raw transactions in hex, one on a line: they count as arriving now.
const analyzer = new MempoolAnalyzer();
for await (const hex of createInterface({ input: process.stdin })) {
  const raw = { rawBytes: Buffer.from(hex, "hex"), timestamp: Date.now() / 1000, topic: "rawtx" } as const;
  const payment = processMempoolTransaction(raw, analyzer.seenTxids);
  if (payment !== null) analyzer.addTransaction(payment);
}
console.log(analyzer.estimatePrice(Date.now() / 1000), analyzer.getStats());
