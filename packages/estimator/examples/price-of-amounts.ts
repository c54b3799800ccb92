import { readFileSync } from "node:fs";
import { estimatePosterior } from "@utxoracle/estimator";

// Output amounts of payments in BTC, one per line, from standard input.
const amountsBtc = readFileSync(0, "utf8").trim().split("\n").map(Number);
const { price, interval, status } = estimatePosterior(amountsBtc);

if (price === null || interval === null) console.log("no price: too little evidence");
else console.log(`$${price.toFixed(0)}, 90 %: $${interval.low.toFixed(0)} to $${interval.high.toFixed(0)}, ${status}`);
