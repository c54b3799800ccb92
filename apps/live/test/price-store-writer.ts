/** Saves prices one after the other and prints each saved one, until it is killed. */
import { PriceStore } from "../src/confirmed/price-store.ts";

const [path = "", first = ""] = process.argv.slice(2);
const store = await PriceStore.open(path);
for (let height = Number(first); ; height++) {
  store.append({
    kind: "block",
    height,
    hash: height.toString(16).padStart(64, "0"),
    time: 1_700_000_000 + 600 * height,
    price: 60_000 + height,
    low: null,
    high: null,
    confidence: 0.9,
    status: "ok",
    engine: "posterior",
  });
  // Written synchronously.
  process.stdout.write(`${height}\n`);
}
