// Publishes a gzipped file of hex transactions, one per line, on a rawtx socket. Arguments: FILE
// TRANSACTIONS_PER_SECOND. Prints the endpoint when it is bound, and counts at the end.
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
