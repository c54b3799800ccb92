import { checkServerMessage } from "@utxoracle/models";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readServerMessage } from "../src/client.ts";
import { confirmedUpdate, mempoolUpdate, point, T } from "./sample-messages.ts";

const good = mempoolUpdate({
  ...{ transactions: [point(1, T, 113_000)], snapshot: true },
  loading: { blocks_done: 9, blocks_total: 18 },
});
/** A delta in which everything changed. */
const delta = changed(changed(good, "data.snapshot", false) as object, "data.since", 0) as typeof good;

/** The message with one field, given by its path, replaced or (undefined) removed. */
function changed(message: object, path: string, value: unknown): unknown {
  const copy = structuredClone(message) as Record<string, unknown>;
  const names = path.split(".");
  let owner = copy;
  for (const name of names.slice(0, -1)) owner = owner[name] as Record<string, unknown>;
  const name = names.at(-1) as string;
  if (value === undefined) delete owner[name];
  else owner[name] = value;
  return copy;
}

const paths = [
  "data.price",
  "data.confidence",
  "data.transactions",
  "data.stats",
  "data.stats.total_received",
  "data.stats.total_filtered",
  "data.stats.active_in_window",
  "data.stats.uptime_seconds",
  "data.timestamp",
  "data.snapshot",
  "data.seq",
  "data.epoch",
  "data.status",
  "data.interval",
  "data.interval.low",
  "data.interval.high",
  "data.price_timestamp",
  "data.window_price",
  "data.window_seconds",
  "data.engine",
  "data.source",
  "data.chain",
  "data.node",
  "data.node.connected",
  "data.node.last_message_age",
  "data.node.missed_messages",
  "data.node.resyncing",
  "data.node.height",
  "data.node.last_block_timestamp",
  "data.loading",
  "data.loading.blocks_done",
  "data.transactions.0.timestamp",
  "data.transactions.0.price",
  "data.transactions.0.txid",
  "data.transactions.0.vout",
  "data.transactions.0.amount",
]; // prettier-ignore

const wrongValues: unknown[] = ["x", -1, {}, [], true, "<img src=x onerror=alert(1)>", 2 ** 53, 2, [[]], ""];

describe("readServerMessage", () => {
  it("accepts valid messages as text and as object", () => {
    expect(readServerMessage(JSON.stringify(good))).toEqual({ message: good });
    expect(readServerMessage(confirmedUpdate({}))).toEqual({ message: confirmedUpdate({}) });
    expect(readServerMessage({ type: "pong" })).toEqual({ message: { type: "pong" } });
  });

  it.each(paths)("rejects a message without %s and names the field", (path) => {
    expect(readServerMessage(changed(good, path, undefined))).toEqual({
      message: null,
      reason: "malformed",
      field: path,
    });
  });

  it("accepts a delta without the fields that did not change, but none without a required one", () => {
    const unchanged = ["status", "interval", "price_timestamp", "window_price", "window_seconds", "engine", "source"];
    const optional = [...unchanged, "chain", "node", "loading", "epoch", "since"];
    for (const name of optional)
      expect(readServerMessage(changed(delta, `data.${name}`, undefined)).message, name).not.toBeNull();
    for (const name of Object.keys(delta.data).filter((field) => !optional.includes(field)))
      expect(readServerMessage(changed(delta, `data.${name}`, undefined))).toMatchObject({ field: `data.${name}` });
    expect(readServerMessage(changed(delta, "data.node.height", undefined))).toMatchObject({
      field: "data.node.height",
    });
  });

  it.each([...paths, "data.since"])("agrees with the contract's check on other values of %s", (path) => {
    for (const [sample, value] of wrongValues.flatMap((wrong) => [
      [good, wrong],
      [delta, wrong],
    ]) as [object, unknown][]) {
      const message = changed(sample, path, value);
      let kept = true;
      try {
        checkServerMessage(message);
      } catch {
        kept = false;
      }
      expect([value, readServerMessage(message).message !== null]).toEqual([value, kept]);
    }
  });

  it("accepts absent but not wrong fields if partial messages are allowed", () => {
    const minimal = {
      type: "mempool_update",
      data: { price: 113_600, transactions: [{ timestamp: T, price: 113_500 }], timestamp: T },
    };
    expect(readServerMessage(minimal).message).toBeNull();
    expect(readServerMessage(minimal, "anything").message).toEqual(minimal);
    for (const path of ["data.price", "data.timestamp", "data.transactions.0.price"])
      expect(readServerMessage(changed(minimal, path, "high"), "anything")).toMatchObject({
        reason: "malformed",
        field: path,
      });
    expect(readServerMessage(changed(minimal, "data.transactions.0.price", undefined), "anything")).toMatchObject({
      field: "data.transactions.0.price",
    });
    expect(readServerMessage({ type: "mempool_update" }, "anything")).toMatchObject({ field: "data" });
  });

  it("rejects NaN, infinity, and more points than the contract allows", () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY])
      expect(readServerMessage(changed(good, "data.price", value)).message).toBeNull();
    const flood = confirmedUpdate({ transactions: Array.from({ length: 10_001 }, (_, i) => point(i, T, 100_000)) });
    expect(readServerMessage(flood)).toMatchObject({ field: "data.transactions" });
  });

  it("never throws, and rejects everything that the contract rejects", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.anything(), fc.json()), (value) => {
        expect(readServerMessage(value).message).toBeNull();
      }),
    );
    fc.assert(
      fc.property(fc.constantFrom(good, delta), fc.constantFrom(...paths), fc.anything(), (sample, path, value) => {
        const message = changed(sample, path, value === undefined ? null : value);
        let kept = true;
        try {
          checkServerMessage(message);
        } catch {
          kept = false;
        }
        expect(readServerMessage(message).message !== null).toBe(kept);
      }),
      { numRuns: 2000 },
    );
  });
});
