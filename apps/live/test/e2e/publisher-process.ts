// Publishes a file of raw transactions in hex, one a line, gzipped, on a ZMQ socket of its own, as a node's rawtx feed does.
// Arguments: FILE TRANSACTIONS_PER_SECOND. Prints the endpoint when it is bound, and what was published at the end.
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { publishTransactions } from "@utxoracle/simulator";

const [file = "", rate = ""] = process.argv.slice(2);
const transactions = gunzipSync(readFileSync(file))
  .toString("latin1")
  .split("\n")
  .filter((line) => line !== "")
  .map((line) => Buffer.from(line, "hex"));
const result = await publishTransactions({
  transactions,
  transactionsPerSecond: Number(rate),
  onListening: (endpoint) => console.log(JSON.stringify({ endpoint })),
});
console.log(JSON.stringify(result));
