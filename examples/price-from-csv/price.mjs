// Estimates the price of bitcoin from a CSV file of payments: node price.mjs payments.csv [column]
// The column has output amounts in BTC, one per row; its name is in the first line.
import { readFileSync } from "node:fs";
import { EstimatorError, estimatePosterior } from "@utxoracle/estimator";

const [path, column = "amount_btc"] = process.argv.slice(2);
if (path === undefined) fail("usage: node price.mjs FILE.csv [COLUMN]");

const [header = "", ...rows] = textOf(path).trim().split(/\r?\n/);
const place = header.split(",").indexOf(column);
if (place === -1) fail(`${path} has no column "${column}"; it has: ${header}`);

// A cell that is not a number becomes NaN, which the estimator rejects with its index.
const amountsBtc = rows.map((row) => Number(row.split(",")[place] || Number.NaN));
try {
  const { price, interval, confidence, status } = estimatePosterior(amountsBtc);
  if (price === null || interval === null) fail(`no price: ${amountsBtc.length} amounts are not enough`);
  console.log(`price      $${Math.round(price)}`);
  console.log(`90 %       $${Math.round(interval.low)} to $${Math.round(interval.high)}`);
  console.log(`status     ${status}, confidence ${confidence.toFixed(2)}`);
  console.log(`payments   ${amountsBtc.length}`);
} catch (error) {
  if (!(error instanceof EstimatorError)) throw error;
  fail(`${path}: ${error.message}`);
}

/** @param {string} file */
function textOf(file) {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    return fail(`${file} cannot be read: ${error instanceof Error ? error.message : error}`);
  }
}

/** @param {string} message @returns {never} */
function fail(message) {
  console.error(message);
  process.exit(1);
}
