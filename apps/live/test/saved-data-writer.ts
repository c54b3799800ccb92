/** Saves prices one after the other and prints each saved one, until it is killed. */
import { pino } from "pino";
import { SavedData } from "../src/store/saved-data.ts";

const [path = "", first = ""] = process.argv.slice(2);
const data = await SavedData.open(path, pino({ level: "warn" }, pino.destination(2)));
for (let height = Number(first); ; height++) {
  const key = `confirmed/block/${String(height).padStart(10, "0")}`;
  data.write([[key, { kind: "block", height }]]);
  await data.written();
  // Written synchronously.
  process.stdout.write(`${height}\n`);
}
