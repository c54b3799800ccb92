import { expect, it } from "vitest";
import type { EncodedPoints, MempoolUpdate } from "../src/contracts.ts";
import { decodedPoints } from "../src/encoded-points.ts";
import { readServerMessage } from "../src/read-message.ts";
import { mempoolUpdate } from "./sample-messages.ts";

const ids = ["00".repeat(32), "ff".repeat(32), "ff".repeat(32), "0123456789abcdef".repeat(4)];
const columns: EncodedPoints = {
  time_steps: [1_678_901_234_100, 250, 0, -100],
  price: [113_500.25, 113_600, 1, 99_999.99],
  txid: ids.map((id, index) => (id === ids[index - 1] ? "" : Buffer.from(id, "hex").toString("base64url"))),
  vout: [0, 0, 1, 0],
  sats: [44_000, 100_000_000, 5000, 1001],
};

it("decodes points in columns exactly", () => {
  expect(decodedPoints(columns)).toEqual([
    { timestamp: 1_678_901_234.1, price: 113_500.25, txid: ids[0], vout: 0, amount: 0.00044 },
    { timestamp: 1_678_901_234.35, price: 113_600, txid: ids[1], vout: 0, amount: 1 },
    { timestamp: 1_678_901_234.35, price: 1, txid: ids[1], vout: 1, amount: 0.00005 },
    { timestamp: 1_678_901_234.25, price: 99_999.99, txid: ids[3], vout: 0, amount: 0.00001001 },
  ]);
});

const withColumns = (missed: unknown): unknown => {
  const update = mempoolUpdate({ snapshot: false }) as MempoolUpdate;
  return { ...update, data: { ...update.data, since: 1, missed } };
};

it("accepts a delta with such points", () => {
  expect(readServerMessage(withColumns(columns))).toMatchObject({ message: { type: "mempool_update" } });
});

it.each([
  ["a column is missing", { ...columns, vout: undefined }, "data.missed.vout"],
  ["columns differ in length", { ...columns, sats: [1] }, "data.missed.sats"],
  ["an id is too short", { ...columns, txid: ["A", "B", "C", "D"] }, "data.missed.txid"],
  ["the first id is that of the point before", { ...columns, txid: ["", "", "", ""] }, "data.missed.txid"],
  ["a time is before 1970", { ...columns, time_steps: [1, -2, 3, 4] }, "data.missed.time_steps"],
  ["a price is 0", { ...columns, price: [1, 0, 1, 1] }, "data.missed.price"],
])("rejects a delta if %s", (_, missed, field) => {
  expect(readServerMessage(withColumns(missed))).toEqual({ message: null, reason: "malformed", field });
});
