import { createHash } from "node:crypto";
import { type MempoolSnapshotData, type MempoolUpdate, SNAPSHOT_POINTS_MAX } from "@utxoracle/models";
import { type MempoolTick, mergedTick, readServerMessage, TickOrder } from "@utxoracle/viz/client";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mergedDeltas } from "../src/serve/merged-deltas.ts";
import { changesSince } from "../src/state/changed-fields.ts";
import { tick } from "./http/test-state.ts";

const change = fc.record({
  status: fc.constantFrom("ok", "stale", "low_confidence"),
  window_price: fc.constantFrom(1, 2, null),
  points: fc.integer({ min: 0, max: 200 }),
  isSnapshot: fc.boolean(),
});

/** A number in a point, to recognize it. */
const pointOf = (n: number) => ({ timestamp: n, price: 1, txid: n.toString(16).padStart(64, "0"), vout: 0, amount: 1 });

describe("merged deltas", () => {
  it("lead from any tick to the same state and points as the deltas one by one", () => {
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 20 }), (changed) => {
        const start = tick({ seq: 10, epoch: "a" });
        let points = 0;
        let before: MempoolSnapshotData = start;
        const updates: MempoolUpdate[] = changed.map(({ points: count, isSnapshot, ...fields }) => {
          const fresh = Array.from({ length: count }, () => pointOf(points++));
          const after = tick({ ...before, ...fields, seq: before.seq + 1, transactions: fresh });
          const delta = changesSince(before, after, fresh);
          before = after;
          // The clock was set: a snapshot for all.
          return isSnapshot && count < 20
            ? { type: "mempool_update", data: after }
            : { type: "mempool_update", data: delta };
        });
        const merged = mergedDeltas(updates.map((update) => Buffer.from(JSON.stringify(update))));
        const startsAnew = updates.some(({ data }) => data.snapshot);
        const first = updates.map(({ data }) => data.snapshot).lastIndexOf(true);
        const since = updates.slice(Math.max(0, first)).flatMap(({ data }) => data.transactions);
        const all = startsAnew ? since.slice(-SNAPSHOT_POINTS_MAX) : since;
        if (merged === null) {
          expect(all.length).toBeGreaterThan(SNAPSHOT_POINTS_MAX);
          return;
        }
        const order = new TickOrder();
        order.judge(start);
        const message = JSON.parse(merged) as MempoolUpdate;
        expect(order.judge(message.data)).toBe("apply");
        expect(mergedTick(start as MempoolTick["data"], message)).toEqual({
          ...before,
          snapshot: startsAnew,
          transactions: all,
        });
      }),
    );
  });
});

it("takes at most 5 kB uncompressed for a minute with a point a second", () => {
  const seconds = 60;
  let before = tick({ seq: 10, epoch: "a", timestamp: 1_795_992_020 });
  const ticks = Array.from({ length: 2 * seconds }, (_, index) => {
    const timestamp = 1_795_992_020.123 + index / 2;
    const id = createHash("sha256").update(String(index)).digest("hex");
    const amount = (1000 + Number.parseInt(id.slice(0, 6), 16)) / 1e8;
    // One of the four payments in five seconds has two points.
    const points = [2, 0, 1, 0, 0, 1, 0, 1, 0, 0][index % 10] as number;
    const fresh = [0, 1]
      .slice(0, points)
      .map((vout) => ({ timestamp, price: 87_413.22 + index, txid: id, vout, amount }));
    const node = { ...before.node, last_message_age: index % 3 };
    const after = tick({ ...before, node, timestamp, seq: before.seq + 1, transactions: fresh });
    const delta = changesSince(before, after, fresh);
    before = after;
    return Buffer.from(JSON.stringify({ type: "mempool_update", data: delta }));
  });
  const merged = mergedDeltas(ticks) ?? "";
  const { message } = readServerMessage(merged);
  expect(message).not.toBeNull();
  expect(JSON.parse(merged).data.missed.txid).toHaveLength(seconds);
  expect(Buffer.byteLength(merged)).toBeLessThan(5000);
});
